"""The portal systems, each asked over real HTTP on the loopback: their answers, and their bad days."""

from __future__ import annotations

import asyncio
import json
import random
import time
from collections.abc import AsyncIterator
from datetime import date
from typing import Any

import httpx
import pytest
import structlog

from handlers.dossier_text import describe
from knowledge.dossiers.lookup import Found, LookUp
from knowledge.dossiers.parts import DossierCode
from knowledge.dossiers.portals import BySystem, PortalConfig, PortalConfigError, look_up_for, read_configs
from knowledge.dossiers.portals.breaker import Breaker
from knowledge.dossiers.portals.cache import Remembered
from knowledge.dossiers.portals.igate import Igate
from knowledge.dossiers.portals.insurance import Insurance
from knowledge.dossiers.portals.national import National
from knowledge.dossiers.portals.patient import Patience, Patient
from knowledge.dossiers.portals.wire import new_client
from knowledge.dossiers.vault import Vault
from tests.conftest import Clock
from tests.dossiers.conftest import MONDAY, SECRET, a_dossier, code_of
from tests.fakes.portal_server import (
    BAD_DAYS,
    CREDENTIALS,
    Portal,
    igate_dossier,
    insurance_dossier,
    national_dossier,
    portal_server,
)

PROVINCE, NATIONAL, INSURANCE = "H49.22-261103-0345", "G22.99.08-261102-104233", "03706/2026/07906"
KINDS = {"igate": (Igate, PROVINCE), "national": (National, NATIONAL), "bhxh": (Insurance, INSURANCE)}
SHORT = Patience(total=0.6, retries=1, pause=0.01)


CLIENTS: list[httpx.AsyncClient] = []


def client() -> httpx.AsyncClient:
    """A client that the test's end closes."""
    CLIENTS.append(new_client())
    return CLIENTS[-1]


@pytest.fixture(autouse=True)
async def closed_clients() -> AsyncIterator[None]:
    yield
    while CLIENTS:
        await CLIENTS.pop().aclose()


@pytest.fixture
async def portal() -> AsyncIterator[Portal]:
    async with portal_server() as running:
        running.dossiers = {
            PROVINCE: igate_dossier(PROVINCE),
            NATIONAL: national_dossier(NATIONAL),
            INSURANCE: insurance_dossier(INSURANCE),
        }
        yield running


def system(
    kind: str, portal: Portal, clock: Clock, patience: Patience = SHORT, breaker: Breaker | None = None
) -> Patient:
    make, _ = KINDS[kind]
    return Patient(make(client(), portal.url, CREDENTIALS, clock, Vault(SECRET)), clock, patience, breaker)


async def test_igate_answers_with_names_in_vietnamese_and_days_of_vietnam(portal: Portal, clock: Clock) -> None:
    found = await system("igate", portal, clock).find(code_of(PROVINCE))
    dossier = found.dossier
    assert dossier is not None
    assert (dossier.procedure, dossier.state, dossier.agency) == (
        "Đăng ký kết hôn",
        "dang-xu-ly",
        "UBND phường Hạ Long",
    )
    # Accepted at 01:30 UTC is the same morning in Vietnam.
    assert (dossier.received_on, dossier.due_on) == (date(2026, 11, 3), date(2026, 12, 1))
    assert dossier.owner == "N***** V** A*"


async def test_a_code_that_only_contains_ours_is_not_ours(portal: Portal, clock: Clock) -> None:
    portal.dossiers[PROVINCE] = igate_dossier(PROVINCE + "9")
    found = await system("igate", portal, clock).find(code_of(PROVINCE))
    assert (found.dossier, found.error) == (None, None)


async def test_the_national_connector_speaks_in_strings_and_vietnamese_time(portal: Portal, clock: Clock) -> None:
    portal.dossiers[NATIONAL] |= {
        "TrangThaiHoSo": "5",
        "DanhSachHoSoBoSung": [{"NoiDungBoSung": "Bản sao giấy chứng sinh", "NgayHenTraMoi": "20261208170000"}],
    }
    dossier = (await system("national", portal, clock).find(code_of(NATIONAL))).dossier
    assert dossier is not None
    assert (dossier.state, dossier.received_on, dossier.due_on) == (
        "yeu-cau-bo-sung",
        date(2026, 11, 2),
        date(2026, 12, 8),
    )
    assert dossier.supplement == "Bản sao giấy chứng sinh"


