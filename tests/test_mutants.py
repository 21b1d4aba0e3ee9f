"""The list of guarded lines is true of the code as it stands."""

import re

import pytest

from tests.mutants import MUTANTS, ROOT, Mutant, verdict


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_the_line_is_there_to_be_taken_out_and_its_test_to_notice(mutant):
    assert (ROOT / mutant.file).read_text().count(mutant.old) == 1
    for test in mutant.test.split():
        path, _, name = test.partition("::")
        assert not name or re.search(rf"^def {name}\(", (ROOT / path).read_text(), re.MULTILINE)
        assert (ROOT / path).exists()


@pytest.fixture
def copy(tmp_path):
    """A project of one line, and the test that guards it."""
    (tmp_path / "it.py").write_text("def one():\n    return 1\n")
    (tmp_path / "test_it.py").write_text("import it\n\n\ndef test_one():\n    assert it.one() == 1\n")
    return tmp_path


@pytest.mark.parametrize(
    ("new", "test", "told"),
    [
        ("return 2", "test_it.py::test_one", "caught"),
        ("return 2 - 1", "test_it.py::test_one", "SURVIVED"),
        ("return (", "test_it.py::test_one", "UNCLEAR"),
        ("return 2", "test_it.py::test_that_is_not_there", "UNSOUND"),
    ],
)
def test_a_line_counts_as_guarded_when_its_test_passes_with_it_and_fails_without(copy, new, test, told):
    assert verdict(Mutant("one is one", "it.py", "return 1", new, test), copy) == told
    assert "return 1\n" in (copy / "it.py").read_text()


def test_a_test_that_fails_anyway_guards_nothing(copy):
    (copy / "test_it.py").write_text("def test_one():\n    assert False\n")

    assert verdict(Mutant("one is one", "it.py", "return 1", "return 2", "test_it.py::test_one"), copy) == "UNSOUND"
