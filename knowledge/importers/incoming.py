"""Read whatever file somebody wants to import: records of ours, national records, lists of procedures."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from knowledge.files import RecordError, parse_records
from knowledge.importers.listing import Listing, from_national, read_listings
from knowledge.importers.tables import MAX_BYTES, MAX_UNPACKED_BYTES
from knowledge.record import Record

MAX_FILES = 20_000
TABLES = (".csv", ".xlsx")
TEXTS = (".yaml", ".yml", ".json")


class ImportFileError(ValueError):
    """Nothing in the file can be used; the message is the one line the person sees."""


@dataclass
class Incoming:
    """What was found: whole records, lines of a list, and what is wrong with the rest."""

    title: str
    records: list[tuple[str, Record]] = field(default_factory=list)
    listings: list[Listing] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


def read_incoming(path: Path) -> Incoming:
    """Everything in the file or folder at ``path``, chosen by its ending.

    Raises:
        ImportFileError: no such file, not a kind we read, or nothing usable in it.
        TableError: a table without a column of names.
    """
    if not path.exists():
        raise ImportFileError(f"{path}: no such file")
    found = Incoming(path.name)
    if path.suffix.lower() in TABLES and path.is_file():
        found.listings, found.problems = read_listings(path)
    else:
        for name, content in _texts(path):
            _read(name, content, found)
    if not found.records and not found.listings:
        reason = found.problems[0] if found.problems else "there is nothing in it"
        more = f" (and {len(found.problems) - 1} more)" if len(found.problems) > 1 else ""
        raise ImportFileError(f"{path}: {reason}{more}")
    return found


def _texts(path: Path) -> Iterator[tuple[str, bytes]]:
    """(name, content) of every file that may hold records."""
    if path.is_dir():
        for file in sorted(path.rglob("*"))[:MAX_FILES]:
            if file.suffix.lower() in TEXTS and file.is_file():
                yield str(file.relative_to(path)), file.read_bytes()
    elif path.suffix.lower() == ".zip":
        yield from _zipped(path)
    elif path.suffix.lower() in TEXTS:
        if path.stat().st_size > MAX_BYTES:
            raise ImportFileError(f"{path}: larger than {MAX_BYTES // 1024 // 1024} MB")
        yield path.name, path.read_bytes()
    else:
        raise ImportFileError(f"{path}: use .yaml, .json, .csv, .xlsx, .zip or a folder")


def _zipped(path: Path) -> Iterator[tuple[str, bytes]]:
    try:
        with zipfile.ZipFile(path) as archive:
            files = [item for item in archive.infolist() if PurePosixPath(item.filename).suffix.lower() in TEXTS]
            if len(files) > MAX_FILES or sum(item.file_size for item in files) > MAX_UNPACKED_BYTES:
                raise ImportFileError(f"{path}: unpacks to too much data")
            for item in sorted(files, key=lambda item: item.filename):
                yield item.filename, archive.read(item)
    except (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError) as error:
        raise ImportFileError(f"{path}: not a readable .zip file") from error


def _read(name: str, content: bytes, found: Incoming) -> None:
    try:
        text = content.decode("utf-8-sig")
        if name.lower().endswith(".json"):
            found.listings += _national(text, name)
        else:
            records = parse_records(text, name)
            found.records += [(record.slug if len(records) > 1 else name, record) for record in records]
    except UnicodeDecodeError as error:
        found.problems.append(f"{name}: not UTF-8 text (byte {error.start})")
    except RecordError as error:
        found.problems += map(str, error.problems)
    except ValueError as error:
        found.problems.append(f"{name}: {error}")


def _national(text: str, name: str) -> list[Listing]:
    try:
        raw = json.loads(text)
    except (json.JSONDecodeError, RecursionError) as error:
        raise ValueError(f"not valid JSON ({error})") from error
    items = raw if isinstance(raw, list) else [raw]
    if not all(isinstance(item, dict) for item in items):
        raise ValueError("not a national record")
    return [from_national(item, f"{name}[{at}]" if len(items) > 1 else name) for at, item in enumerate(items)]
