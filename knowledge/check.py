"""``motcua knowledge check``: everything about the knowledge base that a program can check.

``python -m knowledge.check [SLUG …]`` shows only the problems and notices of the named entries, at once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from knowledge.calendar import now
from knowledge.checks import catalogue, certainty, claims, complete, dates, links, matching, offices, wording
from knowledge.checks.finding import Notice
from knowledge.files import DATA, Problem, read_all, record_paths
from knowledge.not_ours import read_not_ours
from knowledge.offices import office_kinds
from knowledge.record import Record


@dataclass
class Report:
    """What was found: ``problems`` must be put right, ``notices`` must be looked at."""

    records: list[Record]
    problems: list[Problem] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)

    @property
    def counts(self) -> dict[str, int]:
        """How many notices of each kind, most first."""
        return dict(Counter(notice.kind for notice in self.notices).most_common())


def check(data: Path = DATA, today: date | None = None, *, questions: bool = True) -> Report:
    """Check all files below ``data`` as of ``today``.

    ``questions=False`` leaves out asking the matcher every example question, which takes most of the time.
    """
    records, broken = read_all(data)
    report = Report(records, broken)
    # A file that cannot be read is reported once, not again by everything that points to it.
    slugs = {path.stem for path in record_paths(data)}
    kinds = set(office_kinds(data)) if (data / "offices.yaml").exists() else set(office_kinds())
    day = today or now().date()
    report.problems += claims.problems(records, slugs, kinds)
    report.problems += offices.problems(data, day)
    report.problems += catalogue.problems(records, slugs, catalogue.read_catalogue(data))
    report.notices += claims.notices(records)
    for record in records:
        broken_changes = list(dates.broken_changes(record))
        report.problems += broken_changes
        if not broken_changes:
            _one(record, day, report)
    if questions:
        report.notices += matching.notices(records, read_not_ours())
    return report


def _one(record: Record, today: date, report: Report) -> None:
    report.problems += complete.problems(record)
    report.problems += dates.problems(record, today)
    report.problems += certainty.problems(record)
    report.problems += links.problems(record)
    report.notices += complete.notices(record)
    report.notices += dates.notices(record, today)
    report.notices += certainty.notices(record)
    report.notices += wording.notices(record)


def _main(slugs: Iterable[str]) -> None:
    report = check(questions=False)
    wanted = {f"{slug}.yaml" for slug in slugs}
    for problem in report.problems:
        if not wanted or problem.file in wanted:
            print(problem)
    for notice in report.notices:
        if notice.file in wanted:
            print(f"({notice.kind}) {notice}")
    print(f"{len(report.records)} records, {len(report.problems)} problems")


if __name__ == "__main__":
    import sys

    _main(sys.argv[1:])
