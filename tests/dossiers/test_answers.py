"""What a person reads about a dossier: states, days, overdue, and numbers that are no dossier codes."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import inspect

from bot.desk import Desk
from handlers.dossier_text import describe
from handlers.messages import Incoming
from knowledge.dossiers import Found, LocalTable
from knowledge.dossiers.lookup import is_overdue
from knowledge.dossiers.states import state_name, states
from knowledge.dossiers.working_days import (
    add_working_days,
    holiday_name,
    is_working_day,
    working_days_between,
)
from knowledge.knowledge import Knowledge
from knowledge.models import Dossier
from tests.conftest import TODAY, Clock
from tests.dossiers.conftest import MONDAY, Ask, a_dossier, code_of

CODE = "H49.22-261103-0345"


def told(today: date = MONDAY, **changes: Any) -> str:
    dossier = a_dossier(CODE, **changes)
    found = Found(CODE, dossier.source, TODAY, dossier, is_overdue(dossier, today))
    return describe(found, code_of(CODE), today)


# States -----------------------------------------------------------------------------------------------------


def test_there_are_the_ten_national_states_with_their_numbers() -> None:
    assert [state.number for state in states().values()] == [str(n) for n in range(1, 11)]
    assert {state_name(str(n)) for n in range(1, 11)} == set(states())


@pytest.mark.parametrize("name", list(states()))
def test_each_state_says_what_it_means_and_whose_turn_it_is(name: str) -> None:
    text = told(state=name)
    state = states()[name]
    assert state.label in text
    assert state.meaning in text
    assert state.next_step in text
    assert ("**Việc cần làm:**" in text) == (state.acts == "person")


@pytest.mark.parametrize("name", [name for name, state in states().items() if state.paused])
def test_where_the_clock_stands_still_nothing_is_called_overdue(name: str) -> None:
    text = told(state=name, due_on=date(2026, 11, 2))
    assert ("sẽ có ngày hẹn mới" in text) is states()[name].resumes
    assert ("không còn tính" in text) is not states()[name].resumes
    assert "quá hẹn" not in text


def test_a_state_of_the_provinces_own_is_shown_as_it_stands_and_not_guessed() -> None:
    text = told(state="khac", state_label="Chờ ý kiến UBND phường")
    assert "Trạng thái: **Chờ ý kiến UBND phường**" in text
    assert "cách ghi riêng" in text
    assert "Việc cần làm" not in text


def test_what_an_office_wrote_cannot_become_markup() -> None:
    assert "**đậm**" not in told(state="khac", state_label="**đậm**")


# Days -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2026, 11, 23), True),
        (date(2026, 11, 24), False),  # Ngày Văn hóa Việt Nam, a holiday since 2026
        (date(2026, 11, 22), False),  # a Sunday
        (date(2026, 2, 17), False),  # Tết
        (date(2026, 4, 27), False),  # in lieu of a Sunday
        (date(2026, 8, 31), False),  # swapped
        (date(2026, 8, 22), True),  # a Saturday worked for it
        (date(2026, 1, 2), False),  # a swap the library does not know: our own table
        (date(2026, 1, 10), True),
    ],
)
def test_working_days_know_holidays_and_swaps(day: date, works: bool) -> None:
    assert is_working_day(day) is works


def test_a_holiday_has_a_name() -> None:
    assert holiday_name(date(2026, 11, 24)) == "Ngày Văn hóa Việt Nam"
    assert holiday_name(date(2026, 11, 22)) is None


@settings(max_examples=50, deadline=None)
@given(st.dates(date(2024, 1, 1), date(2027, 12, 31)), st.integers(1, 60))
def test_counting_working_days_forth_and_back_agrees(start: date, count: int) -> None:
    end = add_working_days(start, count)
    assert is_working_day(end)
    assert working_days_between(start, end) == count
    assert working_days_between(end, start) == -count


def test_the_days_left_are_working_days() -> None:
    # 24 November is a holiday, 28 and 29 a weekend: 25, 26, 27, 30 November and 1 December.
    assert "Hẹn trả: 01/12/2026 (còn 5 ngày làm việc)" in told()


def test_a_due_day_on_a_holiday_means_the_next_working_day() -> None:
    text = told(due_on=date(2026, 11, 24))
    assert "ngày nghỉ (Ngày Văn hóa Việt Nam)" in text
    assert "từ 25/11/2026" in text
    assert not is_overdue(a_dossier(due_on=date(2026, 11, 24)), date(2026, 11, 25))
    assert is_overdue(a_dossier(due_on=date(2026, 11, 24)), date(2026, 11, 26))


def test_an_overdue_dossier_says_how_long_what_is_owed_and_where_to_complain() -> None:
    text = told(due_on=date(2026, 11, 16))
    assert "quá hẹn 5 ngày làm việc" in text
    assert "Mẫu 04" in text
    assert "ngày hẹn trả mới" in text
    assert "pakn.dichvucong.gov.vn" in text


@pytest.mark.parametrize("state", ["da-xu-ly-xong", "da-tra-ket-qua", "da-rut", "khong-duoc-tiep-nhan"])
def test_a_finished_dossier_is_never_overdue(state: str) -> None:
    assert "quá hẹn" not in told(state=state, due_on=date(2026, 1, 5))


@settings(max_examples=100, deadline=None)
@given(
    st.sampled_from([*states(), "khac"]),
    st.none() | st.dates(date(2016, 1, 1), date(2030, 1, 1)),
    st.none() | st.dates(date(2016, 1, 1), date(2030, 1, 1)),
    st.text(max_size=60),
)
def test_every_dossier_can_be_told(state: str, due: date | None, finished: date | None, label: str) -> None:
    text = told(state=state, due_on=due, finished_on=finished, state_label=label, agency=label, owner=label)
    assert CODE in text
    assert "Quảng Ninh" in text


# In the chat ------------------------------------------------------------------------------------------------


@pytest.fixture
async def known(knowledge: Knowledge) -> Dossier:
    dossier = a_dossier(CODE, owner="N***** V** A*")
    await knowledge.store.put_dossiers([dossier])
    return dossier


async def test_the_answer_shows_agency_and_day_of_the_code_to_compare(ask: Ask, known: Dossier) -> None:
    reply = await ask("hồ sơ h49.22 – 261103 – 0345 của tôi tới đâu rồi")
    assert reply.facet == "status"
    assert "Theo mã: nơi nhận Quảng Ninh, ngày nhận 03/11/2026" in reply.text
    assert "Đăng ký kết hôn" in reply.text


async def test_a_mended_code_says_what_was_read(ask: Ask, known: Dossier) -> None:
    reply = await ask("K49.22-261103-0345")
    assert "Tôi đọc mã là H49.22-261103-0345" in reply.text


async def test_an_unknown_code_is_explained_all_the_same(ask: Ask) -> None:
    text = (await ask("G01.899.921-261020-004518")).text
    assert "không có thông tin" in text
    assert "Công an TP. Hồ Chí Minh" in text
    assert "20/10/2026" in text
    assert "dichvucong.bocongan.gov.vn" in text


async def test_several_codes_get_an_answer_each_up_to_three(ask: Ask, known: Dossier) -> None:
    reply = await ask(" ".join(f"H49.22-261103-0{n}" for n in (345, 346, 347, 348)))
    assert len(reply.messages) == 4
    assert "3 mã đầu" in reply.messages[3].text


async def test_an_impossible_code_is_asked_back(ask: Ask) -> None:
    assert "không phải là một ngày" in (await ask("H49.22-261318-0001")).text


@pytest.mark.parametrize(
    ("sent", "named"),
    [
        ("001099012345", "số căn cước"),
        ("123456789", "chứng minh nhân dân"),
        ("0912345678", "số điện thoại"),
        ("0101234567", "mã số thuế"),
        ("1.004222", "mã thủ tục"),
        ("145156", "hồ sơ nháp"),
    ],
)
async def test_after_asking_for_a_code_other_numbers_are_named(ask: Ask, sent: str, named: str) -> None:
    await ask("/hoso")
    reply = await ask(sent)
    assert named in reply.text
    assert "mã hồ sơ" in reply.text
    if len(sent) >= 9:
        assert sent not in reply.text


async def test_an_identity_number_is_nowhere_afterwards(
    desk: Desk, knowledge: Knowledge, capfd: pytest.CaptureFixture[str]
) -> None:
    number = "001099012345"
    for text in (number, f"/hoso {number}", f"cccd {number} hồ sơ H49.22-261103-0345", "H49.22-261103-0345 1234"):
        reply = await desk.answer(Incoming("test", "one", text))
        assert reply is not None
        assert number not in reply.text
    captured = capfd.readouterr()
    assert number not in captured.out + captured.err
    assert number not in await everything(knowledge)


async def everything(knowledge: Knowledge) -> str:
    """All rows of all tables, as text."""
    rows: list[str] = []
    async with knowledge.engine.connect() as connection:
        for name in await connection.run_sync(lambda c: inspect(c).get_table_names()):
            rows += [str(row) for row in (await connection.exec_driver_sql(f'SELECT * FROM "{name}"')).all()]
    return "\n".join(rows)


async def test_a_code_is_kept_nowhere_unless_watched(
    ask: Ask, knowledge: Knowledge, capfd: pytest.CaptureFixture[str]
) -> None:
    code = "H49.22-261103-9999"
    await ask(f"{code} tới đâu rồi")
    await ask("cảm ơn /canbo " + code)
    captured = capfd.readouterr()
    assert code not in captured.out + captured.err
    assert code not in await everything(knowledge)


async def test_an_answer_comes_from_the_clock_of_vietnam(knowledge: Knowledge, clock: Clock) -> None:
    await knowledge.store.put_dossiers([a_dossier(CODE, due_on=MONDAY)])
    table = LocalTable(knowledge.store, clock)
    assert not (await table.find(code_of(CODE))).overdue
    clock.at += timedelta(days=3)
    assert (await table.find(code_of(CODE))).overdue


def test_an_overdue_dossier_is_not_told_to_wait_for_its_due_day() -> None:
    text = told(due_on=date(2026, 11, 2))
    assert "quá hẹn" in text
    assert "Chờ đến ngày hẹn" not in text


@pytest.mark.parametrize(
    ("state", "says"),
    [
        ("da-xu-ly-xong", "Có kết quả từ: 20/11/2026"),
        ("da-tra-ket-qua", "Ngày trả kết quả: 20/11/2026"),
        ("khong-duoc-tiep-nhan", "Ngày trả lại: 20/11/2026"),
        ("da-rut", "Ngày rút: 20/11/2026"),
        ("khac", "Ngày trả: 20/11/2026"),
    ],
)
def test_the_last_day_says_of_what_it_is(state: str, says: str) -> None:
    assert says in told(state=state, state_label="Xong", finished_on=date(2026, 11, 20))


def test_a_day_is_said_once() -> None:
    assert told().count("03/11/2026") == 1
    assert "Ngày nhận: 04/11/2026" in told(received_on=date(2026, 11, 4))


def test_where_there_is_more_it_says_how_to_read_it() -> None:
    assert "xin hỏi nơi đã nộp" in told(state="yeu-cau-bo-sung", supplement="Bản vẽ")
    assert "4 số cuối điện thoại" in told(state="yeu-cau-bo-sung", supplement="Bản vẽ", phone_mark="x")


@pytest.mark.parametrize("label", ["Tạm dừng", "Từ chối", "Đã trả"])
def test_a_label_that_may_mean_several_states_is_not_guessed(label: str) -> None:
    assert state_name(label) == "khac"


@pytest.mark.parametrize(
    ("code", "agency"),
    [
        ("H57.1-261103-0001", "Thừa Thiên Huế (nay là Huế)"),
        ("H28.12-240801-0003", "Hòa Bình (nay thuộc Phú Thọ)"),
        ("G22.99-261103-020175", "Cổng Dịch vụ công quốc gia"),
        ("G22.01-261103-0001", "Văn phòng Chính phủ"),
    ],
)
def test_agencies_that_changed_are_named_then_and_now(code: str, agency: str) -> None:
    assert code_of(code).agency == agency


async def test_an_old_dossier_of_a_merged_province_is_sent_to_the_new_one(ask: Ask) -> None:
    assert "Trung tâm Phục vụ hành chính công Phú Thọ" in (await ask("H28.12-240801-0003")).text


async def test_after_a_private_number_the_code_is_still_awaited(ask: Ask) -> None:
    await ask("/hoso")
    await ask("0912345678")
    assert "giống số hồ sơ nháp" in (await ask("mã 145156 ạ")).text


async def test_a_message_of_nothing_but_a_number_is_answered_as_a_try_to_send_a_code(ask: Ask) -> None:
    assert "giống số hồ sơ nháp" in (await ask("145156")).text
