"""Codes of procedures (1.001193) in a message: what became of an old one, and that an unknown one is one."""

from __future__ import annotations

from dataclasses import replace

from handlers import person
from handlers.messages import Message, Outcome, say
from handlers.texts import vi
from handlers.turn import Turn
from knowledge.understanding.normalize import clean, procedure_codes

_NOTES = {"old": vi.CODE_NOW, "variant": vi.CODE_VARIANT, "part": vi.CODE_PART}


def unknown(turn: Turn) -> Outcome | None:
    """The honest answer when the message names a code and none of its codes leads anywhere."""
    typed = procedure_codes(clean(turn.text))
    if not typed or any(code in turn.snapshot.codes for code in typed):
        return None
    text = f"{vi.CODE_UNKNOWN.format(code=typed[0])}\n{person.contact_lines(turn.contacts)}"
    return replace(turn.reply(say(text)), unanswered=turn.text)


def explained(turn: Turn, outcome: Outcome) -> Outcome:
    """``outcome`` with a line before it that says what became of the old or variant code in the message."""
    notes = [_note(turn, code, outcome.reply.procedure) for code in procedure_codes(clean(turn.text))]
    said = "\n".join(dict.fromkeys(note for note in notes if note))
    if not said:
        return outcome
    return replace(outcome, reply=replace(outcome.reply, messages=(Message(said), *outcome.reply.messages)))


def _note(turn: Turn, code: str, slug: str | None) -> str:
    record = turn.snapshot.record(slug)
    other = next((o for o in record.other_codes if o.code == code), None) if record else None
    return _NOTES[other.relation].format(code=code, note=other.note.rstrip(".")) if other else ""
