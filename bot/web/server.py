"""The web application: its routes in one list."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated

from fastapi import Cookie, FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import FileResponse, JSONResponse, PlainTextResponse
from fastapi.staticfiles import StaticFiles
from prometheus_client import CONTENT_TYPE_LATEST
from starlette.exceptions import HTTPException

from bot.app import App, running
from bot.channels.webchat import PHOTO_PATH, chat_routes, set_cookie
from bot.web.headers import AddHeaders
from bot.web.limits import Allowed, BodyLimit
from bot.web.metrics import exposition, measure
from bot.web.webhooks import Webhooks
from handlers.texts import vi
from knowledge.dossiers.photo import MAX_BYTES

PHOTO_SECONDS = 60.0
PAGES = Path(__file__).parent / "pages"
HEADERS = {
    # Nothing from elsewhere, nothing inline: what a stranger wrote can never run on the page.
    "Content-Security-Policy": (
        "default-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    # Asked again each time (mostly answered with 304): after an update no page runs with old scripts.
    "Cache-Control": "no-cache",
}


def web_app(app: App) -> FastAPI:
    """The ASGI application that serves ``app``; its channels run as long as it does."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        async with running(app):
            yield

    web = FastAPI(title="Một Cửa", lifespan=lifespan, docs_url=None, redoc_url=None)
    web.add_middleware(BodyLimit, others={PHOTO_PATH: Allowed(MAX_BYTES, PHOTO_SECONDS)})
    web.add_middleware(AddHeaders, headers=HEADERS)
    # The last one added is the first to see a request.
    web.add_middleware(Webhooks, channels=app.webhooks)
    web.add_exception_handler(RequestValidationError, _bad_request)
    web.add_exception_handler(HTTPException, _http_error)
    web.include_router(chat_routes(app.desk))
    _add_page(web, app)
    _add_health(web, app)
    web.mount("/pages", StaticFiles(directory=PAGES), name="pages")
    return web


def _add_page(web: FastAPI, app: App) -> None:
    @web.api_route("/", methods=["GET", "HEAD"], include_in_schema=False)
    async def page(motcua: Annotated[str | None, Cookie()] = None) -> FileResponse:
        response = FileResponse(PAGES / "chat.html", headers={"Cache-Control": "no-cache"})
        set_cookie(response, motcua, secure=app.settings.public_url.startswith("https://"))
        return response


def _add_health(web: FastAPI, app: App) -> None:
    @web.get("/healthz")
    async def alive() -> PlainTextResponse:
        return PlainTextResponse("ok")

    @web.get("/readyz")
    async def ready() -> JSONResponse:
        try:
            await app.knowledge.store.ping()
        except Exception:
            return JSONResponse({"ready": False, "reason": "database"}, 503)
        snapshot = app.knowledge.snapshot
        return JSONResponse({"ready": True, "version": snapshot.version, "procedures": len(snapshot.procedures)})

    @web.get("/metrics")
    async def metrics() -> Response:
        await measure(app)
        return Response(exposition(), media_type=CONTENT_TYPE_LATEST)


async def _bad_request(_: Request, __: Exception) -> JSONResponse:
    # Not the details: they would send back what was sent.
    return JSONResponse({"error": vi.BAD_REQUEST}, 422)


async def _http_error(_: Request, error: Exception) -> JSONResponse:
    status = error.status_code if isinstance(error, HTTPException) else 500
    detail = vi.BAD_REQUEST if status == 400 else str(getattr(error, "detail", ""))
    return JSONResponse({"error": detail}, status)
