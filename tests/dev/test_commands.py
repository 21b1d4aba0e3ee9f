"""`dev.py` itself: help, mistakes, and a Python that is too old."""

import ast
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.servers import ROOT

NAMES = ("run", "test", "check", "bench", "lock")


def dev(*arguments, python=sys.executable):
    return subprocess.run([python, "dev.py", *arguments], cwd=ROOT, capture_output=True, text=True)


@pytest.mark.parametrize(
    "arguments", [["--help"], ["-h"], ["help"], ["run", "--help"], ["run", "-h"], ["check", "--help"]], ids=" ".join
)
def test_help_names_every_command_and_succeeds(arguments):
    done = dev(*arguments)

    assert (done.returncode, done.stderr) == (0, "")
    assert all(f"dev.py {name}" in done.stdout for name in NAMES)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("runn", "There is no command named runn. Did you mean run?"),
        ("tset", "There is no command named tset. Did you mean test?"),
        ("fly", "There is no command named fly."),
    ],
)
def test_a_mistyped_command_is_named_with_the_known_ones(typed, sentence):
    done = dev(typed)

    assert done.returncode == 2
    assert done.stderr.splitlines()[0] == sentence
    assert all(f"dev.py {name}" in done.stderr for name in NAMES)


def test_without_a_command_the_known_ones_are_listed():
    done = dev()

    assert done.returncode == 2
    assert all(f"dev.py {name}" in done.stderr for name in NAMES)


def test_run_takes_no_arguments():
    done = dev("run", "fast")

    assert done.returncode == 2
    assert done.stderr == "`dev.py run` takes no arguments; set PORT and the other settings in the environment.\n"


AS_OLD = """
import runpy, sys
sys.version_info = (3, 10, 13, "final", 0)
sys.version = "3.10.13 (main)"
runpy.run_path("dev.py", run_name="__main__")
"""


def test_an_older_python_gets_one_sentence():
    done = subprocess.run([sys.executable, "-c", AS_OLD], cwd=ROOT, capture_output=True, text=True)

    assert done.returncode == 1
    assert done.stderr == "This project needs Python 3.11 or newer; this is 3.10.13.\n"


def test_an_older_python_can_read_the_file_up_to_the_check():
    source = (ROOT / "dev.py").read_text()
    nodes = list(ast.walk(ast.parse(source)))

    assert source.isascii()
    new_syntax = (ast.JoinedStr, ast.AnnAssign, ast.FunctionDef, ast.AsyncFunctionDef, ast.NamedExpr, ast.Match)
    assert not [node for node in nodes if isinstance(node, new_syntax)]
    imports = [node for node in nodes if isinstance(node, ast.ImportFrom)]
    check = next(node for node in nodes if isinstance(node, ast.If))
    assert imports and all(node.lineno > check.lineno for node in imports)


def older_pythons():
    """The interpreters before 3.11 that this machine has."""
    names = ["python2.7", *(f"python3.{minor}" for minor in range(6, 11))]
    versions = Path.home() / ".pyenv" / "versions"
    pyenv = [str(path) for name in names for path in versions.glob(f"*/bin/{name}")]
    on_path = [path for name in names if (path := shutil.which(name)) and ".pyenv/shims" not in path]
    return sorted({*pyenv, *on_path})


def test_every_older_python_of_this_machine_gets_that_sentence():
    for python in older_pythons():
        done = dev("run", python=python)

        assert done.returncode == 1, python
        assert done.stderr.startswith("This project needs Python 3.11 or newer; this is "), done.stderr
        assert len(done.stderr.splitlines()) == 1
