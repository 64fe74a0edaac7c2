"""Where is my dossier? Answers whenever a message holds a receipt code, a photo of one, or a word about watching."""

from __future__ import annotations

import re
import time
from dataclasses import replace

from handlers import following, looking, photo, watch
from handlers.dossier_text import describe, explain, has_private, problem, unknown, where_else
from handlers.messages import Button, Message, Outcome, Reply, say
from handlers.texts import dossier as words
from handlers.texts import vi
from handlers.turn import Turn
from knowledge.dossiers import DossierCode, Found, find_codes
from knowledge.dossiers.codes import MIN_DIGITS
from knowledge.dossiers.facts import has_fact, proves
from knowledge.dossiers.guard import FACTS
from knowledge.dossiers.lookalikes import look_alikes

MAX_CODES = 3
SEALED_SECONDS = 600
MOSTLY = 0.8
_PROOF = re.compile(
    r"[\s,;:]+(?:và\s+)?(?:4 số cuối|bốn số cuối|số cuối|sđt|đt|năm sinh|sinh năm)?\s*:?\s*(\d{4})\s*$", re.I
)
_FOUR_DIGITS = re.compile(r"\s*(\d{4})\s*\.?\s*$")

__all__ = ["describe", "handle", "problem"]


async def handle(turn: Turn) -> Outcome | None:
    """Look up the codes in the message; ask for one when the person said they would send it."""
    if turn.incoming.data is not None:
        return await _pressed(turn, turn.incoming.data)
    if turn.incoming.photo is not None:
        texts, answer = await photo.read(turn, turn.incoming.photo)
        return await answer_codes(turn, find_codes(texts, turn.today)) if texts else turn.still(answer)
    wished = await watch.asked(turn, _kept_code(turn))
    if wished:
        return wished
    if turn.conversation.awaiting == "fact" and (typed := _FOUR_DIGITS.match(turn.text)):
        code = _kept_code(turn)
        return await _prove(turn, code, typed.group(1)) if code else turn.reply(say(vi.ASK_CODE))
    return await _read(turn)


async def _read(turn: Turn) -> Outcome | None:
    proof = _PROOF.search(turn.text)
    if proof and turn.text[: proof.start()][-1:].isdigit():
        codes = find_codes(turn.text[: proof.start()], turn.today)
        if len(codes) == 1 and not codes[0].problem:
            return await _prove(turn, codes[0], proof.group(1))
    codes = find_codes(turn.text, turn.today)
    if codes:
        return await answer_codes(turn, codes)
    return _no_code(turn) or await _once_more(turn)


async def _once_more(turn: Turn) -> Outcome | None:
    """The dossier just looked up, for whoever goes on with “khi nào xong”."""
    code = _kept_code(turn)
    return await answer_codes(turn, [code]) if code and following.asks_how_it_stands(turn) else None


async def answer_codes(turn: Turn, codes: list[DossierCode]) -> Outcome:
    """What is known of each code, in one reply."""
    if not turn.incoming.private:
        return turn.reply(say(words.PRIVATE_ONLY))
    messages = [await _answer(turn, code) for code in codes[:MAX_CODES]]
    if len(codes) > MAX_CODES:
        messages.append(Message(words.MORE_CODES.format(n=MAX_CODES)))
    outcome = turn.reply(Reply(tuple(messages), facet="status"))
    return _keep(turn, outcome, codes[0]) if len(codes) == 1 and not codes[0].problem else outcome


async def _answer(turn: Turn, code: DossierCode) -> Message:
    if code.problem:
        return Message(problem(code))
    ticket = await looking.pay(turn, code)
    if ticket.refused:
        return Message(looking.refusal(ticket, code))
    found = await looking.find(turn, code, ticket)
    if found.error == "unavailable":
        return await _unavailable(turn, code)
    if found.dossier is None:
        # The same words whether nobody has it or somebody may not show it.
        return Message(unknown(code), _buttons())
    return Message(describe(found, code, turn.today), _buttons(turn, code, found))


