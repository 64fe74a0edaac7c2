"""What an answer says about a place: its name of today, its offices, and what is known of them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from handlers.messages import Button
from handlers.texts import vi
from handlers.texts.place import EN, VI, PlaceWords
from handlers.turn import Turn
from knowledge.places import Found, Office, Province, Unit, office_at
from knowledge.places.names import tokens
from knowledge.places.words import ENGLISH
from knowledge.record import Record

UNIT_OFFICES = ("trung-tam-hcc-xa", "cong-an-xa", "ubnd-xa")
MOST_BUTTONS = 10
MOST_NUMBERED = 20


def where_lines(turn: Turn, record: Record, words: PlaceWords = VI) -> str:
    """Which offices take ``record`` at the place the conversation is about; empty when there is none."""
    unit = turn.places.unit(turn.conversation.place)
    if unit is None or record.where is None or not record.where.offices:
        return ""
    head = words.where.format(unit=unit.label, province=turn.places.province_of(unit).label)
    return "\n".join([head, *_offices(turn, unit, record.where.offices, words)])


def at_place(turn: Turn, record: Record, text: str, *, english: bool = False) -> str:
    """The “where” part ``text`` with the offices of the known place right under its title."""
    lines = where_lines(turn, record, EN if english else VI)
    title, _, rest = text.partition("\n")
    return f"{title}\n{lines}\n\n{rest}" if lines else text


def unit_card(turn: Turn, unit: Unit, found: Found | None = None) -> str:
    """Which unit a place is now, and the offices there."""
    words = words_of(turn)
    province = turn.places.province_of(unit).label
    lines = [words.is_there.format(unit=_capital(unit.label), province=province)]
    if found and found.said != unit.label:
        lines = [words.is_now.format(said=_capital(found.said), unit=unit.label, province=province)]
    lines += [words.offices, *_offices(turn, unit, UNIT_OFFICES, words), words.any_centre.format(province=province)]
    if found and found.also_old:
        lines.append(vi.PLACE_ALSO_OLD.format(said=found.said))
    return "\n".join([*lines, words.remembered])


def renamed(turn: Turn, unit: Unit, found: Found) -> str | None:
    """One line on what an old place is called now; nothing for a name of today."""
    if found.said == unit.label:
        return None
    province = turn.places.province_of(unit).label
    return words_of(turn).is_now.format(said=_capital(found.said), unit=unit.label, province=province)


@dataclass(frozen=True)
class Question:
    """Which of several units is meant. ``numbered`` says whether the text gives them numbers, in their order."""

    text: str
    units: tuple[Unit, ...] = ()
    buttons: tuple[Button, ...] = ()
    numbered: bool = False


def question(turn: Turn, found: Found) -> Question:
    """Which of several units is meant: by buttons when they are few, by number or by name otherwise."""
    if not found.units:
        known = vi.PLACE_ONLY_PROVINCE if found.said == found.province.label else vi.PLACE_OLD_PROVINCE
        return Question(_capital(known.format(said=_capital(found.said), province=found.province.label)))
    units, several = found.units, len({unit.province for unit in found.units}) > 1
    more = [vi.PLACE_ELSEWHERE] if found.elsewhere else []
    if len(units) > MOST_BUTTONS and several:
        return Question(_which_province(turn, found), units)
    if len(units) > MOST_NUMBERED:
        names = ", ".join(unit_labels(turn, units))
        text = _capital(vi.PLACE_MANY.format(said=_said(turn, found), n=len(units), names=names))
        return Question("\n".join([text, *more]), units)
    buttons = unit_buttons(turn, units) if len(units) <= MOST_BUTTONS else ()
    numbered = [f"{n}. {label}" for n, label in enumerate(unit_labels(turn, units), start=1)]
    words = words_of(turn)
    how = words.how_to_choose if buttons else words.type_it
    return Question("\n".join([_head(turn, found), *numbered, how, *more]), units, buttons, numbered=True)


def _head(turn: Turn, found: Found) -> str:
    words = words_of(turn)
    heads = {"former": words.split, "province": words.which_of_these}
    head = heads.get(found.level, words.which).format(said=_said(turn, found), n=len(found.units))
    return head if found.level == "province" else _capital(head)


def _said(turn: Turn, found: Found) -> str:
    """What was said, with the province when it is another one and nothing else names it."""
    one = {unit.province for unit in found.units} == {found.province.code}
    far = one and found.level != "province" and found.province.code != turn.province
    return f"{found.said} ({found.province.name})" if far else found.said


def _which_province(turn: Turn, found: Found) -> str:
    names = dict.fromkeys(turn.places.province_of(unit).name for unit in found.units)
    return vi.PLACE_WHICH_PROVINCE.format(said=found.said, provinces=", ".join(names))


def province_card(turn: Turn, province: Province) -> str:
    """The offices for a whole province, as far as they are written down; empty when none is."""
    known = turn.places.offices_of(province)
    lines = [f"**{_capital(province.label)}**.", vi.PLACE_OF_PROVINCE, *map(_office, known)]
    return "\n".join([*lines, vi.PLACE_WHERE_IS_HOME]) if known else ""


def unit_labels(turn: Turn, units: tuple[Unit, ...], *, located: bool = False) -> list[str]:
    """The units by name, with what tells them apart: their province, or the old district for one name twice.

    ``located``: nothing else says in which province they are, so another one than the home province is named.
    """
    names = Counter((unit.label, unit.province) for unit in units)
    provinces = {unit.province for unit in units}
    several = len(provinces) > 1 or (located and provinces != {turn.province})
    labels = []
    for unit in units:
        district = turn.places.old_district(unit) if names[unit.label, unit.province] > 1 else None
        areas = [f"{district.label} cũ"] if district else []
        areas += [turn.places.province_of(unit).name] if several else []
        labels.append(_capital(unit.label) + (f" ({', '.join(areas)})" if areas else ""))
    return labels


def unit_buttons(turn: Turn, units: tuple[Unit, ...]) -> tuple[Button, ...]:
    labels = unit_labels(turn, units)
    return tuple(Button(label, data=f"u:{unit.code}") for unit, label in zip(units, labels, strict=True))


def _offices(turn: Turn, unit: Unit, kinds: tuple[str, ...], words: PlaceWords) -> list[str]:
    """One line an office with what is written down about it; whom to ask where something is missing."""
    lines, missing = [], False
    for kind in kinds:
        known = turn.places.offices(kind, unit)
        missing = missing or not any(office.address and office.telephone for office in known)
        name = office_at(kind, unit, turn.places.province_of(unit))
        lines += [_office(office, words) for office in known] or [vi.PLACE_OFFICE.format(name=_capital(name))]
    if missing:
        contact = turn.contacts[0 if unit.province == turn.province else -1] if turn.contacts else None
        doubt = words.number_doubt if contact and not contact.sure else ""
        ask = words.ask.format(name=contact.name, number=contact.number, note=doubt) if contact else ""
        lines.append(words.unknown + ask)
    return lines


def _office(office: Office, words: PlaceWords = VI) -> str:
    facts = [
        office.address,
        words.telephone.format(number=office.telephone) if office.telephone else "",
        words.hours.format(hours=office.hours) if office.hours else "",
    ]
    doubt = "" if office.confidence == "sure" else words.doubt
    return vi.PLACE_OFFICE.format(name=office.name) + ": " * any(facts) + "; ".join(filter(None, facts)) + doubt


def words_of(turn: Turn) -> PlaceWords:
    """The words in the language of the message."""
    return EN if ENGLISH & {token.key for token in tokens(turn.text)} else VI


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
