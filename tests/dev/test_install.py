"""The preparation of `dev.py`: the virtual environment and compiled files."""

import os
import subprocess
import sys

import pytest

from devtools import install
from tests.support.servers import clean_environ


def test_compiled_files_unwanted_in_the_tree_are_written_to_the_data_folder(monkeypatch):
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    monkeypatch.setenv("PYTHONPYCACHEPREFIX", "")

    install.keep_bytecode()

    assert "PYTHONDONTWRITEBYTECODE" not in os.environ
    assert os.environ["PYTHONPYCACHEPREFIX"] == str(install.ROOT / ".data" / "bytecode")


def test_compiled_files_stay_where_python_puts_them_otherwise(monkeypatch):
    monkeypatch.delenv("PYTHONDONTWRITEBYTECODE", raising=False)
    monkeypatch.setenv("PYTHONPYCACHEPREFIX", "elsewhere")

    install.keep_bytecode()

    assert os.environ["PYTHONPYCACHEPREFIX"] == "elsewhere"


@pytest.fixture
def foreign_venv(checkout):
    """A checkout whose ``.venv`` is not ours to write: another user's, or where no other user can be had, read-only."""
    folder = checkout / ".venv"
    folder.unlink()
    folder.mkdir()
    if os.geteuid() == 0:
        os.chown(folder, 12345, 12345)
    else:
        folder.chmod(0o500)
    yield checkout
    folder.chmod(0o700)


@pytest.mark.parametrize("command", ["run", "test", "check"])
def test_a_virtual_environment_of_another_user_is_named_and_left_alone(foreign_venv, command):
    done = subprocess.run(
        [sys.executable, "dev.py", command], cwd=foreign_venv, env=clean_environ(), capture_output=True, text=True
    )

    assert done.returncode == 1
    assert done.stderr.startswith("You cannot change .venv: it belongs to another user (")
    assert len(done.stderr.splitlines()) == 1
    assert list((foreign_venv / ".venv").iterdir()) == []
