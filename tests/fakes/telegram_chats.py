"""The chats of our Telegram as their people see them: what they do, and what the bot shows them."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.fakes import telegram_rules as rules
from tests.fakes.telegram_inline import InlineAnswer, payload_in

if TYPE_CHECKING:
    from tests.fakes.telegram_server import TelegramServer

PATIENCE = 15.0
BOT = {
    "id": 4242,
    "is_bot": True,
    "first_name": "Một Cửa",
    "username": "motcua_test_bot",
    "can_join_groups": True,
    "can_read_all_group_messages": False,
    "supports_inline_queries": True,
}


@dataclass
class Shown:
    """One message of the bot as it stands in a chat."""

    message_id: int
    text: str
    entities: list[dict[str, Any]]
    markup: dict[str, Any] | None
    sent: str
    """What came in, with its markup."""
    answers: int | None = None
    """The message that it replies to."""
    topic: int | None = None

    @property
    def buttons(self) -> list[dict[str, Any]]:
        return [button for row in (self.markup or {}).get("inline_keyboard", []) for button in row]

    @property
    def labels(self) -> list[str]:
        return [button["text"] for button in self.buttons]

    @property
    def bold(self) -> list[str]:
        units = self.text.encode("utf-16-le")
        return [
            units[2 * e["offset"] : 2 * (e["offset"] + e["length"])].decode("utf-16-le")
            for e in self.entities
            if e["type"] == "bold"
        ]


class Chat:
    """A chat as its people see it: what they do, and what the bot shows them."""

    def __init__(self, server: TelegramServer, chat_id: int, name: str, kind: str = "private") -> None:
        self.server, self.id, self.name, self.kind = server, chat_id, name, kind
        self.shown: list[Shown] = []
        self.blocked = False
        self.moved_to: int | None = None
        self.language = "vi"
        self._unread: asyncio.Queue[Shown] = asyncio.Queue()

    @property
    def person(self) -> dict[str, Any]:
        number = self.id if self.kind == "private" else 7_000_000
        return {"id": number, "is_bot": False, "first_name": self.name, "language_code": self.language}

    @property
    def as_json(self) -> dict[str, Any]:
        title = {"first_name": self.name} if self.kind == "private" else {"title": self.name}
        return {"id": self.id, "type": self.kind, **title}

    def say(self, text: str, **content: Any) -> dict[str, Any]:
        """Write ``text``; returns the update that goes to the bot. See :meth:`message` for ``by`` and ``to``."""
        entities = rules.entities_in(text)
        if entities:
            content["entities"] = entities
        return self.post(text=text, **content)

    def post(self, kind: str = "message", **content: Any) -> dict[str, Any]:
        """Send any other kind of content, such as ``photo=[…]`` or ``sticker={…}``."""
        return self.server.update(kind, self.message(**content))

    def message(self, *, by: Chat | None = None, to: Shown | dict[str, Any] | None = None, **content: Any) -> Any:
        """A message ``by`` a person of a group, replying ``to`` one of the bot's or anybody's."""
        sender = {} if self.kind == "channel" else {"from": by.person if by else self.person}
        replied = message_json(self, to) if isinstance(to, Shown) else to
        base = {"message_id": self.server.next_message_id(), "date": int(time.time()), "chat": self.as_json}
        return {**base, **sender, **({"reply_to_message": replied} if replied else {}), **content}

    async def press(self, label: str, *, by: Chat | None = None) -> None:
        """Press the newest button that says ``label`` and wait until its spinner stops."""
        for shown in reversed(self.shown):
            for button in shown.buttons:
                if button["text"] == label:
                    await self.press_data(button["callback_data"], shown, by=by)
                    return
        raise AssertionError(f"no button {label!r} in {[shown.labels for shown in self.shown]}")

    def opens(self, url: str) -> None:
        """Follow a link to the bot: the app shows “Start”, which sends what stands in the link."""
        self.say(f"/start {payload_in(url, str(BOT['username']))}")

    def blocks(self) -> None:
        """Block the bot."""
        self.blocked = True
        member = {"user": BOT, "status": "member"}
        gone = {"user": BOT, "status": "kicked", "until_date": 0}
        change = {"chat": self.as_json, "from": self.person, "date": int(time.time())}
        self.server.update("my_chat_member", {**change, "old_chat_member": member, "new_chat_member": gone})

    async def types(self, query: str) -> InlineAnswer:
        """Type “@our_bot query” in any chat; returns what is offered."""
        number = str(self.server.next_message_id())
        self.server.open_queries.add(number)
        self.server.update("inline_query", {"id": number, "from": self.person, "query": query, "offset": ""})
        await self.server.until(lambda: number in self.server.inline_answers, f"an answer to {query!r}")
        return self.server.inline_answers[number]

    async def press_data(self, data: str, under: Shown | None = None, *, by: Chat | None = None) -> None:
        """Press with any ``data``: a changed app can send what it likes."""
        query = str(self.server.next_message_id())
        shown = under or self.shown[-1]
        message = {**self.message(text=shown.text), "message_id": shown.message_id, "from": BOT}
        person = by.person if by else self.person
        press = {"id": query, "from": person, "chat_instance": "1", "message": message, "data": data}
        self.server.open_queries.add(query)
        self.server.update("callback_query", press)
        await self.server.until(lambda: query not in self.server.open_queries, f"the spinner of {data!r} to stop")

    async def wait_reply(self) -> Shown:
        """The bot's next message in this chat."""
        try:
            return await asyncio.wait_for(self._unread.get(), PATIENCE)
        except TimeoutError:
            raise AssertionError(f"no reply to {self.name}; {self.server.history()}") from None

    @property
    def unread(self) -> int:
        return self._unread.qsize()

    def show(self, shown: Shown) -> None:
        self.shown.append(shown)
        self._unread.put_nowait(shown)


def message_json(chat: Chat, shown: Shown) -> dict[str, Any]:
    message = {**chat.message(text=shown.text), "message_id": shown.message_id, "from": BOT}
    inline = shown.markup if shown.markup and "inline_keyboard" in shown.markup else None
    return (
        message
        | ({"entities": shown.entities} if shown.entities else {})
        | ({"reply_markup": inline} if inline else {})
    )
