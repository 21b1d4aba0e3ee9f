"""Mutation checks: change one guarded line in a copy of the project, and run the test that guards it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
NOT_COPIED = (".git", ".venv", ".data", "node_modules", ".*_cache", ".hypothesis", "test-results", "__pycache__")
PYTEST = Path(__file__).with_name("mutation_pytest.py")

CAUGHT, SURVIVED, UNSOUND, CRASHED = "caught", "SURVIVED", "UNSOUND", "CRASHED"


@dataclass(frozen=True)
class Mutant:
    """A changed line. ``old`` occurs once in ``file``; with ``new`` in its place, ``test`` must fail."""

    name: str
    file: str
    old: str
    new: str
    test: str

    def apply(self, root: Path) -> str:
        """The text of the file in ``root`` with the line changed."""
        return (root / self.file).read_text().replace(self.old, self.new)


def verdict(mutant: Mutant, copy: Path) -> str:
    """``caught`` when the tests pass, and an assertion of theirs fails with the changed line. Restores the file.

    ``UNSOUND``: they fail without the change too. ``CRASHED``: with the change they end in another way than by an
    assertion, for example in a NameError or during collection. That proves nothing about the guarded line.
    """
    if _run_pytest(mutant, copy) != 0:
        return UNSOUND
    file = copy / mutant.file
    original = file.read_text()
    file.write_text(mutant.apply(copy))
    try:
        return {0: SURVIVED, 1: CAUGHT}.get(_run_pytest(mutant, copy), CRASHED)
    finally:
        file.write_text(original)


def _run_pytest(mutant: Mutant, copy: Path) -> int:
    """The exit status of ``mutation_pytest.py``."""
    command = [sys.executable, str(PYTEST), mutant.file, *mutant.test.split()]
    # A compiled file is stale only if size or time differ: a change of the same size within one second is missed.
    environ = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(command, cwd=copy, env=environ, capture_output=True, timeout=300).returncode


def type_errors(mutants: Sequence[Mutant], copy: Path) -> list[str]:
    """What mypy says about the changed files, each line with the names of the mutants of its file.

    Changes of different files are checked in one run of mypy; several of one file need a run each.
    """
    errors: list[str] = []
    python = [mutant for mutant in mutants if mutant.file.endswith(".py")]
    while python:
        batch = {mutant.file: mutant for mutant in reversed(python)}
        python = [mutant for mutant in python if mutant is not batch[mutant.file]]
        originals = {file: (copy / file).read_text() for file in batch}
        for mutant in batch.values():
            (copy / mutant.file).write_text(mutant.apply(copy))
        errors += [f"{batch[file].name}: {message}" for file, message in _run_mypy(copy) if file in batch]
        for file, original in originals.items():
            (copy / file).write_text(original)
    return errors


def _run_mypy(copy: Path) -> list[tuple[str, str]]:
    """Pairs of file and error message."""
    command = [sys.executable, "-m", "mypy", "--output", "json", "--no-warn-unused-ignores"]
    output = subprocess.run(command, cwd=copy, capture_output=True, text=True).stdout
    errors = [json.loads(line) for line in output.splitlines() if line.startswith("{")]
    return [(error["file"], f"{error['file']}:{error['line']}: {error['message']}") for error in errors]


def main(arguments: list[str], mutants: Sequence[Mutant]) -> int:
    """The exit status: 1 when a mutant is not caught, or when mypy objects to one (``--types``)."""
    types_only = "--types" in arguments
    words = [argument for argument in arguments if argument != "--types"]
    chosen = [mutant for mutant in mutants if not words or any(word in mutant.name + mutant.file for word in words)]
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "copy"
        shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(*NOT_COPIED))
        return _check_types(chosen, copy) if types_only else _check_tests(chosen, copy)


def _check_types(chosen: Sequence[Mutant], copy: Path) -> int:
    errors = type_errors(chosen, copy)
    print("\n".join([*errors, f"{len(chosen)} mutants, {len(errors)} type errors"]))
    return 1 if errors else 0


def _check_tests(chosen: Sequence[Mutant], copy: Path) -> int:
    caught = 0
    for mutant in chosen:
        result = verdict(mutant, copy)
        caught += result == CAUGHT
        print(f"{result:8}  {mutant.name:45} {mutant.test.split()[0]}", flush=True)
    print(f"{caught} of {len(chosen)} caught")
    return 0 if caught == len(chosen) else 1
