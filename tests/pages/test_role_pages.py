"""docs/roles.md: every role in every situation, with the words of the page and a test that exists."""

import re
from pathlib import Path

import pytest

from tests.pages import role_pages

ROOT = Path(__file__).resolve().parents[2]
CELLS = [cell for cells in role_pages.SITUATION_CELLS.values() for cell in cells]


def test_table_in_the_docs_is_the_generated_one():
    head, _, table = role_pages.DOCS.read_text().partition(role_pages.BEGIN)

    assert head.startswith("# ")
    assert table == role_pages.table()


@pytest.mark.parametrize("situation", role_pages.SITUATION_CELLS)
def test_each_role_is_listed_once_in_each_situation(situation):
    roles = [role for cell in role_pages.SITUATION_CELLS[situation] for role in cell.roles]

    assert sorted(roles) == sorted(role_pages.ROLES)


def test_tests_and_words_of_the_table_exist():
    """A role at the end of a quote, and what "…" stands for, are filled in by the page."""
    text = " ".join(path.read_text() for path in (*ROOT.glob("templates/**/*.html"), *ROOT.glob("static/js/*.js")))
    shown = text + re.sub(r"\s+", " ", re.sub(r"<[^>]+>|{+[^{}]*}+", "", text))
    missing = []
    for cell in CELLS:
        path, name = cell.test
        if name and f"def {name}(" not in (ROOT / path).read_text():
            missing.append(name)
        for words in re.findall("“([^”]+)”", cell.says):
            parts = re.sub(r"(co-)?host\.?$", "", words).split("…")
            missing += [part for part in parts if part.strip() not in shown]

    assert missing == []
