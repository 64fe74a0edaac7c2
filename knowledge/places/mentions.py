"""Where a text speaks of a place: a kind word with a name, or a name in the position of a place."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from rapidfuzz.distance import OSA

from knowledge.places.entries import DISTRICT, Entry, Names, lies_in
from knowledge.places.names import Token, agrees, joined_key, marks, name_agrees, name_key, tokens, word_key
from knowledge.places.words import (
    AREAS,
    ENGLISH_KINDS,
    EVERYDAY,
    FILLER,
    KIND_WORDS,
    MEASURES,
    OFFICE_WORDS,
    ORDINARY,
    PARTS_OF_A_UNIT,
    PLACE_WORDS,
    SAFE_PLACE_WORDS,
    STRONG_PLACE_WORDS,
)

LONGEST_NAME = 6
_STOP = re.compile(r"[,;:.?!()\n]")
LINKS = frozenset(("cu", "thuoc", "cua", "o", "nai"))
SHORT = 6  # words: in a longer message a near miss is rather another word
LONG_WORD = 5  # letters: a shorter name of one syllable is too easily another word
TYPO_FROM = 7  # letters: in a shorter name one wrong letter makes another name

Fits = Callable[[Entry], bool]


@dataclass(frozen=True, slots=True)
class Mention:
    """The words ``start`` to ``end`` of a text, and what they can mean.

    ``near`` is what they would mean with other tone marks, ``linked`` whether they go on from the name before.
    """

    start: int
    end: int
    kind: str | None
    entries: tuple[Entry, ...]
    old: bool = False
    near: tuple[Entry, ...] = ()
    linked: bool = False


class _Reader:
    def __init__(self, text: str, names: Names, home: str) -> None:
        self.text = text
        self.words = tokens(text)
        self.names = names
        self.home = home
        self.found: list[Mention] = []

    def read(self) -> list[Mention]:
        at = 0
        while at < len(self.words):
            mention = self._with_kind(at) or self._bare(at)
            if mention:
                self.found.append(mention)
            at = mention.end if mention else at + 1
        if len(self.found) == 1 and not self._is_clear(self.found[0]):
            self.found.clear()
        if not self.found:
            whole = self._whole_message()
            return [whole] if whole else []
        return self._with_names_before()

    def _with_kind(self, at: int) -> Mention | None:
        for kind, length in self._kinds(at):
            start = at + length
            fits = _fitting(kind)
            found = self._name(start, fits) or self._misspelt(start, fits)
            if found and not self._is_marked(at, found[0]):
                found = found[0], tuple(e for e in found[1] if e.kind == kind or e.level == "district")
            if found and found[1]:
                return self._made(at, found[0], kind, found[1])
        return None

    def _kinds(self, at: int) -> Iterable[tuple[str, int]]:
        for spelling, kind, needs_dot in KIND_WORDS.get(self.words[at].key, ()):
            end = at + len(spelling)
            here = self.words[at:end]
            if len(here) < len(spelling) or end >= len(self.words):
                continue
            if not all(map(_is_word, here, spelling)) or self.text[here[0].start - 1 : here[0].start].isalnum():
                continue
            # “hợp tác xã, liên hiệp …”: a comma between them makes it no name of that kind.
            between = self.text[here[-1].end : self.words[end].start].strip()
            dotted = between == "." and len(spelling[0]) <= 2
            if dotted or (not between and not needs_dot):
                yield kind, len(spelling)

    def _name(self, start: int, fits: Fits, shortest: int = 1) -> tuple[int, tuple[Entry, ...]] | None:
        """The longest name that begins at ``start`` and agrees with the marks typed, and where it ends."""
        for end in range(min(start + LONGEST_NAME, len(self.words)), start + shortest - 1, -1):
            here = self.words[start:end]
            if len(here) > 1 and _STOP.search(self.text, here[0].end, here[-1].start):
                continue
            named = [(name, e) for name, e in self.names.find(tuple(w.key for w in here)) if fits(e)]
            fitting = [(name, entry) for name, entry in named if self._can_be(here, end, name, entry)]
            exact = [entry for name, entry in fitting if name_agrees(here, name)]
            entries = tuple(exact or (entry for _, entry in fitting))
            if entries:
                return end, entries
        return None

    def _can_be(self, here: list[Token], end: int, name: str, entry: Entry) -> bool:
        """Whether the words ``here``, which end before ``end``, can be ``name``: marks, capitals, what follows."""
        if len(here) == 1 and here[0].key.isdecimal():
            after = self.words[end].key if end < len(self.words) else ""
            return after not in MEASURES and not self.text[here[0].end : here[0].end + 1].isalpha()
        if _capitals(here):
            # A wrong mark in a name of ours is a slip; elsewhere it is another name (Từ Dũ is not Tử Du).
            return name_agrees(here, name) or (len(here) > 1 and entry.province == self.home)
        if tuple(word.key for word in here) in EVERYDAY:
            return False
        if len(here) == 1 and " " not in name and len(here[0].key) < LONG_WORD and entry.level != "province":
            return entry.province == self.home and marks(here[0].typed) == marks(name)
        return name_agrees(here, name)

    def _misspelt(self, start: int, fits: Fits) -> tuple[int, tuple[Entry, ...]] | None:
        """The one name of the home province that differs by one letter."""
        home = [entry for entry in self.names.by_province[self.home] if fits(entry)]
        for length in (2, 3, 1):
            here = self.words[start : start + length]
            joined = "".join(word.key for word in here)
            if len(here) < length or len(joined) < TYPO_FROM or any(word.key in FILLER for word in here):
                continue
            if not _capitals(here) and len(self.words) > SHORT:
                continue
            near = [entry for entry in home if _one_letter_off(joined, entry.name) and _share_a_word(here, entry)]
            if near and len({entry.name for entry in near}) == 1:
                return start + length, tuple(near)
        return None

    def _bare(self, at: int) -> Mention | None:
        found = self._name(at, _any)
        if found is None and self._follows(at, STRONG_PLACE_WORDS):
            found = self._misspelt(at, _better_known)
        if found is None:
            return None
        end, entries = found
        if not (self._in_place_position(at) or self._is_place_after(end)):
            entries = self._in_the_next(at, end, entries)
            return self._made(at, end, None, entries) if entries else None
        if not self._is_marked(at, end):
            entries = self._plain(at, end, entries)
        return self._accepted(at, (end, entries)) if entries else None

    def _in_the_next(self, at: int, end: int, entries: tuple[Entry, ...]) -> tuple[Entry, ...]:
        """Those that lie in the place named right behind: “Trà Cổ, Móng Cái” needs no “ở” before it."""
        while end < len(self.words) and self.words[end].key in LINKS:
            end += 1
        area = self._name(end, _any) if end < len(self.words) and end - at > 1 else None
        inside = (
            tuple(e for e in entries if e.level != "province" and any(_is_part(e, o) for o in area[1])) if area else ()
        )
        if area is None or (self._is_marked(at, end) and self._is_marked(end, area[0])):
            return inside
        return tuple(entry for entry in inside if entry.province == self.home)

    def _plain(self, at: int, end: int, entries: tuple[Entry, ...]) -> tuple[Entry, ...]:
        """What a name without marks and capitals may mean: it might be other words, so less than otherwise."""
        continues = self._goes_on(at)
        if self._is_in_part(at):
            return tuple(entry for entry in entries if entry.province == self.home)
        if not continues and not self._follows(at, SAFE_PLACE_WORDS) and not self._is_english(end):
            return ()  # “tu”, “ve”, “cu” are too many other words
        far = ("district", "province") if continues or self._ends_clause(end) else ("province",)
        return tuple(entry for entry in entries if entry.province == self.home or entry.level in far)

    def _ends_clause(self, end: int) -> bool:
        rest = self.text[self.words[end - 1].end :].lstrip()
        return not rest[:1].isalnum() or self.words[end].key in {"cu", "thi"}

    def _is_marked(self, start: int, end: int) -> bool:
        """Whether these words show by marks or capitals that they are the name."""
        here = self.words[start:end]
        return _capitals(here) or any(marks(word.typed) for word in here)

    def _is_clear(self, mention: Mention) -> bool:
        """A commune of another province, typed without marks, must end its clause: “phuong an dong cua mo”."""
        if any(entry.province == self.home or entry.level in ("district", "province") for entry in mention.entries):
            return True
        return self._is_marked(mention.start, mention.end) or self._ends_clause(mention.end)

    def _accepted(self, at: int, found: tuple[int, tuple[Entry, ...]]) -> Mention | None:
        """``found`` without a kind word, unless it may be ordinary words."""
        end, entries = found
        here = self.words[at:end]
        if len(here) == 1 and not _stands_alone(here[0], entries):
            entries = self._short_names(at, entries)
            if not entries:
                return None
        if tuple(word.key for word in here) in ORDINARY and not _capitals(here):
            return None
        kind = ENGLISH_KINDS.get(self.words[end].key) if end < len(self.words) else None
        return self._made(at, end + 1, kind, entries) if kind else self._made(at, end, None, entries)

    def _short_names(self, at: int, entries: tuple[Entry, ...]) -> tuple[Entry, ...]:
        """What one short word can mean right behind “ở”: “ở Vinh”, “ở Trới”, “ở sapa”."""
        word = self.words[at]
        if not self._follows(at, STRONG_PLACE_WORDS):
            return tuple(e for e in entries if e.level == "district" and _is_glued(word, e) and len(self.words) == 1)
        if not word.typed[:1].isupper():
            return tuple(entry for entry in entries if entry.level == "district" and _is_glued(word, entry))
        return tuple(entry for entry in entries if entry.province == self.home or entry.level == "district")

    def _in_place_position(self, at: int) -> bool:
        if self._goes_on(at) or self._is_in_part(at):
            return True
        in_area = at > 1 and self.words[at - 1].key in AREAS and self._follows(at - 1, STRONG_PLACE_WORDS)
        return in_area or self._follows(at, PLACE_WORDS)

    def _goes_on(self, at: int) -> bool:
        return bool(self.found) and self._only_links(self.found[-1].end, at)

    def _is_in_part(self, at: int) -> bool:
        """“Khu 4 Hồng Hà”, “tổ 2, Hà Tu”."""
        return at > 1 and self.words[at - 1].key.isdecimal() and self.words[at - 2].key in PARTS_OF_A_UNIT

    def _follows(self, at: int, place_words: frozenset[str]) -> bool:
        before = self.words[at - 1] if at else None
        return before is not None and any(_is_word(before, word) for word in place_words)

    def _only_links(self, start: int, end: int) -> bool:
        """Whether a new name may go on from the last one: “Hồng Hải, Hạ Long”, “Hồng Hải cũ thuộc Hạ Long”."""
        return all(word.key in LINKS for word in self.words[start:end])

    def _is_place_after(self, end: int) -> bool:
        """“Hồng Gai cũ”, “Hồng Gai ward”."""
        return self._is_old(end) or self._is_english(end)

    def _is_english(self, end: int) -> bool:
        return end < len(self.words) and self.words[end].key in ENGLISH_KINDS

    def _is_old(self, end: int) -> bool:
        return end < len(self.words) and _is_word(self.words[end], "cũ")

    def _whole_message(self) -> Mention | None:
        """A message that is a name and words like “dạ em ở …” around it, nothing more."""
        for start in range(len(self.words)):
            found = self._name(start, _any)
            if found is None and _capitals(self.words[start:]):
                found = self._misspelt(start, _any)
            if found and all(word.key in FILLER for word in self.words[found[0] :]):
                end, entries = found
                if not self._is_marked(start, end):
                    entries = tuple(e for e in entries if e.province == self.home or self._is_known(e, start, end))
                return self._accepted(start, (end, entries)) if entries else None
            if self.words[start].key not in FILLER | OFFICE_WORDS:
                return None
        return None

    def _is_known(self, entry: Entry, start: int, end: int) -> bool:
        """A name far from home that is clear without marks: a province, or a town written in one word (dalat)."""
        one = self.words[start] if end - start == 1 else None
        return entry.level == "province" or (one is not None and entry.level == "district" and _is_glued(one, entry))

    def _with_names_before(self) -> list[Mention]:
        """A name right before a place is one too, with a comma (“Hồng Hải, TP Hạ Long”) or inside it."""
        first = self.found[0]
        for start in range(max(0, first.start - LONGEST_NAME), first.start - 1):
            last = self.words[first.start - 1]
            comma = "," in self.text[last.end : self.words[first.start].start]
            inside = _lying_in(first) if first.kind in DISTRICT and _capitals(self.words[start : first.start]) else None
            fits = _any if comma else inside
            found = self._name(start, fits, shortest=2) if fits else None
            mention = self._accepted(start, found) if found and found[0] == first.start else None
            if mention:
                return [replace(mention, linked=False), replace(first, linked=True), *self.found[1:]]
        return self.found

    def _made(self, start: int, end: int, kind: str | None, entries: tuple[Entry, ...]) -> Mention:
        same_letters = (entry for _, entry in self.names.find(name_key(entries[0].name)))
        near = tuple(e for e in same_letters if e not in entries and (kind is None or _fitting(kind)(e)))
        return Mention(start, end, kind, entries, self._is_old(end), near, self._goes_on(start))


def read_mentions(text: str, names: Names, home: str) -> tuple[list[Mention], list[Token]]:
    """The places ``text`` speaks of, in order, and its words."""
    reader = _Reader(text, names, home)
    return reader.read(), reader.words


def _fitting(kind: str) -> Fits:
    if kind == "tỉnh":
        return lambda entry: entry.level == "province"
    if kind == "thành phố":
        return lambda entry: entry.kind == kind or (entry.level == "district" and entry.kind != "quận")
    if kind in DISTRICT:
        return lambda entry: entry.level == "district" and (entry.kind == "quận") == (kind == "quận")
    return lambda entry: entry.level != "province" and (entry.kind == kind or not entry.name.isdecimal())


def _is_part(entry: Entry, other: Entry) -> bool:
    return other.level in ("district", "province") and entry.level in ("unit", "former") and lies_in(entry, other)


def _lying_in(area: Mention) -> Fits:
    return lambda entry: any(lies_in(entry, other) for other in area.entries)


def _better_known(entry: Entry) -> bool:
    return entry.level != "former"


def _any(_: Entry) -> bool:
    return True


def _one_letter_off(joined: str, name: str) -> bool:
    key = joined_key(name)
    return abs(len(key) - len(joined)) <= 1 and OSA.distance(joined, key, score_cutoff=1) <= 1


def _share_a_word(here: list[Token], entry: Entry) -> bool:
    """Whether one of the words is typed right: two wrong ones are other words, not a misspelt name."""
    parts = {word_key(part): part for part in entry.name.split()}
    if len(here) == 1:
        return True
    return any(word.key in parts and agrees(word.typed, parts[word.key]) for word in here)


def _is_word(word: Token, meant: str) -> bool:
    return word.key == word_key(meant) and agrees(word.typed, meant)


def _capitals(here: list[Token]) -> bool:
    return all(word.typed[:1].isupper() for word in here)


def _stands_alone(word: Token, entries: tuple[Entry, ...]) -> bool:
    """One word without a kind: a province (Huế), or a longer name written in one (uongbi)."""
    return any(entry.level == "province" or (" " in entry.name and len(word.key) >= 6) for entry in entries)


def _is_glued(word: Token, entry: Entry) -> bool:
    """Whether ``word`` is a name of several syllables written in one, or its letters: sapa, dalat, BMT."""
    names = (entry.name, *entry.also)
    return any(joined_key(name) == word.key for name in names if " " in name or (name.isupper() and len(name) > 2))
