"""The figure that docs/architecture.md plans with."""

import re
from pathlib import Path

from tests.sizing import measure

TEXT = (Path(__file__).resolve().parent.parent / "docs" / "architecture.md").read_text()


def test_a_person_takes_no_more_room_than_the_sizing_table_says(redis_process):
    told = int(re.search(r"\| Redis, per connected person \| ([\d,]+) bytes", TEXT)[1].replace(",", ""))

    size = measure(redis_process(), users=500)

    # A few people share Redis' fixed tables with nobody: their share is larger.
    assert 0.5 * told < size.bytes_per_user < 1.5 * told
