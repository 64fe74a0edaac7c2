"""The main job: which procedure is meant, and the part of it that was asked for."""

from __future__ import annotations

from dataclasses import replace

from handlers import card, choosing, codes, following, general, links, person, placing, smalltalk
from handlers.buttons import CARD, FULL, choice_buttons, choice_labels, part_buttons, read_press
from handlers.commands import greeting
from handlers.facets import FACETS, NONE, Conditions
from handlers.messages import Button, Conversation, Message, Outcome, Reply, say
from handlers.texts import vi
from handlers.turn import Turn
from knowledge.record import Record
from knowledge.understanding import Understanding

ENGLISH = "en-"


async def handle(turn: Turn) -> Outcome | None:
    """Answer a button, a choice that was asked back, or a question about a procedure."""
    if turn.incoming.data is not None:
        return _pressed(turn, turn.incoming.data)
    chosen = choosing.chosen(turn.text, turn.conversation.choices, turn.snapshot)
    if chosen == choosing.NONE_OF_THESE:
        return Outcome(say(vi.NONE_OF_THESE_REPLY))
    if chosen:
        return _show(turn, turn.snapshot.records[chosen], turn.conversation.facet, score=1.0)
    return _choosing_still(turn) or general.warned(turn, _asked(turn))


def _choosing_still(turn: Turn) -> Outcome | None:
    """The open choice once more, when the message only makes sense beside it; “1” without one leads nowhere."""
    choices, part = turn.conversation.choices, following.part_of_a_choice(turn)
    if choices and choosing.is_unsure(turn.text):
        return _ask_back(turn, choices, turn.conversation.facet, head=vi.CHOOSE_UNSURE)
    if choosing.is_pick(turn.text):
        nothing = None if choices else turn.still(say(vi.NOTHING_TO_CHOOSE))
        return _ask_back(turn, choices, turn.conversation.facet) or nothing
    return _ask_back(turn, choices, part) if part else None


def _asked(turn: Turn) -> Outcome | None:
    settled = codes.unknown(turn) or general.written_down(turn)
    if settled:
        return settled
    found = following.understood(turn)
    if following.for_small_talk(turn, found):
        return None
    subject = turn.snapshot.record(turn.conversation.subject)
    if subject and found.facet and not found.names_subject:
        return _show(turn, subject, found.facet, found.conditions, score=found.score, english=found.is_english)
    record = turn.snapshot.record(found.entry)
    if found.facet == "status" and following.about_a_dossier(turn, found):
        return Outcome(say(vi.ASK_CODE), replace(turn.conversation, awaiting="dossier", choices=()))
    if found.decision == "answer" and record:
        return codes.explained(turn, _with_second(turn, found, _answer(turn, found, record)))
    general_question = None if smalltalk.topic_of(turn.text) else general.known(turn, found)
    if general_question:
        return general_question
    if found.decision == "choose":
        return _ask_back(turn, found.choices, found.facet, found.score)
    return _not_a_procedure(turn, found)


def _not_a_procedure(turn: Turn, found: Understanding) -> Outcome | None:
    if smalltalk.topic_of(turn.text):
        return None  # "tạm biệt" is nobody's procedure either, and has an answer of its own
    if found.not_ours:
        return _not_ours(turn, found.not_ours)
    offer = general.likely(turn, found)
    if offer:
        return offer
    if found.facet in vi.PART_OF_WHAT and found.reason == following.NO_SUBJECT:
        asked_back = turn.reply(say(vi.PART_OF_WHAT[found.facet]))
        return replace(asked_back, conversation=replace(asked_back.conversation, facet=found.facet))
    return None


def _answer(turn: Turn, found: Understanding, record: Record) -> Outcome:
    if record.kind == "faq":
        return general.answer(turn, record)
    return _show(turn, record, found.facet, found.conditions, score=found.score, english=found.is_english)


def _show(
    turn: Turn,
    record: Record,
    part: str | None,
    conditions: Conditions = NONE,
    *,
    score: float = 1.0,
    english: bool = False,
) -> Outcome:
    """One part of ``record`` (the card when none was asked for), with buttons for the others."""
    if record.kind == "faq":
        return general.answer(turn, record)
    if part == FULL:
        text = card.full(record, turn.today, english=english)
    elif part in FACETS:
        text = card.render(record, part, turn.today, conditions, english=english)
        text = placing.at_place(turn, record, text, english=english) if part == "where" else text
    else:
        text = card.short(record, turn.today, conditions, english=english)
    facet = part if part in FACETS else None
    buttons = part_buttons(record, part, english=english)
    buttons += () if part in FACETS else links.share_button(turn.incoming.links, record)
    reply = Reply((Message(text, buttons),), "answer", record.slug, facet, score=score)
    return turn.about(reply, record.slug, facet)


def _ask_back(
    turn: Turn, choices: tuple[str, ...], part: str | None, score: float = 0.0, head: str | None = None
) -> Outcome | None:
    records = [turn.snapshot.records[slug] for slug in choices if slug in turn.snapshot.records]
    if not records:
        return None
    numbered = [f"{n}. {label}" for n, label in enumerate(choice_labels(records), start=1)]
    *others, last = map(str, range(1, len(records) + 1))
    how = vi.CHOOSE_HOW.format(numbers=vi.OR.join([", ".join(others), last])) if others else vi.CONFIRM_HOW
    text = "\n".join([head or (vi.CHOOSE if others else vi.CONFIRM), *numbered, how])
    slugs = tuple(record.slug for record in records)
    reply = Reply((Message(text, choice_buttons(records)),), "choose", None, part, slugs, score)
    return Outcome(reply, Conversation(turn.conversation.subject, part, slugs))


def _not_ours(turn: Turn, topic: str) -> Outcome:
    pointer = turn.snapshot.pointer(topic)
    text = "\n".join([vi.NOT_OURS, pointer, person.contact_lines(turn.contacts)])
    return replace(turn.reply(say(text)), unanswered=turn.text)


def _with_second(turn: Turn, found: Understanding, outcome: Outcome) -> Outcome:
    """A second question in the same message is offered as a button, not forgotten."""
    second = turn.snapshot.index.understand(found.second) if found.second else None
    record = turn.snapshot.record(second.entry) if second and second.decision == "answer" else None
    if second is None or record is None:
        return outcome
    button = Button(record.label, data=f"f:{record.slug}:{second.facet or CARD}")
    offer = Message(vi.SECOND_QUESTION.format(label=record.label), (button,))
    return replace(outcome, reply=replace(outcome.reply, messages=(*outcome.reply.messages, offer)))


def _pressed(turn: Turn, data: str) -> Outcome | None:
    press = read_press(data)
    if press is None:
        return None
    if press.kind == "menu":
        return _menu(turn, press.part)
    record = turn.snapshot.record(press.slug)
    if record is None:
        return None
    if press.kind == "choose":
        return _show(turn, record, turn.conversation.facet)
    english = press.part.startswith(ENGLISH)
    return _show(turn, record, press.part.removeprefix(ENGLISH), english=english)


def _menu(turn: Turn, word: str) -> Outcome | None:
    if word == "none":
        return Outcome(say(vi.NONE_OF_THESE_REPLY))
    if word == "start":
        return Outcome(greeting())
    if word.isdecimal() and int(word) < len(vi.STARTERS):
        label = vi.STARTERS[int(word)]
        if label == vi.STARTERS[-1]:
            return Outcome(say(vi.ASK_CODE), Conversation(awaiting="dossier"))
        return _asked(replace(turn, incoming=replace(turn.incoming, text=label, data=None)))
    return None