@pytest.mark.parametrize("key", ["result", "data"])
@pytest.mark.parametrize("alone", [False, True])
async def test_the_connector_may_name_its_answer_either_way(
    portal: Portal, clock: Clock, key: str, alone: bool
) -> None:
    dossier = national_dossier(NATIONAL)
    body = json.dumps({"error_code": "00", key: dossier if alone else [dossier]}).encode()
    portal.moods = ["own"]
    portal.own = body
    found = (await system("national", portal, clock).find(code_of(NATIONAL))).dossier
    assert found is not None
    assert found.state == "dang-xu-ly"


async def test_an_answer_without_a_list_is_not_taken_for_an_unknown_dossier(portal: Portal, clock: Clock) -> None:
    portal.moods, portal.own = ["own"], b'{"error_code": "00"}'
    assert (await system("national", portal, clock).find(code_of(NATIONAL))).error == "unavailable"
    portal.own = b'{"error_code": "00", "data": null}'
    found = await system("national", portal, clock).find(code_of(NATIONAL))
    assert (found.dossier, found.error) == (None, None)


async def test_progress_of_social_insurance_is_read_from_its_steps(portal: Portal, clock: Clock) -> None:
    dossier = (await system("bhxh", portal, clock).find(code_of(INSURANCE))).dossier
    assert dossier is not None
    assert (dossier.state, dossier.received_on, dossier.due_on) == (
        "duoc-tiep-nhan",
        date(2026, 11, 13),
        date(2026, 12, 1),
    )
    portal.dossiers[INSURANCE]["info"]["Tthoso"]["Ngayxulyxong"] = "2026-11-19T12:44:52"
    done = (await system("bhxh", portal, clock).find(code_of(INSURANCE))).dossier
    assert done is not None
    assert (done.state, done.finished_on) == ("da-xu-ly-xong", date(2026, 11, 19))


async def test_no_name_telephone_or_identity_number_comes_out_of_an_answer(portal: Portal, clock: Clock) -> None:
    for kind, (_, code) in KINDS.items():
        dossier = (await system(kind, portal, clock).find(code_of(code))).dossier
        assert dossier is not None
        for secret in ("NGUYỄN VĂN AN", "LÊ VĂN CƯỜNG", "0912345678", "0987654321", "001099012345", "Diệu An"):
            assert secret not in dossier.model_dump_json()


async def test_an_unknown_state_is_kept_as_the_portal_writes_it(portal: Portal, clock: Clock) -> None:
    portal.dossiers[PROVINCE] = igate_dossier(PROVINCE, dossierStatus={"name": "Chờ ý kiến UBND phường"})
    dossier = (await system("igate", portal, clock).find(code_of(PROVINCE))).dossier
    assert dossier is not None
    assert (dossier.state, dossier.state_label) == ("khac", "Chờ ý kiến UBND phường")


@pytest.mark.parametrize("kind", KINDS)
async def test_a_dossier_the_portal_has_not_is_unknown(portal: Portal, clock: Clock, kind: str) -> None:
    portal.dossiers.clear()
    found = await system(kind, portal, clock).find(code_of(KINDS[kind][1]))
    assert (found.dossier, found.error) == (None, None)


# Bad days ---------------------------------------------------------------------------------------------------

ENDLESS = {"silent", "trickle"}
BAD = sorted(set(BAD_DAYS) - {"forbidden"})


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("mood", BAD)
async def test_on_a_bad_day_the_answer_is_unavailable_and_in_time(
    portal: Portal, clock: Clock, kind: str, mood: str
) -> None:
    portal.moods = [mood]
    patience = Patience(total=0.25, retries=1, pause=0.01) if mood in ENDLESS else SHORT
    began = time.perf_counter()
    with structlog.testing.capture_logs() as logs:
        found = await system(kind, portal, clock, patience).find(code_of(KINDS[kind][1]))
    assert (found.dossier, found.error) == (None, "unavailable")
    assert time.perf_counter() - began < 1.5
    assert KINDS[kind][1] not in str(logs)


