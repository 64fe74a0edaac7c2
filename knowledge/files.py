"""Read and write the source files of the knowledge base (YAML, one record a file)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from knowledge.record import Record

DATA = Path(__file__).parent / "data"
FOLDERS = ("procedures", "faq")


@dataclass(frozen=True)
class Problem:
    """One thing wrong with a file, named so that its author can find it."""

    file: str
    field: str
    message: str

    def __str__(self) -> str:
        return f"{self.file}: {self.field}: {self.message}" if self.field else f"{self.file}: {self.message}"


class RecordError(ValueError):
    """A file that is not a valid record; ``problems`` says where and why."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems


def parse_record(text: str, name: str) -> Record:
    """The record in ``text``; ``name`` is the file's name for messages.

    Raises:
        RecordError: the text is not YAML, or not a record.
    """
    records = parse_records(text, name)
    if len(records) != 1:
        raise RecordError([Problem(name, "", f"holds {len(records)} records instead of one")])
    return records[0]


def parse_records(text: str, name: str) -> list[Record]:
    """The records in ``text``, one or several with ``---`` between them.

    Raises:
        RecordError: the text is not YAML, or something in it is not a record.
    """
    try:
        # The base loader keeps every scalar as text: codes such as 1.000894 must not become numbers.
        documents = list(yaml.load_all(text, Loader=getattr(yaml, "CBaseLoader", yaml.BaseLoader)))
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f"line {mark.line + 1}" if mark else ""
        raise RecordError([Problem(name, line, f"not valid YAML: {getattr(error, 'problem', error)}")]) from error
    except RecursionError as error:
        raise RecordError([Problem(name, "", "nested too deeply")]) from error
    return [_validated(fields, name) for fields in documents or [None]]


def _validated(fields: object, name: str) -> Record:
    if not isinstance(fields, dict):
        raise RecordError([Problem(name, "", "the file must hold 'field: value' lines")])
    try:
        return Record.model_validate(fields)
    except ValidationError as error:
        raise RecordError([_problem(name, item) for item in error.errors()]) from error


def _problem(name: str, item: ErrorDetails) -> Problem:
    field = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in item["loc"]).lstrip(".")
    message = str(item["msg"]).removeprefix("Value error, ")
    value = item.get("input")
    shown = f" (found {value!r})" if isinstance(value, str) and len(value) <= 60 and item["loc"] else ""
    return Problem(name, field, message + shown)


def read_record(path: Path) -> Record:
    """The record in the file at ``path``; its slug must be the file's name.

    Raises:
        RecordError: see :func:`parse_record`.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise RecordError([Problem(path.name, "", f"not UTF-8 text (byte {error.start})")]) from error
    record = parse_record(text, path.name)
    if record.slug != path.stem:
        raise RecordError([Problem(path.name, "slug", f"is {record.slug!r}, but the file is called {path.name}")])
    return record


def record_paths(data: Path = DATA) -> Iterator[Path]:
    """All record files below ``data``, in a stable order."""
    for folder in FOLDERS:
        yield from sorted((data / folder).glob("*.yaml"))


def read_all(data: Path = DATA) -> tuple[list[Record], list[Problem]]:
    """Every readable record, and what is wrong with the others."""
    records: list[Record] = []
    problems: list[Problem] = []
    for path in record_paths(data):
        try:
            records.append(read_record(path))
        except RecordError as error:
            problems.extend(error.problems)
    return records, problems


class _Dumper(yaml.SafeDumper):
    """Block style with indented lists, as the files are written by hand."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)


def _text(dumper: _Dumper, text: str) -> yaml.ScalarNode:
    # YAML folds these three like line ends wherever they are not escaped, and only quotes can escape them.
    style = '"' if any(mark in text for mark in "\x85\u2028\u2029") else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _text)


def dump_record(record: Record) -> str:
    """``record`` as the text of its source file; :func:`parse_record` gives it back unchanged."""
    fields = record.model_dump(mode="json", exclude_defaults=True)
    ordered = {"slug": fields.pop("slug"), **fields}
    return yaml.dump(ordered, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=110)
