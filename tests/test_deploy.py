"""What stands in deploy/ and docs/operations.md agrees with the program, and with the tools that read it."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from configparser import ConfigParser
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.cli import app
from bot.delivery import FINISH_SECONDS
from bot.settings import Settings
from bot.supervisor import STOP_SECONDS

ROOT = Path(__file__).parent.parent
UNIT = ROOT / "deploy" / "motcua.service"
GUIDE = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
SETTINGS = {field.validation_alias.choices[0] for field in Settings.model_fields.values()}  # type: ignore[union-attr]
COMMANDS = {command.name for command in app.registered_commands}
SERVICE_KEYS = {
    *("image", "build", "environment", "env_file", "volumes", "healthcheck", "restart", "depends_on"),
    *("stop_grace_period", "configs", "ports"),
}


def test_the_unit_gives_the_program_the_time_it_takes_to_stop() -> None:
    unit = ConfigParser(strict=False, interpolation=None)
    unit.optionxform = str  # type: ignore[assignment, method-assign]
    unit.read(UNIT, encoding="utf-8")
    service = unit["Service"]
    assert Path(service["ExecStart"].split()[0]).relative_to(service["WorkingDirectory"]) == Path(".venv/bin/motcua")
    assert service["ExecStart"].split()[1] in COMMANDS
    assert FINISH_SECONDS < 10 < STOP_SECONDS < int(service["TimeoutStopSec"])
    # Workers hear of the end from their parent; systemd's own signal to them would come on top of it.
    assert service["KillMode"] == "mixed"


def test_systemd_itself_finds_nothing_wrong_with_the_unit(tmp_path: Path) -> None:
    checker = shutil.which("systemd-analyze")
    copy = tmp_path / UNIT.name
    # There is no /srv/motcua here: any program that exists will do.
    copy.write_text(re.sub(r"^ExecStart=\S+", f"ExecStart={sys.executable}", UNIT.read_text("utf-8"), flags=re.M))
    command = [checker, "verify", str(copy)] if checker else ["grep", "-q", "^ExecStart=/", str(copy)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    complaints = [line for line in done.stderr.splitlines() if UNIT.name in line]
    assert complaints == []


@pytest.fixture
def compose() -> dict[str, Any]:
    read: dict[str, Any] = yaml.safe_load((ROOT / "deploy" / "compose.yaml").read_text(encoding="utf-8"))
    return read


def test_the_compose_file_is_whole(compose: dict[str, Any]) -> None:
    services = compose["services"]
    for name, service in services.items():
        assert set(service) <= SERVICE_KEYS, name
        assert ("image" in service) != ("build" in service), name
        assert set(service.get("depends_on", ())) <= set(services), name
        for volume in service.get("volumes", ()):
            assert volume.partition(":")[0] in compose["volumes"], volume
        for config in service.get("configs", ()):
            assert config["source"] in compose["configs"]
    ours = services["motcua"]
    assert set(ours["environment"]) <= SETTINGS
    assert int(ours["stop_grace_period"].removesuffix("s")) > STOP_SECONDS
    assert (ROOT / "deploy" / ours["build"]["context"] / ours["build"]["dockerfile"]).is_file()


def test_the_image_gets_all_that_the_program_is_made_of() -> None:
    lines = (ROOT / "deploy" / "Containerfile").read_text(encoding="utf-8").splitlines()
    copied = {source for line in lines if line.startswith("COPY ") for source in line.split()[1:-1]}
    assert all((ROOT / source).exists() for source in copied)
    assert {"bot", "handlers", "knowledge", "requirements.txt", "pyproject.toml"} <= copied
    assert any(line.startswith("USER ") for line in lines)


def test_the_guide_names_only_commands_settings_figures_and_tests_that_exist() -> None:
    assert set(re.findall(r"motcua (backup|restore|pause|resume|notice|serve)\b", GUIDE)) <= COMMANDS
    mentioned = set(re.findall(r"\b(?:MOTCUA|TELEGRAM|ZALO|PORTAL)_[A-Z_]+\b", GUIDE))
    assert mentioned <= SETTINGS
    source = "\n".join(path.read_text("utf-8") for part in ("bot", "knowledge") for path in (ROOT / part).rglob("*.py"))
    figures = set(re.findall(r"`(motcua_[a-z_]+)", GUIDE))
    assert len(figures) > 10
    assert [name for name in figures if f'"{name}"' not in source] == []
    files = re.findall(r"\((\.\./[^)]+|[a-z]+\.md)\)", GUIDE) + [
        f"../{name}" for name in re.findall(r"tests/[a-z_/]+(?:\.py)?", GUIDE)
    ]
    assert [name for name in files if not (ROOT / "docs" / name).exists()] == []
    targets = re.findall(r"^([a-z./-]+):", (ROOT / "Makefile").read_text("utf-8"), re.M)
    assert set(re.findall(r"`make ([a-z-]+)", GUIDE)) <= set(targets)
