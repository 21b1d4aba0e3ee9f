"""Medians, ratios and limits of the benchmark's rounds."""

from bench.figures import Figure, alternate, ratio
from bench.table import MARK, PLAIN_MARK, keep, table


def test_every_second_round_runs_the_targets_in_reverse_order():
    turns = []

    results = alternate(["a", "b"], 3, lambda who: turns.append(who) or len(turns))

    assert turns == ["a", "b", "b", "a", "a", "b"]
    assert results == [[1, 4, 5], [2, 3, 6]]


def test_a_ratio_compares_neighbours():
    # The machine was three times as slow in the last round, for both.
    assert ratio([1, 2, 6], [2, 4, 12]) == 0.5


def test_a_limit_can_be_an_upper_or_a_lower_one():
    upper = [Figure("", value, must=1.0, stretch=0.5).verdict for value in (0.5, 1.0, 1.01)]
    lower = [Figure("", value, must=5, stretch=8, at_least=True).verdict for value in (8, 5, 4.9)]

    assert upper == lower == ["stretch", "holds", "MISSED"]
    assert Figure("told only", 1).verdict == ""


def test_the_table_shows_each_limit_and_whether_it_holds():
    rows = table([Figure("CPU", 0.1834, must=0.3, stretch=0.2), Figure("calls", 2150, "/s")]).splitlines()

    assert [cell.strip() for cell in rows[2].split("|")[1:-1]] == ["CPU", "0.183 x", "≤ 0.3 x", "≤ 0.2 x", "stretch"]
    assert [cell.strip() for cell in rows[3].split("|")[1:-1]] == ["calls", "2,150 /s", "", "", ""]


def test_the_last_run_replaces_the_one_before(tmp_path):
    readme = tmp_path / "README.md"
    readme.write_text(f"How it works.\n{MARK}\n\nold\n")

    keep(readme, [Figure("CPU", 1)], {"date": "2026-11-24"})

    text = readme.read_text()
    assert text.startswith(f"How it works.\n{MARK}\n\n- date: 2026-11-24\n")
    assert "old" not in text


def test_runs_with_and_without_the_fast_path_have_a_table_each(tmp_path):
    readme = tmp_path / "README.md"
    readme.write_text("How it works.\n")
    keep(readme, [Figure("CPU", 1, "ms", must=2)], {"date": "2026-11-24"})
    keep(readme, [Figure("CPU", 3, "ms", must=2)], {"date": "2026-11-25"}, fast_path=False)
    keep(readme, [Figure("CPU", 1.5, "ms", must=2)], {"date": "2026-11-26"})

    fast, plain = readme.read_text().split(PLAIN_MARK)

    assert fast.startswith(f"How it works.\n{MARK}\n\n- date: 2026-11-26\n")
    assert "1.5 ms" in fast and "≤ 2 ms" in fast
    assert "date: 2026-11-25" in plain and "3 ms" in plain
    assert "MISSED" not in plain and "≤" not in plain
