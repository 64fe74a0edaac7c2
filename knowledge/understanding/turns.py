"""What a message says about the conversation: negations, corrections, follow-ups, two questions at once."""

from __future__ import annotations

import re
from functools import lru_cache

from knowledge.understanding.facets import facet_matches
from knowledge.understanding.normalize import fold
from knowledge.understanding.reading import Reading
from knowledge.understanding.tables import Phrases, load

_NOT = r"(?:khong phai|hong phai|hok phai|ko phai|k phai|kg phai|kp|dau phai)(?: la| lam| dang ky)?"
_NOT_THIS_BUT = re.compile(rf"\b{_NOT} (?P<denied>[^,;.?!]{{2,40}}?)(?:\s*[,;.]\s*|\s+)(?:ma la |ma )(?P<meant>.+)")
_NOT_THIS_COMMA = re.compile(
    rf"\b{_NOT} (?P<denied>[^,;.?!]{{2,40}}?)\s*[,;.]\s*(?P<meant>.+?)\s+(?:co|co ma|ma|kia)\W*$"
)
# What is denied ends where the question begins: "chứ không phải đổi thì nộp ở đâu".
_QUESTION = r"(?=\s*(?:$|[,;.?!]))|(?= (?:thi|can|nop|o dau|het|ton|mat|bao|gom|lam sao|lam the nao|ra sao)\b)"
_RATHER_THAN = re.compile(rf"(?:,\s*)?\bchu (?:{_NOT}|khong) (?P<denied>[^,;.?!]{{2,60}}?)(?:{_QUESTION})")
_BESIDE = re.compile(rf"(?<=\w),\s*{_NOT} (?P<denied>[^,;.?!]{{2,40}}),")
_WHAT_IS = re.compile(r"\b(la gi|nghia la|la sao|la the nao|la nhu the nao|khac gi|khac nhau)\b")
_SENTENCE_END = re.compile(r"[?;\n]+|[.!](?=\s)")


@lru_cache(maxsize=1)
def _tables() -> tuple[Phrases[str], Phrases[str], re.Pattern[str]]:
    table = load("function")
    function = Phrases((w, "", False) for g in table["groups"] for w in dict.fromkeys(g["words"]))
    corrections = Phrases((w, "", False) for key in ("always", "words") for w in table["corrections"][key])
    starts = "|".join(re.escape(fold(w)) for w in sorted(table["second"]["words"], key=len, reverse=True))
    return function, corrections, re.compile(rf"[,.\s]+(?={starts}\b)")


@lru_cache(maxsize=1)
def _taking_back() -> re.Pattern[str]:
    """The words with which a message takes something back, where they say nothing about the matter: "à nhầm, …"."""
    table = load("function")["corrections"]
    always, words = ("|".join(sorted(map(fold, table[key]), key=len, reverse=True)) for key in ("always", "words"))
    stop = r"\s*[,.;:!]+\s*"
    return re.compile(rf"\W*(?:(?:da|u|uh|o|a|ah) )?(?:(?:{always})(?: roi)?(?:{stop}|\s+)|(?:{words})(?: roi)?{stop})")


def without_denied(text: str) -> str:
    """``text`` (cleaned) without what it takes back and what it is not about: "không phải khai sinh, khai tử cơ"."""
    folded = fold(text)
    if len(folded) == len(text) and (taken_back := _taking_back().match(folded)):
        text, folded = text[taken_back.end() :], folded[taken_back.end() :]
    if len(folded) != len(text) or ("phai" not in folded and "chu " not in folded):
        return text
    for pattern in (_NOT_THIS_BUT, _NOT_THIS_COMMA):
        found = pattern.search(folded)
        if found:
            return f"{text[: found.start()]} {text[found.start('meant') :]}"
    found = _RATHER_THAN.search(folded) or _BESIDE.search(folded)
    return text[: found.start()] + text[found.end() :] if found else text


def asks_what_is(reading: Reading) -> bool:
    """Whether the message asks what a word means: a question of its own, whatever was talked about."""
    return bool(_WHAT_IS.search(" ".join(reading.folded)))


def is_correction(reading: Reading) -> bool:
    """Whether the message takes back what was understood before."""
    said_first = _tables()[1].find(reading.folded[:6], reading.typed[:6])
    return bool(said_first) or "chu khong phai" in " ".join(reading.folded)


@lru_cache(maxsize=1)
def _framing() -> Phrases[str]:
    return Phrases((w, "", False) for w in load("function")["framing"]["words"])


def core(reading: Reading) -> str:
    """What a short text calls a thing: its words without those that ask for a part or only frame the name."""
    away = {at for m in facet_matches(reading) for at in range(m.start, m.end)}
    for match in _framing().find(reading.folded, reading.typed):
        away.update(range(match.start, match.end))
    return " ".join(w for at, w in enumerate(reading.folded) if at not in away)


def content_words(reading: Reading) -> list[str]:
    """The words that can say which procedure is meant."""
    covered = {at for m in facet_matches(reading) for at in range(m.start, m.end)}
    for match in _tables()[0].find(reading.folded, reading.typed):
        covered.update(range(match.start, match.end))
    # "sao y" is two small words, and a matter of its own.
    for concept in reading.concepts:
        if concept.end - concept.start > 1:
            covered.difference_update(range(concept.start, concept.end))
    return [w for at, w in enumerate(reading.folded) if at not in covered and not w.isdigit()]


def parts(text: str) -> list[str]:
    """The sentences of a cleaned text that may each hold a question of its own."""
    folded = fold(text)
    if len(folded) != len(text):
        return [text]
    cuts = sorted({m.end() for m in _SENTENCE_END.finditer(folded)} | {m.end() for m in _tables()[2].finditer(folded)})
    pieces = [text[a:b].strip() for a, b in zip([0, *cuts], [*cuts, len(text)], strict=True)]
    return [p for p in pieces if p]
