"""Which unit a person's place is now, and which offices serve it. The place is remembered for the conversation."""

from __future__ import annotations

import re
from dataclasses import replace

from handlers import placing, procedure
from handlers.buttons import read_press
from handlers.messages import Message, Outcome, Reply, say
from handlers.texts import vi
from handlers.turn import Turn
from knowledge.places import Found, Unit
from knowledge.places.names import tokens
from knowledge.places.words import ONLY_A_PLACE
from knowledge.understanding.normalize import fold

_NUMBER = re.compile(r"^\D{0,10}?(\d{1,2})\D{0,8}$")

_OFFICE = re.compile(r"\b(cong an|uy ban|ubnd|trung tam|hcc|tru so|dien thoai|dia chi)\b")


async def handle(turn: Turn) -> Outcome | None:
    """Take a shared location, a pressed or typed choice of unit, or a place named in a message."""
    if turn.incoming.location is not None:
        return _located(turn, *turn.incoming.location)
    if turn.incoming.data is not None:
        press = read_press(turn.incoming.data)
        unit = turn.places.unit(press.slug) if press and press.kind == "unit" else None
        return await _settled(turn, unit) if unit else None
    chosen = _chosen(turn)
    if chosen:
        return await _settled(turn, chosen)
    found = turn.places.find(turn.text, turn.province)
    return await _named(turn, found) if found else None


def _located(turn: Turn, lat: float, lon: float) -> Outcome:
    """The nearest units to choose from; a centre is not a border, so we never decide ourselves."""
    near = turn.places.nearest(lat, lon)
    if not near:
        return turn.reply(say(vi.PLACE_ABROAD))
    units = tuple(place.unit for place in near)
    labels = placing.unit_labels(turn, units)
    lines = [
        vi.PLACE_NEAR_LINE.format(n=n, unit=label, km=max(1, round(place.km)))
        for n, (label, place) in enumerate(zip(labels, near, strict=True), start=1)
    ]
    text = "\n".join([vi.PLACE_NEAR, *lines, vi.PLACE_HOW_TO_CHOOSE])
    return _asking(turn, Message(text, placing.unit_buttons(turn, units)), units)


def _chosen(turn: Turn) -> Unit | None:
    """The unit that a number picks among those we asked about."""
    codes = [choice[2:] for choice in turn.conversation.choices if choice.startswith("u:")]
    number = _NUMBER.match(turn.text.strip()) if codes else None
    index = int(number.group(1)) - 1 if number else -1
    return turn.places.unit(codes[index]) if 0 <= index < len(codes) else None


async def _settled(turn: Turn, unit: Unit, found: Found | None = None) -> Outcome:
    """The place is known: where to go with what is being asked about, or which offices are there."""
    turn = _at(turn, unit)
    record = turn.snapshot.record(turn.conversation.subject)
    asks_for_office = found is not None and _OFFICE.search(fold(found.rest))
    if record and not asks_for_office and placing.where_lines(turn, record):
        pressed = replace(turn.incoming, text="", data=f"f:{record.slug}:where", location=None)
        outcome = await procedure.handle(replace(turn, incoming=pressed))
        if outcome:
            return turn.keeping_place(_with_old_name(turn, outcome, unit, found))
    return turn.reply(say(placing.unit_card(turn, unit, found)))


async def _named(turn: Turn, found: Found) -> Outcome | None:
    """A place in a message: the answer for that place when there is a question beside it."""
    # After “which of these?” a name also answers, seen within what was asked about.
    asked = {choice[2:] for choice in turn.conversation.choices if choice.startswith("u:")}
    among = tuple(unit for unit in found.units if unit.code in asked)
    found = replace(found, units=among or found.units)
    unit = found.units[0] if len(found.units) == 1 else None
    if _says_nothing_else(found):
        return await _settled(turn, unit, found) if unit else _ask(turn, found)
    if found.level == "province":
        return None
    placed = _at(turn, unit) if unit else turn
    outcome = await _answered(placed, found.rest)
    if outcome is None:
        return None
    return placed.keeping_place(_with_place(placed, outcome, found, unit))


async def _answered(turn: Turn, rest: str) -> Outcome | None:
    """The procedure's answer, read without the name of the place first: names are made of everyday words."""
    outcome = await procedure.handle(replace(turn, incoming=replace(turn.incoming, text=rest)))
    return outcome or await procedure.handle(turn)


def _says_nothing_else(found: Found) -> bool:
    return all(word.key in ONLY_A_PLACE for word in tokens(found.rest))


def _with_place(turn: Turn, outcome: Outcome, found: Found, unit: Unit | None) -> Outcome:
    """``outcome`` with what the place is called now, or with the question which unit is meant."""
    if unit:
        return _with_old_name(turn, outcome, unit, found)
    if outcome.reply.decision != "answer" or outcome.conversation.choices or not _depends_on_unit(turn, outcome):
        return outcome
    text, buttons = placing.question(turn, found)
    choices = tuple(button.data for button in buttons if button.data)
    messages = (*outcome.reply.messages, Message(text, buttons))
    return replace(
        outcome,
        reply=replace(outcome.reply, messages=messages),
        conversation=replace(outcome.conversation, choices=choices),
    )


def _with_old_name(turn: Turn, outcome: Outcome, unit: Unit, found: Found | None) -> Outcome:
    note = placing.renamed(turn, unit, found) if found else None
    if note is None:
        return outcome
    messages = (*outcome.reply.messages, Message(note))
    return replace(outcome, reply=replace(outcome.reply, messages=messages))


def _depends_on_unit(turn: Turn, outcome: Outcome) -> bool:
    record = turn.snapshot.record(outcome.reply.procedure)
    return bool(record and record.where and record.where.offices)


def _ask(turn: Turn, found: Found) -> Outcome:
    text, buttons = placing.question(turn, found)
    return _asking(turn, Message(text, buttons), found.units if buttons else ())


def _asking(turn: Turn, message: Message, units: tuple[Unit, ...]) -> Outcome:
    choices = tuple(f"u:{unit.code}" for unit in units)
    return Outcome(Reply((message,)), replace(turn.conversation, choices=choices, awaiting=None))


def _at(turn: Turn, unit: Unit) -> Turn:
    return replace(turn, conversation=replace(turn.conversation, place=unit.code))
