"""General questions (FAQ) that the index leaves open: those it knows well, and those it may only offer.

The index decides for procedures first, and has no word to go by in “thứ Bảy có làm không”. When it knows no procedure,
what it thinks of the general entries is worth asking for.
"""

from __future__ import annotations

from dataclasses import replace

from handlers import card, following, person
from handlers.buttons import CARD
from handlers.messages import Button, Message, Outcome, Reply
from handlers.texts import vi
from handlers.turn import Turn
from knowledge.record import Record
from knowledge.understanding import Understanding

# Of the questions that are nobody's, none reaches OFFER_FROM; bare parts such as “lệ phí?” stay below SURE_FROM.
SURE_FROM = 0.9
ANSWER_FROM = 0.35
OFFER_FROM = 0.2
CLEARLY = 2.0
MOST_BUTTONS = 3


def answer(turn: Turn, record: Record) -> Outcome:
    """The entry ``record``, with the procedures it is usually about."""
    near = [other for other in turn.snapshot.near(record) if other.kind == "procedure"][:MOST_BUTTONS]
    buttons = tuple(Button(other.label, data=f"f:{other.slug}:{CARD}") for other in near)
    return turn.about(Reply((Message(card.faq(record), buttons),), "unknown"), record.slug)


def known(turn: Turn, found: Understanding) -> Outcome | None:
    """The general entry that ``turn`` asks for beyond doubt, although no word of it names a thing."""
    if found.decision != "unknown" or following.asks_for_dossier(turn.text):
        return None
    verdict = turn.snapshot.index.verdict(turn.text)
    record = turn.snapshot.record(verdict.faq)
    return answer(turn, record) if record and verdict.p_faq >= SURE_FROM else None


def likely(turn: Turn, found: Understanding) -> Outcome | None:
    """The general entry that is likely meant, or an offer of it; bare parts are asked back about instead."""
    if found.reason == following.NO_SUBJECT:
        return None
    verdict = turn.snapshot.index.verdict(turn.text)
    record = turn.snapshot.record(verdict.faq)
    if record is None or verdict.p_faq < OFFER_FROM:
        return None
    if verdict.p_faq >= ANSWER_FROM and verdict.p_faq > CLEARLY * verdict.p_ours:
        return answer(turn, record)
    text = "\n".join([vi.GENERAL_OFFER, vi.GENERAL_ELSE, person.contact_lines(turn.contacts)])
    button = Button(record.name, data=f"f:{record.slug}:{CARD}")
    outcome = turn.reply(Reply((Message(text, (button,)),), "unknown"))
    return replace(outcome, unanswered=turn.text)
