"""Runs pytest for one mutant: ``python mutation_pytest.py <mutated file> <tests…>``.

Exit status: 0 all tests passed, 1 an assertion failed, 3 anything else. It starts in a copy of the project, so it
imports nothing of the project.
"""

import sys
from pathlib import Path

import pytest

CRASH = 3


class FailureKinds:
    """A pytest plugin: notes for each failure whether an assertion outside the mutated file raised it."""

    def __init__(self, mutated_file: Path) -> None:
        self.assertions: list[bool] = []
        self._mutated_file = mutated_file

    def pytest_exception_interact(self, node, call, report):
        raised_in = Path(call.excinfo.traceback[-1].path)
        self.assertions.append(raised_in != self._mutated_file and is_assertion(call.excinfo.value))


def is_assertion(error: BaseException) -> bool:
    """Whether the error is a failed ``assert`` or ``pytest.fail``, or a group of nothing else."""
    if isinstance(error, BaseExceptionGroup):
        return all(is_assertion(inner) for inner in error.exceptions)
    return isinstance(error, (AssertionError, pytest.fail.Exception))


def main(mutated_file: str, tests: list[str]) -> int:
    sys.path.insert(0, str(Path.cwd()))
    kinds = FailureKinds(Path.cwd() / mutated_file)
    status = pytest.main(["-q", "-x", "-p", "no:cacheprovider", *tests], plugins=[kinds])
    if status in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED):
        return int(status) if all(kinds.assertions) else CRASH
    return CRASH


if __name__ == "__main__":
    sys.path.pop(0)  # the folder of this script is not one of the project's import roots
    sys.exit(main(sys.argv[1], sys.argv[2:]))
