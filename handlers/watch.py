"""“Báo cho tôi”: begin and end watching a dossier."""

from __future__ import annotations

import re

from handlers import looking
from handlers.dossier_text import unknown
from handlers.messages import Button, Outcome, Reply, say
from handlers.texts import dossier as words
from handlers.turn import Turn
from knowledge.dossiers import DossierCode, find_codes
from knowledge.dossiers.schedule import FIRST_RETRY, fingerprint, is_over, next_look
from knowledge.dossiers.services import DossierServices
from knowledge.dossiers.vault import Vault
from knowledge.dossiers.watches import MOST_A_CHAT, NewWatch
from knowledge.models import Dossier
from knowledge.understanding.normalize import fold

_BEGIN = re.compile(r"\b(bao (cho|lai|tin|giup) (toi|em|minh|chau|con|tui|co|chu|bac|anh|chi)|theo doi (giup|ho so))\b")
_END = re.compile(r"\b(ngung|thoi|dung|huy|tat) (bao|theo doi|nhac)\b")
_BARE_WISH = re.compile(r"(hay |xin )?bao (cho|tin) \w+( (nhe|voi|a))?")
_LONGEST = 60
"""Longer texts are about something else; a code may stand in them."""


def worth_watching(dossier: Dossier) -> bool:
    """Whether anything can still happen to it."""
    return not is_over(dossier)


async def asked(turn: Turn, kept: DossierCode | None) -> Outcome | None:
    """Begin or end watching, if the message says so; ``kept`` is the dossier the talk was about."""
    if len(turn.text) > _LONGEST:
        return None
    text = fold(turn.text)
    if _END.search(text):
        return await stop(turn)
    if not _BEGIN.search(text):
        return None
    codes = [code for code in find_codes(turn.text, turn.today) if not code.problem]
    code = codes[0] if codes else kept
    if code:
        return await begin(turn, code)
    # "báo cho tôi biết làm hộ chiếu" is a question: only a bare wish is answered with one.
    return turn.reply(say(words.WATCH_WHICH)) if _BARE_WISH.fullmatch(text) else None


def plainly_wished(text: str) -> bool:
    """Whether ``text`` says nothing but that watching should begin or end."""
    folded = fold(text)
    return len(text) <= _LONGEST and bool(_END.search(folded) or _BARE_WISH.fullmatch(folded))


async def begin(turn: Turn, code: DossierCode) -> Outcome:
    """Watch ``code`` for this chat, if there is such a dossier and the channel lets us write first."""
    services = turn.services
    if services is None or not services.can_watch(turn.incoming.channel):
        return turn.reply(say(words.CANNOT_PUSH))
    if not turn.incoming.private:
        return turn.reply(say(words.PRIVATE_ONLY))
    ticket = await looking.pay(turn, code)
    if ticket.refused:
        return turn.reply(say(looking.refusal(ticket, code)))
    found = await looking.find(turn, code, ticket)
    if found.error == "unavailable":
        await until_answered(turn, code)
        return turn.reply(say(f"{words.UNAVAILABLE} {words.UNAVAILABLE_WILL_TELL}"))
    if found.dossier is None:
        return turn.reply(say(unknown(code)))
    return await _watch(turn, services, code, found.dossier)


async def _watch(turn: Turn, services: DossierServices, code: DossierCode, dossier: Dossier) -> Outcome:
    if is_over(dossier):
        return turn.reply(say(words.NEWS_END))
    new = _new_watch(turn, services.vault, code, seen=fingerprint(dossier), state=dossier.state)
    added = await services.watches.add(new, turn.now, next_look(dossier, turn.now, _share(new.mark)))
    if added == "too many":
        return turn.reply(say(words.TOO_MANY_WATCHES.format(n=MOST_A_CHAT)))
    text = (words.WATCHING if added == "added" else words.ALREADY_WATCHING).format(code=code.text)
    window = services.windows.get(turn.incoming.channel)
    if window:
        text += "\n" + words.WATCHING_WINDOW.format(hours=int(window.total_seconds() // 3600))
    return turn.reply(Reply(say(text, Button(words.UNWATCH, data="d:x")).messages, facet="status"))


async def until_answered(turn: Turn, code: DossierCode) -> bool:
    """Try again later on the person's behalf and tell them once; whether that can be promised."""
    services = turn.services
    if services is None or not services.can_watch(turn.incoming.channel) or not turn.incoming.private:
        return False
    new = _new_watch(turn, services.vault, code, once=True)
    added = await services.watches.add(new, turn.now, turn.now + FIRST_RETRY * (1 + _share(new.mark)))
    return added != "too many"


async def stop(turn: Turn) -> Outcome:
    """End all watches of the chat."""
    ended = await turn.services.watches.remove(turn.key) if turn.services else 0
    return turn.reply(say(words.STOPPED.format(n=ended) if ended else words.NOTHING_WATCHED))


def _new_watch(
    turn: Turn, vault: Vault, code: DossierCode, *, once: bool = False, seen: str = "", state: str = ""
) -> NewWatch:
    mark = vault.mark("watch", turn.key, code.text)
    address, sealed = vault.seal(turn.incoming.chat), vault.seal(code.text)
    return NewWatch(turn.key, mark, turn.incoming.channel, address, sealed, once, seen, state)


def _share(mark: str) -> float:
    """A watch's own place in the spread, 0 to 1."""
    return int(mark[:8], 16) / 0xFFFFFFFF
