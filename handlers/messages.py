"""The words shared with channels: what comes in, what goes out.

Text is plain except for one mark: ``**bold**``. Channels turn it into their own markup; whatever a
person wrote goes through :func:`quote` first, so that nothing of it is read as markup.
"""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, Literal

Decision = Literal["answer", "choose", "unknown"]

MAX_TEXT = 10_000
"""Characters of one message that are read at all; see ``knowledge.understanding`` for what it weighs."""
MAX_DATA_BYTES = 64
"""Telegram's limit for a button's data, kept for all channels."""

_BOLD = re.compile(r"\*\*(.+?)\*\*", re.S)
_UNREADABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


@dataclass(frozen=True)
class Links:
    """Addresses that lead to us, on a channel that has such: ``start`` opens a private chat with us that begins with
    ``{payload}``, ``share`` lets a person hand that on under ``{title}``. Empty where there are none."""

    start: str = ""
    share: str = ""


@dataclass(frozen=True)
class Incoming:
    """One message of one person. ``data`` is set when a button was pressed, ``event`` is the
    platform's own id (the same event is answered once). ``photo`` is a picture's bytes, ``text`` then its caption.
    ``network`` is a keyed hash of where the person's connection comes from, ``private`` is false in groups.
    ``location`` is a place that was shared (latitude, longitude); ``text`` is empty then. ``numbered``: the channel
    has no buttons, choices are numbered. ``hidden``: the platform says that the person wrote, but not what;
    ``spoken``: a voice message, which we cannot hear.
    ``address`` is where the answer goes, if that says more than ``chat``; ``language`` is the one of the person's app,
    if the platform tells; ``links`` lead to us."""

    channel: str
    chat: str
    text: str = ""
    data: str | None = None
    event: str | None = None
    photo: bytes | None = field(default=None, repr=False)
    network: str = ""
    private: bool = True
    location: tuple[float, float] | None = None
    numbered: bool = False
    hidden: bool = False
    spoken: bool = False
    address: str = ""
    language: str = ""
    links: Links = Links()


@dataclass(frozen=True)
class Button:
    """Either ``data`` (comes back as :attr:`Incoming.data`) or ``url`` is set."""

    label: str
    data: str | None = None
    url: str | None = None

    def __post_init__(self) -> None:
        if (self.data is None) == (self.url is None):
            raise ValueError("a button has either data or a url")
        if self.data is not None and len(self.data.encode()) > MAX_DATA_BYTES:
            raise ValueError(f"button data over {MAX_DATA_BYTES} bytes: {self.data!r}")


@dataclass(frozen=True)
class Message:
    text: str
    buttons: tuple[Button, ...] = ()
    image: str | None = None


@dataclass(frozen=True)
class Reply:
    """What the person gets, and what was decided (as in the contract's ``ask --json``)."""

    messages: tuple[Message, ...]
    decision: Decision = "unknown"
    procedure: str | None = None
    facet: str | None = None
    choices: tuple[str, ...] = ()
    score: float = 0.0

    @property
    def text(self) -> str:
        """All of it as the person reads it, without marks."""
        return "\n\n".join(plain(message.text) for message in self.messages)


@dataclass(frozen=True)
class Conversation:
    """What a chat is about. Nothing that a person wrote is kept, only which entry and which part, the code of
    the unit where the person lives (``place``), and for the next message the dossier just looked up, ``sealed``
    with the installation's key. ``menu`` is what the numbers of the last answer mean (see ``handlers.numbers``)."""

    subject: str | None = None
    facet: str | None = None
    choices: tuple[str, ...] = ()
    awaiting: Literal["dossier", "feedback", "fact"] | None = None
    sealed: str | None = None
    place: str | None = None
    menu: str | None = None
    at: datetime | None = None


@dataclass(frozen=True)
class Outcome:
    """A handler's answer: the reply, how the conversation goes on, and what is to be written down."""

    reply: Reply
    conversation: Conversation = field(default_factory=Conversation)
    unanswered: str | None = None
    feedback: str | None = None
    forget: bool = False


def pack(reply: Reply) -> list[dict[str, Any]]:
    """The messages of ``reply`` as plain data, to be kept until they are sent."""
    return [asdict(message) for message in reply.messages]


def unpack(data: dict[str, Any]) -> Message:
    """One message of :func:`pack`."""
    buttons = tuple(Button(**button) for button in data["buttons"])
    return Message(data["text"], buttons, data.get("image"))


def say(text: str, *buttons: Button) -> Reply:
    """A reply of one message that decides nothing."""
    return Reply((Message(text, buttons),))


def quote(text: str) -> str:
    """``text`` of a stranger, safe to stand inside our own text."""
    return text.replace("*", "∗").replace("\u202e", "").strip()


def readable(text: str) -> str:
    """``text`` without control characters and halves of letters, which no keyboard makes and no database takes."""
    return _UNREADABLE.sub(" ", text)


def plain(text: str) -> str:
    """``text`` without its marks."""
    return _BOLD.sub(r"\1", text)


def bold_parts(text: str) -> list[tuple[str, bool]]:
    """``text`` cut into (part, is bold), for a channel to put into its own markup."""
    parts: list[tuple[str, bool]] = []
    position = 0
    for match in _BOLD.finditer(text):
        if match.start() > position:
            parts.append((text[position : match.start()], False))
        parts.append((match.group(1), True))
        position = match.end()
    if position < len(text):
        parts.append((text[position:], False))
    return parts
