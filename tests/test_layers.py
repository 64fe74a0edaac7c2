"""The shape of the project: imports go one way, settings are documented, commands have a description."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from bot.settings import Settings
from handlers.texts import vi

ROOT = Path(__file__).parent.parent
BELOW = {"knowledge": {"handlers", "bot"}, "handlers": {"bot"}}
CHANNEL_LIBRARIES = {"telegram", "fastapi", "starlette", "uvicorn"}


def imported(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module.partition(".")[0])
    return names


def test_imports_go_one_way() -> None:
    wrong = [
        f"{path.relative_to(ROOT)} imports {', '.join(bad)}"
        for package, above in BELOW.items()
        for path in (ROOT / package).rglob("*.py")
        if (bad := imported(path) & (above | CHANNEL_LIBRARIES))
    ]
    assert wrong == []


def test_every_setting_stands_in_env_example() -> None:
    documented = set(re.findall(r"^([A-Z_]+)=", (ROOT / ".env.example").read_text(encoding="utf-8"), re.M))
    settings = {
        field.validation_alias.choices[0]  # type: ignore[union-attr]
        for field in Settings.model_fields.values()
    }
    assert documented == settings


def test_only_the_settings_read_the_environment() -> None:
    readers = [
        str(path.relative_to(ROOT))
        for package in ("bot", "handlers", "knowledge")
        for path in (ROOT / package).rglob("*.py")
        if re.search(r"os\.environ|getenv\(", path.read_text(encoding="utf-8"))
    ]
    # That one tells prometheus_client where to keep its files; it listens to nothing else.
    assert readers == ["bot/metric_files.py"]


def test_every_command_fits_telegram_and_is_in_the_help() -> None:
    for name, what in vi.COMMANDS:
        assert re.fullmatch(r"[a-z0-9_]{1,32}", name)
        assert 1 <= len(what) <= 256


def test_no_machine_path_or_index_host_is_in_the_project() -> None:
    hosts = "|".join(("pypi" + r"\.org", "python" + r"hosted\.org", "registry" + r"\.npmjs", "deb" + r"\.debian"))
    files = [
        path
        for pattern in ("*.txt", "*.in", "*.toml", "*.md", "Makefile", ".ci/*", "deploy/*", "docs/**/*.md")
        for path in ROOT.glob(pattern)
        if path.is_file()
    ]
    assert [p.name for p in files if re.search(hosts, p.read_text(encoding="utf-8"))] == []
