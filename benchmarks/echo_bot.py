"""The peer: a bare python-telegram-bot that sends back what it gets, behind a webhook. Nothing is kept, nothing is
checked. ``python -m benchmarks.echo_bot PORT API_URL``"""

from __future__ import annotations

import json
import logging
import sys
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from telegram import Update
from telegram.ext import Application, ContextTypes, MessageHandler, filters

TOKEN = "123456:BENCH"


async def echo(update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
    """Say the same."""
    assert update.message is not None
    await update.message.reply_text(update.message.text or "")


async def main(port: int, api: str, at_once: int) -> None:
    """Serve until killed."""
    logging.disable(logging.WARNING)
    application: Application[Any, Any, Any, Any, Any, Any] = (
        Application.builder().token(TOKEN).base_url(f"{api}/bot").updater(None).concurrent_updates(at_once).build()
    )
    application.add_handler(MessageHandler(filters.TEXT, echo))

    async def webhook(request: Request) -> Response:
        await application.update_queue.put(Update.de_json(json.loads(await request.body()), application.bot))
        return Response()

    async def ready(_: Request) -> Response:
        return Response("ok")

    routes = [Route("/telegram/webhook", webhook, methods=["POST"]), Route("/readyz", ready)]
    async with application:
        await application.start()
        config = uvicorn.Config(Starlette(routes=routes), port=port, log_level="warning", access_log=False)
        await uvicorn.Server(config).serve()
        await application.stop()


if __name__ == "__main__":
    import uvloop

    uvloop.run(main(int(sys.argv[1]), sys.argv[2], int(sys.argv[3])))
