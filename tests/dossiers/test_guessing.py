"""Whoever guesses codes learns no more than the written budget, and is counted."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace
from typing import Any, cast

import pytest

from bot.desk import Desk
from handlers import dossier, looking
from handlers.messages import Conversation, Incoming, Reply
from handlers.texts import dossier as words
from handlers.turn import Turn
from knowledge.dossiers import Found, LocalTable
from knowledge.dossiers.facts import birth_fact, masked_name, phone_fact, proves
from knowledge.dossiers.guard import FACTS, LOOK_UPS, Asker
from knowledge.dossiers.parts import DossierCode
from knowledge.dossiers.services import DossierServices, dossier_services
from knowledge.dossiers.vault import Vault
from knowledge.knowledge import Knowledge
from knowledge.models import Dossier
from knowledge.snapshot import Snapshot
from tests.conftest import Clock
from tests.dossiers.conftest import SECRET, Ask, a_dossier, code_of, press

CODE = "H49.22-261103-0345"
LIMITS = {budget.name: budget.limit for budget in (*LOOK_UPS, *FACTS)}
GUESSES = 10_000


def with_facts(vault: Vault, code: str = CODE, **changes: Any) -> Dossier:
    marks = {"phone_mark": phone_fact(vault, code, "0912 345 678"), "birth_mark": birth_fact(vault, code, "1990")}
    wants = {"state": "yeu-cau-bo-sung", "supplement": "Bản vẽ thiết kế"}
    return a_dossier(code, **(wants | marks | changes))


@pytest.fixture
async def known(knowledge: Knowledge, vault: Vault) -> Dossier:
    dossier = with_facts(vault)
    await knowledge.store.put_dossiers([dossier])
    return dossier


# The second fact --------------------------------------------------------------------------------------------


def test_names_are_masked() -> None:
    assert masked_name("NGUYỄN VĂN A") == "N***** V** A"


async def test_without_the_second_fact_only_state_days_and_agency_are_shown(ask: Ask, known: Dossier) -> None:
    reply = await ask(CODE)
    assert "Yêu cầu bổ sung giấy tờ" in reply.text
    assert "UBND phường Hạ Long" in reply.text
    assert "Bản vẽ" not in reply.text


@pytest.mark.parametrize("fact", ["5678", "1990"])
async def test_with_the_second_fact_the_person_reads_what_to_bring(ask: Ask, known: Dossier, fact: str) -> None:
    reply = await ask(CODE)
    assert "4 số cuối" in (await ask(data=press(reply, words.SEE_MORE))).text
    assert "Bản vẽ thiết kế" in (await ask(fact)).text


async def test_code_and_fact_in_one_message_do_it_at_once(ask: Ask, known: Dossier) -> None:
    assert "Bản vẽ thiết kế" in (await ask(f"{CODE} sđt 5678")).text
    assert "Bản vẽ thiết kế" in (await ask("h49.22-261103-0345, 1990", chat="two")).text


async def test_a_wrong_fact_and_an_unknown_code_get_the_same_words(ask: Ask, known: Dossier) -> None:
    wrong = await ask(f"{CODE} 1111")
    unknown = await ask("H49.22-261103-9999 1111")
    assert wrong.text == unknown.text == "".join(words.NOT_PROVED.split("**"))


async def test_a_fact_of_another_dossier_proves_nothing(
    ask: Ask, known: Dossier, knowledge: Knowledge, vault: Vault
) -> None:
    other = "H49.22-261103-0346"
    await knowledge.store.put_dossiers([with_facts(vault, other, phone_mark=phone_fact(vault, other, "0900000000"))])
    assert "Bản vẽ" not in (await ask(f"{other} 5678")).text


async def test_facts_are_kept_as_keyed_hashes_only(known: Dossier, vault: Vault) -> None:
    kept = known.model_dump_json()
    assert "5678" not in kept
    assert "1990" not in kept
    assert not proves(Vault("another key"), CODE, known, "5678")
    assert phone_fact(Vault(""), CODE, "0912345678") is None, "without a key nothing is kept"


def test_the_check_takes_as_long_with_and_without_a_dossier(vault: Vault) -> None:
    dossier = with_facts(vault)

    def seconds(subject: Dossier | None, answer: str) -> float:
        began = time.process_time()
        for _ in range(200):
            proves(vault, CODE, subject, answer)
        return time.process_time() - began

    kinds = [(subject, answer) for subject in (dossier, None) for answer in ("5678", "0000", "")]
    rounds = [[seconds(*kind) for kind in kinds] for _ in range(15)]
    fastest = [min(times) for times in zip(*rounds, strict=True)]
    assert max(fastest) < min(fastest) * 1.5


# The same words, the same time ------------------------------------------------------------------------------


class Ticks:
    """A clock for what takes time, moved only by what takes it."""

    def __init__(self) -> None:
        self.at = 0.0

    def now(self) -> float:
        return self.at

    async def sleep(self, seconds: float) -> None:
        self.at += seconds


class Slow:
    """A system that takes its time and then says what the test wants."""

    def __init__(self, ticks: Ticks, seconds: float, error: Any = None) -> None:
        self._ticks, self._seconds, self._error = ticks, seconds, error

    async def find(self, code: DossierCode) -> Found:
        await self._ticks.sleep(self._seconds)
        return Found(code.text, "x", Clock()(), error=self._error)


async def test_unknown_and_forbidden_codes_get_the_same_words_in_the_same_time(
    knowledge: Knowledge, services: DossierServices, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticks, answers = Ticks(), []
    monkeypatch.setattr(looking.time, "perf_counter", ticks.now)
    monkeypatch.setattr(looking, "asyncio", ticks)
    for n, (took, error) in enumerate([(0.001, None), (0.19, "denied"), (0.05, None), (0.12, "denied")]):
        began = ticks.at
        desk = Desk(knowledge, Slow(ticks, took, error), (), SECRET, replace(services, miss_step=0.2))
        reply = await desk.answer(Incoming("test", str(n), CODE))
        assert reply
        answers.append((reply.text, round(ticks.at - began, 6)))
    assert set(answers) == {(answers[0][0], 0.2)}


async def test_what_takes_longer_is_padded_to_the_next_step() -> None:
    began = time.perf_counter()
    await asyncio.sleep(0.03)
    await looking.steady(began, 0.02)
    assert time.perf_counter() - began >= 0.04


# Budgets ----------------------------------------------------------------------------------------------------


class Counting:
    """A table in memory that counts how often it is asked."""

    def __init__(self, clock: Clock, codes: set[str]) -> None:
        self.asked: list[str] = []
        self._clock, self._codes = clock, codes

    async def find(self, code: DossierCode) -> Found:
        self.asked.append(code.text)
        dossier = a_dossier(code.text) if code.text in self._codes else None
        return Found(code.text, "table", self._clock(), dossier)


# A morning at one desk: 40 real dossiers among the numbers an attacker tries.
REAL = {f"H49.22-261103-{number:04}" for number in range(3, 10_000, 250)}


async def attack(table: Counting, services: DossierServices, *, chat: str, network: str = "") -> list[Reply]:
    """10,000 guesses, each code once, with the names of chat and network made from the number of the guess."""
    replies = []
    for n in range(1, GUESSES + 1):
        incoming = Incoming("test", chat, f"H49.22-261103-{n:04}", network=network.format(n=n))
        key = chat.format(n=n)
        outcome = await dossier.handle(
            Turn(incoming, Conversation(), cast(Snapshot, None), table, (), Clock()(), key, services)
        )
        assert outcome
        replies.append(outcome.reply)
    return replies


def learnt(replies: list[Reply]) -> int:
    """How many dossiers the attacker saw."""
    return sum("Trạng thái" in reply.text for reply in replies)


async def test_ten_thousand_guesses_from_one_chat_are_asked_no_more_than_the_budget(
    services: DossierServices, clock: Clock
) -> None:
    table = Counting(clock, REAL)
    replies = await attack(table, services, chat="one")
    assert len(table.asked) <= LIMITS["chat-missed"] + 1
    assert learnt(replies) <= 1
    assert len({reply.text for reply in replies[100:]}) == 1, "a refusal does not depend on the code"
    refused = await services.guard.refused_on(clock().date())
    assert sum(refused.values()) >= GUESSES - learnt(replies)


async def test_ten_thousand_guesses_from_as_many_chats_are_stopped_at_the_desks_morning(
    services: DossierServices, clock: Clock
) -> None:
    table = Counting(clock, REAL)
    replies = await attack(table, services, chat="chat-{n}", network="net-{n}")
    assert len(table.asked) - learnt(replies) <= LIMITS["prefix-missed"]
    assert learnt(replies) <= LIMITS["prefix"]
    assert "4 số cuối" in replies[-1].text, "a person with the second fact is not locked out by the attack"


async def test_the_person_concerned_gets_through_an_attack_with_the_second_fact(
    knowledge: Knowledge, services: DossierServices, clock: Clock, vault: Vault
) -> None:
    await knowledge.store.put_dossiers([with_facts(vault)])
    desk = Desk(knowledge, LocalTable(knowledge.store, clock), (), SECRET, services)
    for n in range(LIMITS["prefix-missed"] + 1):
        await desk.answer(Incoming("test", f"chat-{n}", f"H49.22-261103-{7000 + n}"))
    reply = await desk.answer(Incoming("test", "the person", CODE))
    assert reply
    assert "4 số cuối" in reply.text
    reply = await desk.answer(Incoming("test", "the person", f"{CODE} 5678"))
    assert reply
    assert "Bản vẽ thiết kế" in reply.text


async def spent(
    services: DossierServices, tries: int, *, chat: str, network: str, code: str, budgets: Any = LOOK_UPS
) -> int:
    """How many of ``tries`` at the same instant are let through."""
    asks = [
        services.guard.pay(Asker(chat.format(n=n), network.format(n=n)), code_of(code.format(n=n)), budgets)
        for n in range(1, tries + 1)
    ]
    return sum(ticket.refused is None for ticket in await asyncio.gather(*asks))


async def test_guesses_at_the_same_instant_pay_before_they_are_answered(services: DossierServices) -> None:
    got = await spent(services, 60, chat="c{n}", network="home", code="H49.{n:03}-261103-0001")
    assert got == LIMITS["network-missed"]


async def test_the_second_fact_cannot_be_guessed_either(services: DossierServices) -> None:
    got = await spent(services, 50, chat="c{n}", network="n{n}", code=CODE, budgets=FACTS)
    assert got == LIMITS["fact-code"]
    got = await spent(services, 50, chat="me", network="", code="H49.22-261103-{n:04}", budgets=FACTS)
    assert got == LIMITS["fact-chat"]


async def test_looking_at_ones_own_dossier_again_and_again_costs_nothing(ask: Ask, known: Dossier) -> None:
    for _ in range(50):
        assert "Trạng thái" in (await ask(CODE)).text


async def test_right_codes_do_not_use_up_what_misses_may_cost(
    knowledge: Knowledge, services: DossierServices, clock: Clock
) -> None:
    """A volunteer with one telephone helps many people in a row."""
    desk = Desk(knowledge, Counting(clock, REAL), (), SECRET, services)
    for code in sorted(REAL)[: LIMITS["chat"]]:
        reply = await desk.answer(Incoming("test", "volunteer", code))
        assert reply
        assert "Trạng thái" in reply.text


async def test_a_budget_comes_back_with_its_window(ask: Ask, clock: Clock) -> None:
    for n in range(LIMITS["chat-missed"] + 1):
        last = await ask(f"H49.22-261103-70{n:02}")
    assert "quá nhiều mã" in last.text
    clock.pass_minutes(16)
    assert "không có thông tin" in (await ask("H49.22-261103-7100")).text


async def test_a_portal_that_is_away_costs_nobody_their_budget(knowledge: Knowledge, services: DossierServices) -> None:
    desk = Desk(knowledge, Slow(Ticks(), 0, "unavailable"), (), SECRET, services)
    for n in range(LIMITS["chat-missed"] + 3):
        reply = await desk.answer(Incoming("web", "one", f"H49.22-261103-70{n:02}"))
        assert reply
        assert "không trả lời" in reply.text


async def test_budget_rows_hold_no_code_and_are_swept_away(
    ask: Ask, knowledge: Knowledge, services: DossierServices, clock: Clock
) -> None:
    await ask(CODE)
    await services.guard.sweep()
    async with knowledge.engine.connect() as connection:
        rows = (await connection.exec_driver_sql("SELECT * FROM spent")).all()
    assert rows
    assert "261103" not in str(rows)
    clock.pass_minutes(25 * 60)
    await services.guard.sweep()
    async with knowledge.engine.connect() as connection:
        assert (await connection.exec_driver_sql("SELECT count(*) FROM spent")).scalar() == 0


async def test_a_restart_gives_nobody_a_new_budget(
    services: DossierServices, knowledge: Knowledge, clock: Clock
) -> None:
    await spent(services, 50, chat="me", network="", code="H49.22-261103-{n:04}")
    await services.guard.sweep()
    again = dossier_services(knowledge.engine, SECRET, clock)
    assert await spent(again, 50, chat="me", network="", code="H49.22-261103-5{n:03}") == 0


async def test_in_a_group_the_answer_is_offered_in_private(ask: Ask, known: Dossier) -> None:
    for text in (CODE, f"{CODE} 5678"):
        reply = await ask(text, private=False)
        assert "riêng" in reply.text
        assert "Trạng thái" not in reply.text
        assert CODE not in reply.text