ODD: list[Any] = [
    None,
    True,
    0,
    -1,
    1e300,
    "",
    "x" * 2_000,
    "\u0000",
    "🙂",
    [],
    [[]],
    {},
    {"name": {"name": []}},
    [None],
]


def mutated(answer: Any, chance: random.Random) -> Any:
    """``answer`` with one thing in it put out of shape: replaced, left out, or given twice."""
    if isinstance(answer, dict) and answer and chance.random() < 0.8:
        key = chance.choice(sorted(answer))
        if chance.random() < 0.2:
            return {other: value for other, value in answer.items() if other != key}
        return answer | {key: mutated(answer[key], chance)}
    if isinstance(answer, list) and answer and chance.random() < 0.8:
        return [mutated(answer[0], chance), *answer] if chance.random() < 0.3 else [mutated(answer[0], chance)]
    return chance.choice(ODD)


@pytest.mark.parametrize("kind", KINDS)
async def test_whatever_is_out_of_shape_in_an_answer_is_told_apart_not_stumbled_over(
    portal: Portal, clock: Clock, kind: str
) -> None:
    """Two hundred broken answers: each is a dossier that can be shown, an unknown one, or a fault of the portal; none
    is a mistake of the adapter's own."""
    code = code_of(KINDS[kind][1])
    good = {
        "igate": {"content": [igate_dossier(PROVINCE)]},
        "national": {"error_code": "00", "result": [national_dossier(NATIONAL)]},
        "bhxh": insurance_dossier(INSURANCE),
    }[kind]
    chance, asking = random.Random(20261127), system(kind, portal, clock, SHORT, Breaker(failures=10_000))
    portal.moods = ["own"]
    with structlog.testing.capture_logs() as logs:
        for _ in range(200):
            portal.own = json.dumps(mutated(good, chance)).encode()
            found = await asking.find(code)
            assert found.error in {None, "unavailable"}
            describe(found, code, MONDAY)
    assert {entry["why"].split(":")[0] for entry in logs} <= {"shape", "failed"}, logs[-1]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("mood", ["429", "500", "503", "cut"])
async def test_a_passing_fault_is_asked_again_and_forgotten(portal: Portal, clock: Clock, kind: str, mood: str) -> None:
    portal.moods = [mood, "well"]
    assert (await system(kind, portal, clock).find(code_of(KINDS[kind][1]))).dossier


async def test_forbidden_is_not_a_fault_of_the_system(portal: Portal, clock: Clock) -> None:
    portal.moods = ["forbidden"]
    breaker = Breaker(failures=1)
    found = await system("igate", portal, clock, breaker=breaker).find(code_of(PROVINCE))
    assert found.error == "denied"
    assert not breaker.open


async def test_nobody_listening_is_unavailable(clock: Clock) -> None:
    async with portal_server() as gone:
        pass
    found = await system("igate", gone, clock).find(code_of(PROVINCE))
    assert found.error == "unavailable"


@pytest.mark.parametrize("kind", ["igate", "national"])
async def test_an_expired_token_is_fetched_again_once_for_all_who_found_it_expired(
    portal: Portal, clock: Clock, kind: str
) -> None:
    asking = system(kind, portal, clock)
    code = code_of(KINDS[kind][1])
    assert (await asking.find(code)).dossier
    portal.expire_tokens()
    found = await asyncio.gather(*(asking.find(code) for _ in range(20)))
    assert all(one.dossier for one in found)
    assert portal.token_number == 2


async def test_refused_credentials_are_not_tried_over_and_over(portal: Portal, clock: Clock) -> None:
    asking = Patient(Igate(client(), portal.url, "client:wrong", clock, Vault(SECRET)), clock, SHORT)
    assert (await asking.find(code_of(PROVINCE))).error == "unavailable"
    assert sum(portal.asked.values()) == 1


# Breaker ----------------------------------------------------------------------------------------------------


