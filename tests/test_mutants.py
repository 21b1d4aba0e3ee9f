"""The list of mutants fits the code, and the verdict about a mutant is right."""

import re
import subprocess
import sys

import pytest

from tests.mutants import MUTANTS
from tests.support.mutation import ROOT, Mutant, type_errors, verdict


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_a_mutant_names_one_existing_line_and_existing_tests(mutant):
    assert (ROOT / mutant.file).read_text().count(mutant.old) == 1
    assert mutant.old != mutant.new
    for test in mutant.test.split():
        path, _, name = test.partition("::")
        assert not name or re.search(rf"^def {name}\(", (ROOT / path).read_text(), re.MULTILINE)
        assert (ROOT / path).exists()


def test_a_mutant_compiles_and_uses_no_undefined_name(tmp_path):
    python = [mutant for mutant in MUTANTS if mutant.file.endswith(".py")]
    for number, mutant in enumerate(python):
        (tmp_path / f"{number:03} {mutant.name.replace('/', ' ')}.py").write_text(mutant.apply(ROOT))

    ruff = [sys.executable, "-m", "ruff", "check", "--isolated", "--no-cache", "--select", "F821,E9", "--quiet"]
    result = subprocess.run([*ruff, "--output-format", "concise", "."], cwd=tmp_path, capture_output=True, text=True)

    assert result.stdout == ""


@pytest.fixture
def copy(tmp_path):
    """A project of one function and the test that guards it."""
    (tmp_path / "project.py").write_text("def one() -> int:\n    return 1\n")
    (tmp_path / "pyproject.toml").write_text('[tool.mypy]\nfiles = ["project.py"]\n')
    test = "import project\n\n\ndef test_one():\n    assert project.one() == 1\n"
    (tmp_path / "test_project.py").write_text(test)
    return tmp_path


def mutant(new, test="test_project.py::test_one"):
    return Mutant("one is one", "project.py", "return 1", new, test)


@pytest.mark.parametrize(
    ("new", "expected"),
    [
        ("return 2", "caught"),
        ("return 2 - 1", "SURVIVED"),
        ("return (", "CRASHED"),
        ("return undefined", "CRASHED"),
        ("return 1 + ''", "CRASHED"),
        ("import undefined", "CRASHED"),
        ("assert False", "CRASHED"),
    ],
)
def test_a_mutant_is_caught_only_by_a_failing_assertion_of_its_test(copy, new, expected):
    assert verdict(mutant(new), copy) == expected
    assert "return 1\n" in (copy / "project.py").read_text()


def test_a_failing_pytest_raises_catches_a_mutant(copy):
    (copy / "project.py").write_text("def one() -> int:\n    raise ValueError\n")
    test = "import project, pytest\n\n\ndef test_one():\n    with pytest.raises(ValueError):\n        project.one()\n"
    (copy / "test_project.py").write_text(test)
    swallowed = Mutant("errors surface", "project.py", "raise ValueError", "return 1", "test_project.py::test_one")

    assert verdict(swallowed, copy) == "caught"


def test_an_assertion_that_cannot_be_evaluated_catches_a_mutant(copy):
    (copy / "test_project.py").write_text(
        "import project\n\n\ndef test_one():\n    assert project.one().bit_count() == 1\n"
    )

    assert verdict(mutant("return ''"), copy) == "caught"


def test_a_test_that_does_not_exist_is_unsound(copy):
    assert verdict(mutant("return 2", "test_project.py::test_two"), copy) == "UNSOUND"


def test_a_test_that_fails_without_the_mutant_is_unsound(copy):
    (copy / "test_project.py").write_text("def test_one():\n    assert False\n")

    assert verdict(mutant("return 2"), copy) == "UNSOUND"


def test_type_errors_of_replacements_are_found_one_by_one(copy):
    mutants = [mutant("return ''"), mutant("return 2"), mutant("return undefined")]

    errors = type_errors(mutants, copy)

    assert [re.sub(r"^.*: ", "", error) for error in errors] == [
        'Incompatible return value type (got "str", expected "int")',
        'Name "undefined" is not defined',
    ]
    assert "return 1\n" in (copy / "project.py").read_text()
