"""The memory per user on docs/architecture.md is right."""

import math
import re
from pathlib import Path

from tests.sizing import measure

TEXT = (Path(__file__).resolve().parent.parent / "docs" / "architecture.md").read_text()


def test_a_person_uses_no_more_memory_than_the_sizing_table_says(redis_process):
    documented_bytes = int(re.search(r"\| Redis, per connected person \| ([\d,]+) bytes", TEXT)[1].replace(",", ""))

    size = measure(redis_process(), users=500)

    # With few users, each has a larger share of Redis' fixed tables.
    assert 0.5 * documented_bytes < size.bytes_per_user < 1.5 * documented_bytes


def test_the_figures_for_a_million_people_follow_from_the_others():
    cost, a_second = (
        float(found) for found in re.search(r"([\d.]+) ms of processor, so (\d+) a second", TEXT).groups()
    )
    dyno = int(re.search(r"requests a second, a dyno of two processes \| (\d+)", TEXT)[1])
    total, cores, dynos, processes = (
        int(found.replace(",", ""))
        for found in re.search(
            r"([\d,]+) calls a second: (\d+) cores .* (\d+) such dynos?, (\d+) processes", TEXT
        ).groups()
    )

    assert a_second == 1000 / cost
    assert total == round(1_000_000 * 10 / 3600, -2)
    assert (cores, dynos, processes) == (math.ceil(total * cost / 1000), math.ceil(total / dyno), 2 * dynos)
