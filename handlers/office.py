"""Which unit a person's place is now, and which offices serve it. The place is remembered for the conversation."""

from __future__ import annotations

import re
from dataclasses import replace

from handlers import placing, procedure
from handlers.buttons import read_press
from handlers.messages import Message, Outcome, Reply, quote, say
from handlers.texts import vi
from handlers.texts.place import EN
from handlers.turn import Turn
from knowledge.places import Found, Unit
from knowledge.places.names import tokens, word_key
from knowledge.places.words import ABROAD, ONLY_A_PLACE, WHO
from knowledge.understanding.normalize import fold

_NUMBER = re.compile(r"^\D{0,10}?(\d{1,2})\D{0,8}$")

_OFFICE = re.compile(r"\b(cong an|uy ban|ubnd|trung tam|hcc|tru so|dien thoai|dia chi)\b")
_WHERE_IS = re.compile(r"\b(o dau|cho nao|dia chi|dien thoai|so may|tru so)\b")
_SHOWN, _NOT_SHOWN = "u:", "v:"
"""Units that were asked about and have a number in the question, or have none."""
MOST_NAME = 4  # words of a place that nobody knows
_PLACE_KEYS = frozenset(map(word_key, ("ở", "tại")))


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
    return await _named(turn, found) if found else await _of_an_office(turn) or _nowhere(turn)


def _located(turn: Turn, lat: float, lon: float) -> Outcome:
    """The nearest units to choose from; a centre is not a border, so we never decide ourselves."""
    near = turn.places.nearest(lat, lon)
    if not near:
        return turn.reply(say(vi.PLACE_ABROAD))
    units = tuple(place.unit for place in near)
    labels = placing.unit_labels(turn, units, located=True)
    lines = [
        vi.PLACE_NEAR_LINE.format(n=n, unit=label, km=max(1, round(place.km)))
        for n, (label, place) in enumerate(zip(labels, near, strict=True), start=1)
    ]
    text = "\n".join([vi.PLACE_NEAR, *lines, placing.words_of(turn).how_to_choose])
    return _asking(turn, placing.Question(text, units, placing.unit_buttons(turn, units), numbered=True))


def _chosen(turn: Turn) -> Unit | None:
    """The unit that a number picks among those we asked about."""
    codes = [choice[2:] for choice in turn.conversation.choices if choice.startswith(_SHOWN)]
    number = _NUMBER.match(turn.text.strip()) if codes else None
    index = int(number.group(1)) - 1 if number else -1
    return turn.places.unit(codes[index]) if 0 <= index < len(codes) else None


async def _settled(turn: Turn, unit: Unit, found: Found | None = None) -> Outcome:
    """The place is known: where to go with what is being asked about, or which offices are there."""
    turn = _at(turn, unit)
    record = turn.snapshot.record(turn.conversation.subject)
    asks_for_office = found is not None and _OFFICE.search(fold(found.rest))
    if record and not asks_for_office and placing.where_lines(turn, record):
        part = "en-where" if placing.words_of(turn) is EN else "where"
        pressed = replace(turn.incoming, text="", data=f"f:{record.slug}:{part}", location=None)
        outcome = await procedure.handle(replace(turn, incoming=pressed))
        if outcome:
            return turn.keeping_place(_with_old_name(turn, outcome, unit, found))
    return turn.reply(say(placing.unit_card(turn, unit, found)))


async def _named(turn: Turn, found: Found) -> Outcome | None:
    """A place in a message: the answer for that place when there is a question beside it."""
    found = replace(found, units=_among_the_asked(turn, found) or found.units)
    unit = found.units[0] if len(found.units) == 1 else None
    if _says_nothing_else(found):
        if found.level == "province":
            return await _settled(turn, unit) if unit else _province(turn, found)
        return await _settled(turn, unit, found) if unit else _asking(turn, placing.question(turn, found))
    if found.level == "province":
        return None
    placed = _at(turn, unit) if unit else turn
    outcome = await _answered(placed, found.rest)
    if outcome is None:
        return None
    return placed.keeping_place(_with_place(placed, outcome, found, unit))


