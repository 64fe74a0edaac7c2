"""General questions (FAQ) that the index leaves open: those it knows well, and those it may only offer.

The index decides for procedures first, and has no word to go by in “thứ Bảy có làm không”. When it knows no procedure,
what it thinks of the general entries is worth asking for.
"""

from __future__ import annotations

import re
from dataclasses import replace

from handlers import card, following, person
from handlers.buttons import CARD
from handlers.messages import Button, Message, Outcome, Reply
from handlers.texts import vi
from handlers.turn import Turn
from knowledge.record import Record
from knowledge.understanding import Understanding
from knowledge.understanding.normalize import fold

# Of the questions that are nobody's, none reaches OFFER_FROM; bare parts such as “lệ phí?” stay below SURE_FROM.
SURE_FROM = 0.97
ANSWER_FROM = 0.35
OFFER_FROM = 0.15
CLEARLY = 2.0
MOST_BUTTONS = 3
CALLS = "hoi-cuoc-goi-lua-dao"
# A stranger calls or writes, and gives himself out as somebody or urges.
_SCAM = re.compile(
    r"\b(co (nguoi|ai|so)|nguoi la|so la|nguoi ta|ho|ai|tu xung|gia danh)\b( \w+){0,3} (goi|nhan|zalo|gui)\b( \w+){0,6}"
    r" (xung|noi la|bao( la)? (cong an|can bo|thue)|ot?p|link|duong link|apk|app|doc ma"
    r"|(cai|cap nhat|nang cap|nang|dong bo|xac thuc|kich hoat)( \w+){0,2} (vneid|can cuoc|cccd|dinh danh|du lieu)"
    r"|chuyen (tien|khoan))\b"
)


def answer(turn: Turn, record: Record) -> Outcome:
    """The entry ``record``, with the procedures it is usually about."""
    near = [other for other in turn.snapshot.near(record) if other.kind == "procedure"][:MOST_BUTTONS]
    buttons = tuple(Button(other.label, data=f"f:{other.slug}:{CARD}") for other in near)
    return turn.about(Reply((Message(card.faq(record), buttons),), "unknown"), record.slug)


def warned(turn: Turn, outcome: Outcome | None) -> Outcome | None:
    """``outcome`` with a warning, when the message tells of a call that sounds like a scam; the warning alone else."""
    record = turn.snapshot.record(CALLS) if _SCAM.search(fold(turn.text)) else None
    if record is None or (outcome and any(record.name in message.text for message in outcome.reply.messages)):
        return outcome
    if outcome is None or outcome.unanswered:
        return answer(turn, record)
    note = Message(vi.SCAM_NOTE, (Button(record.name, data=f"f:{record.slug}:{CARD}"),))
    return replace(outcome, reply=replace(outcome.reply, messages=(*outcome.reply.messages, note)))


def written_down(turn: Turn) -> Outcome | None:
    """The general entry that has the message among its own questions, when nothing else is being talked about."""
    record = None if turn.conversation.subject else turn.snapshot.record(turn.snapshot.examples.find(turn.text))
    return answer(turn, record) if record else None


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
