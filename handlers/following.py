"""What a message asks for in the light of the conversation: follow-ups, and what was left open before."""

from __future__ import annotations

import re
from dataclasses import replace

from handlers import smalltalk
from handlers.turn import Turn
from knowledge.understanding import Understanding
from knowledge.understanding.normalize import fold

NO_SUBJECT = "no telling word"
"""Why the index does not know: only the part was named, as in “lệ phí?”."""
_FILE = r"(ho so|giay hen|bien nhan)"
_MINE = re.compile(
    rf"\b{_FILE}\b.*\b((toi|den|di|ve|dang o) dau|xong chua|co chua|duoc chua|lau (the|qua|vay))\b"
    rf"|\b{_FILE} (cua )?(toi|em|minh|chung toi|nha toi|bo toi|me toi)\b"
    rf"|\b(xem|tra cuu|kiem tra|theo doi|coi)( giup| ho| lai)?( tinh trang| tien do| ket qua)? {_FILE}\b"
    rf"|\b(tinh trang|tien do) {_FILE}\b"
)
_MEANING = re.compile(r"\b(la gi|nghia la|nghia gi|cac trang thai|nhung trang thai)\b")
_ONLINE = re.compile(
    r"(the |vay |co |toi |minh )*(lam|nop|gui|dang ky|xin)?( ho so| giay)?( duoc)?( qua| tren| bang| o)? ?"
    r"(online|onl|mang|truc tuyen|dien thoai|vneid|nha)( co| thi)?( duoc)?( khong| ko| k| hong| chu| a| vay| nhi)*"
)
_NOT_THE_PAPERS = (None, "where", "how", "time", "result", "status")
_SAME_OF_ANOTHER = re.compile(r"^(the )?con\b.*|.*\bthi sao\b.*")
MOST_WORDS = 12
LEAST_NAME = 3
"""Words of a name that says something by itself: “tách hộ” may well be a part of a longer story."""


def understood(turn: Turn) -> Understanding:
    """What is asked for. The part is taken from before when the message leaves it out: “khai sinh” after
    “lệ phí?”, “còn kết hôn thì sao” after the fee of another procedure."""
    was = turn.conversation
    found = _named_in_full(turn, turn.snapshot.index.understand(turn.text, subject=was.subject))
    if _ONLINE.fullmatch(fold(turn.text)):
        return replace(
            found, decision="unknown", facet="level", names_subject=False, reason=NO_SUBJECT, is_english=False
        )
    if asks_for_dossier(turn.text) and found.facet in _NOT_THE_PAPERS:
        return replace(found, facet="status")
    left_open = was.subject is None and not was.choices
    same = bool(_SAME_OF_ANOTHER.fullmatch(fold(turn.text)))
    names_part = found.facet is not None and not (same and found.facet == "how")  # "thì sao" is no "how"
    if not was.facet or names_part or not found.names_subject:
        return found
    takes_over = left_open or same
    return replace(found, facet=was.facet) if takes_over else found  # type: ignore[arg-type]


def _named_in_full(turn: Turn, found: Understanding) -> Understanding:
    """No asking back when one of the choices was called by its own name: “đăng ký kết hôn nộp ở đâu” is not about
    registering it anew, unless something beside the name may say so."""
    folded = f" {fold(turn.text)} "
    for record in filter(None, map(turn.snapshot.record, found.choices)):
        names = (fold(name.partition(" (")[0]).strip() for name in (record.name, record.label))
        for name in names:
            if len(name.split()) < LEAST_NAME or f" {name} " not in folded:
                continue
            beside = folded.replace(f" {name} ", " ", 1).strip()
            if not beside or not turn.snapshot.index.understand(beside, subject=record.slug).names_subject:
                return replace(found, decision="answer", entry=record.slug, choices=())
    return found


def asks_for_dossier(text: str) -> bool:
    """Whether a short message is about one's own dossier, as in “hồ sơ của tôi tới đâu rồi”."""
    folded = fold(text)
    short = len(folded.split()) <= MOST_WORDS
    return short and bool(_MINE.search(folded)) and not _MEANING.search(folded)


def asks_how_it_stands(turn: Turn) -> bool:
    """Whether the message names nothing and asks when it is done: “khi nào xong”, “đến đâu rồi”."""
    found = turn.snapshot.index.understand(turn.text)
    return found.reason == NO_SUBJECT and found.facet in ("time", "result", "status")


def about_a_dossier(turn: Turn, found: Understanding) -> bool:
    """Whether a question how things stand is about no procedure, so that only a receipt code can answer it."""
    return found.decision != "answer" or (found.is_faq and asks_for_dossier(turn.text))


def for_small_talk(turn: Turn, found: Understanding) -> bool:
    """Whether the message is nothing but a kind or unkind word, and no procedure is named in it."""
    is_procedure = found.decision == "answer" and not found.is_faq and found.names_subject
    return not is_procedure and smalltalk.is_nothing_else(turn.text)


def part_of_a_choice(turn: Turn) -> str | None:
    """The part that is asked for while a choice is open and nothing else is named."""
    slugs = [slug for slug in turn.conversation.choices if slug in turn.snapshot.records]
    if not slugs:
        return None
    found = turn.snapshot.index.understand(turn.text, subject=slugs[0])
    return found.facet if not found.names_subject else None
