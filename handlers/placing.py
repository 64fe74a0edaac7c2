"""What an answer says about a place: its name of today, its offices, and what is known of them."""

from __future__ import annotations

from collections import Counter

from handlers.messages import Button
from handlers.texts import vi
from handlers.turn import Turn
from knowledge.places import Found, Office, Unit, office_at
from knowledge.record import Record

UNIT_OFFICES = ("trung-tam-hcc-xa", "cong-an-xa", "ubnd-xa")
MOST_BUTTONS = 10


def where_lines(turn: Turn, record: Record) -> str:
    """Which offices take ``record`` at the place the conversation is about; empty when there is none."""
    unit = turn.places.unit(turn.conversation.place)
    if unit is None or record.where is None or not record.where.offices:
        return ""
    head = vi.PLACE_WHERE.format(unit=unit.label, province=turn.places.province_of(unit).label)
    return "\n".join([head, *_offices(turn, unit, record.where.offices)])


def at_place(turn: Turn, record: Record, text: str) -> str:
    """The “where” part ``text`` with the offices of the known place right under its title."""
    lines = where_lines(turn, record)
    title, _, rest = text.partition("\n")
    return f"{title}\n{lines}\n\n{rest}" if lines else text


def unit_card(turn: Turn, unit: Unit, found: Found | None = None) -> str:
    """Which unit a place is now, and the offices there."""
    province = turn.places.province_of(unit).label
    lines = [vi.PLACE_IS.format(unit=_capital(unit.label), province=province)]
    if found and found.said != unit.label:
        lines = [vi.PLACE_IS_NOW.format(said=_capital(found.said), unit=unit.label, province=province)]
    lines += [vi.PLACE_OFFICES, *_offices(turn, unit, UNIT_OFFICES), vi.PLACE_ANY_CENTRE]
    if found and found.also_old:
        lines.append(vi.PLACE_ALSO_OLD.format(said=found.said))
    return "\n".join([*lines, vi.PLACE_REMEMBERED])


def renamed(turn: Turn, unit: Unit, found: Found) -> str | None:
    """One line on what an old place is called now; nothing for a name of today."""
    if found.said == unit.label:
        return None
    province = turn.places.province_of(unit).label
    return vi.PLACE_IS_NOW.format(said=_capital(found.said), unit=unit.label, province=province)


def question(turn: Turn, found: Found) -> tuple[str, tuple[Button, ...]]:
    """Which of several units is meant: by buttons when they are few, by its name otherwise."""
    said = _capital(found.said)
    if not found.units:
        known = vi.PLACE_ONLY_PROVINCE if found.said == found.province.label else vi.PLACE_OLD_PROVINCE
        return _capital(known.format(said=said, province=found.province.label)), ()
    provinces = {unit.province for unit in found.units}
    if len(found.units) > MOST_BUTTONS and len(provinces) > 1:
        return vi.PLACE_WHICH_PROVINCE.format(said=said), ()
    if len(found.units) > MOST_BUTTONS:
        names = ", ".join(unit.label for unit in found.units)
        return vi.PLACE_MANY.format(said=said, n=len(found.units), names=names), ()
    labels = unit_labels(turn, found.units)
    numbered = [f"{n}. {label}" for n, label in enumerate(labels, start=1)]
    head = (vi.PLACE_SPLIT if found.level == "former" else vi.PLACE_WHICH).format(said=said, n=len(labels))
    return "\n".join([head, *numbered, vi.PLACE_HOW_TO_CHOOSE]), unit_buttons(turn, found.units)


def unit_labels(turn: Turn, units: tuple[Unit, ...]) -> list[str]:
    """The units by name, with what tells them apart: another province, or the old district for one name twice."""
    names = Counter((unit.label, unit.province) for unit in units)
    labels = []
    for unit in units:
        district = turn.places.old_district(unit) if names[unit.label, unit.province] > 1 else None
        areas = [f"{district.label} cũ"] if district else []
        areas += [turn.places.province_of(unit).name] if unit.province != turn.province else []
        labels.append(_capital(unit.label) + (f" ({', '.join(areas)})" if areas else ""))
    return labels


def unit_buttons(turn: Turn, units: tuple[Unit, ...]) -> tuple[Button, ...]:
    labels = unit_labels(turn, units)
    return tuple(Button(label, data=f"u:{unit.code}") for unit, label in zip(units, labels, strict=True))


def _offices(turn: Turn, unit: Unit, kinds: tuple[str, ...]) -> list[str]:
    """One line an office with what is written down about it; whom to ask where something is missing."""
    lines, missing = [], False
    for kind in kinds:
        known = turn.places.offices(kind, unit)
        missing = missing or not any(office.address and office.telephone for office in known)
        name = office_at(kind, unit, turn.places.province_of(unit))
        lines += [_office(office) for office in known] or [vi.PLACE_OFFICE.format(name=_capital(name))]
    if missing:
        contact = turn.contacts[0 if unit.province == turn.province else -1] if turn.contacts else None
        doubt = vi.CONTACT_DOUBT if contact and not contact.sure else ""
        ask = vi.PLACE_ASK_THERE.format(name=contact.name, number=contact.number, note=doubt) if contact else ""
        lines.append(vi.PLACE_ADDRESS_UNKNOWN + ask)
    return lines


def _office(office: Office) -> str:
    facts = [
        office.address,
        vi.PLACE_TELEPHONE.format(number=office.telephone) if office.telephone else "",
        vi.PLACE_HOURS.format(hours=office.hours) if office.hours else "",
    ]
    doubt = "" if office.confidence == "sure" else vi.PLACE_DOUBT
    return vi.PLACE_OFFICE.format(name=office.name) + ": " + "; ".join(filter(None, facts)) + doubt


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
