"""The command line: the contract's shapes and exit statuses."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from tests.command_line import ROOT, motcua


def test_ask_prints_the_answer_as_the_contract_has_it(database_url: str) -> None:
    done = motcua("ask", "--json", "đăng ký kết hôn nộp ở đâu", url=database_url)
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert set(answer) >= {"decision", "procedure", "facet", "choices", "score", "reply"}
    assert (answer["decision"], answer["procedure"], answer["facet"]) == ("answer", "ket-hon", "where")
    assert 0.0 <= answer["score"] <= 1.0


def test_status_prints_the_dossier_as_the_contract_has_it(database_url: str) -> None:
    done = motcua("status", "--json", "h49.105 – 261001 – 0O11", url=database_url)
    assert done.returncode == 0, done.stderr
    dossier = json.loads(done.stdout)
    assert dossier["code"] == "H49.105-261001-0011"
    assert (dossier["found"], dossier["state"], dossier["overdue"]) == (True, "dang-xu-ly", True)
    assert dossier["error"] is None


def test_a_code_that_is_none_is_unusable_input(database_url: str) -> None:
    done = motcua("status", "--json", "hello", url=database_url)
    assert done.returncode == 2
    assert json.loads(done.stdout)["error"] == "invalid_code"


@pytest.mark.parametrize(
    "arguments",
    [
        ("evaluate", "/no/such.csv"),
        ("dossiers", "import", "/no/such.csv"),
        ("knowledge", "import", "/no/such.yaml"),
        ("status", "hello"),
        ("ask",),
        ("no-such-command",),
    ],
)
def test_unusable_arguments_get_one_clear_line(database_url: str, arguments: tuple[str, ...]) -> None:
    done = motcua(*arguments, url=database_url)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert done.stderr.strip()


def test_a_database_that_cannot_be_used_is_named() -> None:
    done = motcua("ask", "xin chào", url="mysql://localhost/x")
    assert done.returncode == 2
    assert "MOTCUA_DATABASE_URL" in done.stderr
    assert "Traceback" not in done.stderr


def test_evaluate_counts_a_labelled_file(database_url: str, tmp_path: Path) -> None:
    questions = tmp_path / "q.csv"
    questions.write_text(
        "id,kind,expected,question\n"
        "1,plain,ket-hon,đăng ký kết hôn cần giấy tờ gì\n"
        "2,offtopic,NONE,công thức làm bánh flan\n",
        encoding="utf-8",
    )
    done = motcua("evaluate", "--json", str(questions), url=database_url)
    assert done.returncode == 0, done.stderr
    figures = json.loads(done.stdout)
    assert (figures["questions"], figures["answerable"], figures["none"]) == (2, 1, 1)
    assert figures["answered_correct"] == 1
    assert set(figures["by_kind"]) == {"plain", "offtopic"}
    table = motcua("evaluate", str(questions), url=database_url).stdout
    assert {"plain", "offtopic", "answerable", "refused", "missed"} <= set(
        table.replace("┃", " ").replace("│", " ").split()
    )


@pytest.mark.parametrize(
    ("content", "line"),
    [
        ("id,kind,question\n", "line 1"),
        ("id,kind,expected,question\n1,plain,khong-co,x\n", "line 2"),
        ("id,kind,expected,question\n1,plain,ket-hon\n", "line 2"),
    ],
)
def test_evaluate_names_the_broken_line(database_url: str, tmp_path: Path, content: str, line: str) -> None:
    questions = tmp_path / "q.csv"
    questions.write_text(content, encoding="utf-8")
    done = motcua("evaluate", str(questions), url=database_url)
    assert done.returncode == 2
    assert line in done.stderr


def test_the_terminal_holds_the_same_conversation(database_url: str) -> None:
    done = motcua("chat", url=database_url, stdin="đăng ký kết hôn nộp ở đâu\nbao lâu có\n1\nthoat\n")
    assert done.returncode == 0, done.stderr
    assert "Nơi tiếp nhận" in done.stdout
    assert "trong ngày" in done.stdout
    assert "Tờ khai đăng ký kết hôn" in done.stdout


def test_a_new_database_is_made_ready_by_whatever_command_comes_first(tmp_path: Path) -> None:
    done = motcua("status", "--json", "H49.22-261118-0001", url=f"sqlite:///{tmp_path}/new/motcua.db")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["found"] is True


@pytest.mark.parametrize("command", ["serve", "chat", "ask", "status", "evaluate", "knowledge", "dossiers"])
def test_every_command_has_help(command: str) -> None:
    done = motcua(command, "--help", url="sqlite:///unused.db")
    assert done.returncode == 0
    assert "Usage" in done.stdout


def test_the_program_is_started_by_both_its_names() -> None:
    for name in ([sys.executable, "-m", "bot"], [str(Path(sys.executable).with_name("motcua"))]):
        wrong = subprocess.run([*name, "nothing"], cwd=ROOT, capture_output=True, encoding="utf-8", check=False)
        assert (wrong.returncode, wrong.stdout) == (2, "")
        assert wrong.stderr.startswith("motcua: ")


def test_serve_says_where_to_click_and_ctrl_c_ends_it_cleanly(database_url: str) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {**os.environ, "MOTCUA_DATABASE_URL": database_url, "MOTCUA_PORT": str(port), "TELEGRAM_TOKEN": ""}
    command = [sys.executable, "-m", "bot", "serve"]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "encoding": "utf-8"}
    with subprocess.Popen(command, cwd=ROOT, env=environment, **pipes) as program:  # type: ignore[call-overload]
        said = [program.stdout.readline() for _ in range(3)]
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz") as ready:
            assert ready.status == 200
        program.send_signal(signal.SIGINT)
        rest, errors = program.communicate(timeout=60)
    assert (program.returncode, rest) == (0, "")
    assert "Traceback" not in errors
    told = "".join(said)
    # Of PostgreSQL not the address: a password may stand in it.
    place = database_url if database_url.startswith("sqlite") else "data: PostgreSQL"
    for part in (f"http://127.0.0.1:{port}", place, "channels: web", "Ctrl-C"):
        assert part in told
    assert "the first time" not in told