async def _prove(turn: Turn, code: DossierCode, answer: str) -> Outcome:
    """The whole answer for whoever knows the second fact; one text for everything else."""
    if turn.services is None:
        return turn.reply(say(words.NOT_PROVED))
    if not turn.incoming.private:
        return turn.reply(say(words.PRIVATE_ONLY))
    ticket = await looking.pay(turn, code, FACTS)
    if ticket.refused:
        return turn.reply(say(looking.refusal(ticket, code)))
    started = time.perf_counter()
    found = await turn.dossiers.find(code)
    if not proves(turn.services.vault, code.text, found.dossier, answer):
        await turn.services.guard.count("fact")
        await looking.steady(started, turn.services.miss_step)
        return turn.reply(say(words.NOT_PROVED))
    await turn.services.guard.give_back(ticket)
    text = describe(found, code, turn.today, full=True)
    reply = Reply((Message(text, _buttons(turn, code, found, full=True)),), facet="status")
    return _keep(turn, turn.reply(reply), code)


async def _unavailable(turn: Turn, code: DossierCode) -> Message:
    told = await watch.until_answered(turn, code)
    then = words.UNAVAILABLE_WILL_TELL if told else words.UNAVAILABLE_TRY
    return Message("\n".join([words.UNAVAILABLE, then, explain(code), where_else(code)]), _buttons())


def _no_code(turn: Turn) -> Outcome | None:
    """Name what was sent instead of a code, if a code was expected; else it is somebody else's question."""
    numbers = look_alikes(turn.text)
    expected = turn.conversation.awaiting == "dossier" or turn.text.strip().casefold().startswith("/hoso")
    # Nothing but a number: whoever sends that takes it for a code.
    # A procedure's own code is none of that: it leads to the procedure.
    alone = len(numbers) == 1 and numbers[0].share > MOSTLY and len(numbers[0].shown) >= MIN_DIGITS
    alone = alone and numbers[0].kind != "procedure"
    if not expected and not alone:
        return None
    again = Outcome(say(words.NO_CODE_SEEN), replace(turn.conversation, choices=(), awaiting="dossier"))
    if not numbers:
        return turn.reply(say(words.NO_CODE_SEEN))
    number = numbers[0]
    if number.kind == "procedure":
        text = words.PROCEDURE_CODE.format(code=number.shown)
    else:
        form = words.PERSONAL_NUMBER if number.secret else words.LOOK_ALIKE
        text = form.format(title=number.title)
    return replace(again, reply=say(f"{text}\n{words.SEND_CODE}"))


async def _pressed(turn: Turn, data: str) -> Outcome | None:
    """Buttons of ours: ``d:f:<code>`` asks for the second fact, ``d:w:<code>`` and ``d:x`` are about watching."""
    kind, _, rest = data.removeprefix("d:").partition(":")
    if not data.startswith("d:"):
        return None
    if kind == "x":
        return await watch.stop(turn)
    codes = find_codes(rest, turn.today)
    if len(codes) != 1 or codes[0].problem:
        return None
    if kind == "w":
        return await watch.begin(turn, codes[0])
    if kind != "f":
        return None
    outcome = _keep(turn, turn.reply(say(words.ASK_FACT)), codes[0])
    if outcome.conversation.sealed is None:
        return turn.reply(say(words.ASK_FACT_TOGETHER.format(code=codes[0].text)))
    return replace(outcome, conversation=replace(outcome.conversation, awaiting="fact"))


def _keep(turn: Turn, outcome: Outcome, code: DossierCode) -> Outcome:
    """Remember, sealed and for the next message only, which dossier the talk is about."""
    if turn.services is None or not turn.services.vault.on:
        return outcome
    sealed = turn.services.vault.seal(code.text)
    return replace(outcome, conversation=replace(outcome.conversation, sealed=sealed))


def _kept_code(turn: Turn) -> DossierCode | None:
    if turn.services is None or turn.conversation.sealed is None:
        return None
    text = turn.services.vault.open(turn.conversation.sealed, SEALED_SECONDS)
    codes = find_codes(text, turn.today) if text else []
    return codes[0] if codes else None


def _buttons(
    turn: Turn | None = None, code: DossierCode | None = None, found: Found | None = None, *, full: bool = False
) -> tuple[Button, ...]:
    buttons: list[Button] = []
    dossier = found.dossier if found else None
    if turn and turn.services and code and dossier:
        if turn.services.can_watch(turn.incoming.channel) and watch.worth_watching(dossier):
            buttons.append(Button(words.WATCH, data=f"d:w:{code.text}"))
        if not full and has_private(dossier) and has_fact(dossier):
            buttons.append(Button(words.SEE_MORE, data=f"d:f:{code.text}"))
    return (*buttons, Button(vi.PORTAL_LABEL, url=vi.PORTAL_URL))
