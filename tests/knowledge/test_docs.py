"""The file format shown to people is one that the program reads."""

from __future__ import annotations

import re
from pathlib import Path

from knowledge.files import parse_record

GUIDE = Path(__file__).parent.parent.parent / "docs" / "add-a-procedure.md"


def test_the_example_in_the_guide_is_a_record() -> None:
    example = re.search(r"```yaml\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.S)
    assert example
    one = parse_record(example[1], GUIDE.name)
    assert (one.slug, one.code, one.other_codes[0].relation) == ("ket-hon", "1.000894", "old")
    assert [fee.amount for fee in one.channels[0].fees] == [0, None]