def _among_the_asked(turn: Turn, found: Found) -> tuple[Unit, ...]:
    """After “which of these?” a name also answers, or the province: the units asked about that it can mean."""
    asked = [choice[2:] for choice in turn.conversation.choices if choice.startswith((_SHOWN, _NOT_SHOWN))]
    if found.level != "province":
        return tuple(unit for unit in found.units if unit.code in asked)
    units = [unit for code in asked if (unit := turn.places.unit(code)) and unit.province == found.province.code]
    towns = {unit.code: turn.places.old_district(unit) for unit in units}
    old = [u for u in units if (town := towns[u.code]) and town.old_province == found.old_province]
    return tuple(old or units)


def _province(turn: Turn, found: Found) -> Outcome:
    """Only a province is named: its own offices when one was asked for, and which unit is meant."""
    card = placing.province_card(turn, found.province) if _OFFICE.search(fold(found.rest)) else ""
    return turn.reply(say(card)) if card else _asking(turn, placing.question(turn, found))


async def _of_an_office(turn: Turn) -> Outcome | None:
    """“Công an phường ở đâu”, “số điện thoại ở đó”: the offices of the known place, or where the person lives."""
    folded = fold(turn.text)
    only_that = all(word.key in ONLY_A_PLACE for word in tokens(turn.text))
    if not (only_that and _OFFICE.search(folded) and _WHERE_IS.search(folded)):
        return None
    unit = turn.places.unit(turn.conversation.place)
    if unit:
        return turn.reply(say(placing.unit_card(turn, unit)))
    return None if turn.conversation.subject else turn.reply(say(vi.PLACE_WHERE_IS_HOME))


def _nowhere(turn: Turn) -> Outcome | None:
    """A message that names nothing but a place that we do not know: “em ở Xóm Trại”."""
    words = tokens(turn.text)
    at = next((n for n, word in enumerate(words) if word.key in _PLACE_KEYS), len(words))
    name = words[at + 1 :]
    named = name and len(name) <= MOST_NAME and all(word.typed[:1].isupper() for word in name)
    if not named or turn.text.isupper() or not all(word.key in WHO for word in words[:at]):
        return None
    if tuple(word.key for word in name) in ABROAD:
        return None if turn.conversation.subject else turn.reply(say(vi.PLACE_LIVING_ABROAD))
    if all(word.key in ONLY_A_PLACE for word in name):
        return None
    home = next((unit for unit in turn.places.units.values() if unit.province == turn.province), None)
    example = home or next(iter(turn.places.units.values()))
    shown = f"{example.label}, {turn.places.province_of(example).name}"
    said = quote(turn.text[name[0].start : name[-1].end])
    return turn.reply(say(vi.PLACE_NOT_FOUND.format(name=said, example=shown)))


async def _answered(turn: Turn, rest: str) -> Outcome | None:
    """The procedure's answer, read without the name of the place first: names are made of everyday words."""
    outcome = await procedure.handle(replace(turn, incoming=replace(turn.incoming, text=rest)))
    return outcome or await procedure.handle(turn)


def _says_nothing_else(found: Found) -> bool:
    return all(word.key in ONLY_A_PLACE or word.key.isdecimal() for word in tokens(found.rest))


def _with_place(turn: Turn, outcome: Outcome, found: Found, unit: Unit | None) -> Outcome:
    """``outcome`` with what the place is called now, or with the question which unit is meant."""
    if unit:
        return _with_old_name(turn, outcome, unit, found)
    if outcome.reply.decision != "answer" or outcome.conversation.choices or not _depends_on_unit(turn, outcome):
        return outcome
    asked = placing.question(turn, found)
    messages = (*outcome.reply.messages, Message(asked.text, asked.buttons))
    return replace(
        outcome,
        reply=replace(outcome.reply, messages=messages),
        conversation=replace(outcome.conversation, choices=_choices(asked)),
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


def _asking(turn: Turn, asked: placing.Question) -> Outcome:
    reply = Reply((Message(asked.text, asked.buttons),))
    return Outcome(reply, replace(turn.conversation, choices=_choices(asked), awaiting=None))


def _choices(asked: placing.Question) -> tuple[str, ...]:
    """What the next message may pick: by number what has one, by its name or province all of them."""
    mark = _SHOWN if asked.numbered else _NOT_SHOWN
    return tuple(f"{mark}{unit.code}" for unit in asked.units)


def _at(turn: Turn, unit: Unit) -> Turn:
    return replace(turn, conversation=replace(turn.conversation, place=unit.code))
