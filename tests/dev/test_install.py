"""What `dev.py` prepares before it starts anything."""

import os

from devtools import install


def test_compiled_files_unwanted_in_the_tree_are_kept_with_the_data(monkeypatch):
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
