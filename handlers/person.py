"""Whom to ask: a human being."""

from __future__ import annotations

from handlers.texts import vi
from knowledge.contacts import Contact


def contact_lines(contacts: tuple[Contact, ...]) -> str:
    """The desk, then the telephone lines, each with how sure its number is."""
    lines = [vi.CONTACT_DESK]
    for contact in contacts:
        doubt = "" if contact.sure else vi.CONTACT_DOUBT
        lines.append(vi.CONTACT_LINE.format(name=contact.name, number=contact.number, note=doubt))
    return "\n".join(lines)


def contacts(known: tuple[Contact, ...]) -> str:
    """The answer to “gặp cán bộ”."""
    return f"{vi.PERSON}\n{contact_lines(known)}"
