"""Which words, as read, are whose own: a message that is word for word what one entry has is about that entry."""

from __future__ import annotations

from dataclasses import dataclass, field

from knowledge.understanding.reading import Reading
from knowledge.understanding.turns import core

NAMING = 16  # in a message of so many words a name may be all that is said
CALLING = 4  # an example of so few words calls the thing by a name

Owners = frozenset[str]


@dataclass(frozen=True, slots=True)
class Claims:
    """By words: ``put``, who has them as a phrase; ``short``, whose short phrase they are without what only frames
    it; ``called``, whose name they are without that."""

    put: dict[str, Owners] = field(default_factory=dict)
    short: dict[str, Owners] = field(default_factory=dict)
    called: dict[str, Owners] = field(default_factory=dict)

    def add(self, reading: Reading, owner: Owners, *, is_name: bool) -> None:
        """One phrase of an entry, which is its own ``owner``."""
        _add(self.put, reading.form, owner)
        name = core(reading) if is_name or len(reading.folded) <= CALLING else ""
        # One word is a name only when it is the whole of it: "thẻ" is not what is left of "làm thẻ".
        if " " in name or (name and name == reading.form):
            _add(self.called if is_name else self.short, name, owner)

    def without(self, key: str) -> Claims:
        """The claims of all other entries."""
        parts = (self.put, self.short, self.called)
        return Claims(*({w: o - {key} if key in o else o for w, o in part.items()} for part in parts))

    def is_put(self, reading: Reading) -> bool:
        """Whether one entry alone has these very words."""
        return len(self.put.get(reading.form, ())) == 1

    def owner(self, reading: Reading) -> str | None:
        """The one entry that has this very phrase, or is called so when what asks and frames is left away."""
        candidates = [self.put.get(reading.form)]
        if len(reading.folded) <= NAMING:
            # What something is called comes before what somebody called it in a few words.
            name = core(reading)
            candidates.append(self.called.get(name) or self.short.get(name))
        return next((next(iter(owners)) for owners in candidates if owners and len(owners) == 1), None)


def _add(claims: dict[str, Owners], words: str, owner: Owners) -> None:
    known = claims.get(words, owner)
    claims[words] = owner if known == owner else known | owner