async def test_after_repeated_failures_the_portal_is_left_in_peace_then_tried_with_one_request(
    portal: Portal, clock: Clock
) -> None:
    at = [0.0]
    breaker = Breaker(failures=3, rest=30, now=lambda: at[0])
    asking = system("bhxh", portal, clock, Patience(total=1, retries=0), breaker)
    portal.moods = ["500"]
    for _ in range(3):
        await asking.find(code_of(INSURANCE))
    assert breaker.open
    await asking.find(code_of(INSURANCE))
    assert sum(portal.asked.values()) == 3, "an open breaker must not ask"
    at[0], portal.moods = 31.0, ["well"]
    portal.delay = 0.05
    found = await asyncio.gather(*(asking.find(code_of(INSURANCE)) for _ in range(5)))
    assert sum(portal.asked.values()) == 4, "one request goes to see, the others wait for its news"
    assert sum(one.dossier is not None for one in found) == 1
    assert not breaker.open


# Memory -----------------------------------------------------------------------------------------------------


async def test_a_code_typed_three_times_asks_once_and_again_after_a_minute(portal: Portal, clock: Clock) -> None:
    at = [0.0]
    asking = Remembered(system("bhxh", portal, clock), keep=60, now=lambda: at[0])
    for _ in range(3):
        assert (await asking.find(code_of(INSURANCE))).dossier
    assert len(portal.codes) == 1
    at[0] = 61
    await asking.find(code_of(INSURANCE))
    assert len(portal.codes) == 2


async def test_requests_at_the_same_time_share_one_call_even_when_one_goes_away(portal: Portal, clock: Clock) -> None:
    portal.delay = 0.05
    asking = Remembered(system("bhxh", portal, clock))
    tasks = [asyncio.create_task(asking.find(code_of(INSURANCE))) for _ in range(30)]
    await asyncio.sleep(0.01)
    tasks[0].cancel()
    found = await asyncio.gather(*tasks[1:])
    assert all(one.dossier for one in found)
    assert len(portal.codes) == 1


# Which system ------------------------------------------------------------------------------------------------


class Table:
    """A table with one dossier."""

    def __init__(self, code: str, clock: Clock) -> None:
        self._code, self._clock = code, clock

    async def find(self, code: DossierCode) -> Found:
        return Found(code.text, "table", self._clock(), a_dossier(code.text) if code.text == self._code else None)


@pytest.fixture
async def systems(portal: Portal, clock: Clock) -> AsyncIterator[LookUp]:
    configs = read_configs("igate,bhxh", f"{portal.url},{portal.url}", f"{CREDENTIALS},x")
    chosen = look_up_for(configs, Table("H49.22-261103-0001", clock), clock, Vault(SECRET), SHORT)
    assert isinstance(chosen, BySystem)
    yield chosen
    await chosen.close()


async def test_each_family_of_codes_goes_to_its_own_system(portal: Portal, systems: LookUp) -> None:
    assert (await systems.find(code_of(PROVINCE))).source.startswith("hệ thống một cửa")
    assert (await systems.find(code_of(INSURANCE))).source.endswith("Bảo hiểm xã hội")
    assert portal.codes == [PROVINCE, INSURANCE]


async def test_no_system_is_asked_for_a_family_it_does_not_hold(portal: Portal, systems: LookUp) -> None:
    found = await systems.find(code_of(NATIONAL))
    assert (found.dossier, found.error, portal.codes) == (None, None, [])


async def test_the_desks_own_table_stands_in_for_a_portal_that_is_away(portal: Portal, systems: LookUp) -> None:
    portal.moods = ["500"]
    assert (await systems.find(code_of("H49.22-261103-0001"))).source == "table"
    assert (await systems.find(code_of("H49.22-261103-0002"))).error == "unavailable"


@pytest.mark.parametrize(
    ("kinds", "urls", "tokens", "says"),
    [
        ("igate", "", "", "PORTAL_URL"),
        ("igate,bhxh", "https://a", "", "PORTAL_URL"),
        ("soap", "https://a", "", "igate, national, bhxh"),
        ("igate", "a.gov.vn", "", "https://"),
        ("igate,bhxh", "https://a,https://b", "x", "PORTAL_TOKEN"),
    ],
)
def test_settings_that_do_not_go_together_are_named(kinds: str, urls: str, tokens: str, says: str) -> None:
    with pytest.raises(PortalConfigError, match=says):
        read_configs(kinds, urls, tokens)


def test_no_setting_means_the_local_table_alone(clock: Clock) -> None:
    table = Table(PROVINCE, clock)
    assert look_up_for([], table, clock, Vault("")) is table
    assert read_configs("national", "https://x/", "") == [PortalConfig("national", "https://x/", "")]
