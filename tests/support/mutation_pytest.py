"""Runs pytest for one mutant: ``python mutation_pytest.py <mutated file> <tests…>``.

Exit status: 0 all tests passed, 1 an assertion failed, 3 anything else. It starts in a copy of the project, so it
imports nothing of the project.
"""

import sys
from pathlib import Path

import pytest

CRASH = 3


class FailureKinds:
    """A pytest plugin: records for each failure whether it is an assertion of a test."""

    def __init__(self, app: Path) -> None:
        self.assertions: list[bool] = []
        self._app = app

    def pytest_exception_interact(self, node, call, report):
        error, frames = call.excinfo.value, call.excinfo.traceback
        inside_the_app = any(Path(frame.path).is_relative_to(self._app) for frame in frames)
        # ``assert response.json["error"] == …`` is a TypeError where the response has no JSON: that assertion failed.
        asserts = any(str(frame.statement).lstrip().startswith("assert ") for frame in frames)
        self.assertions.append(not inside_the_app and (asserts or is_assertion(error)))


def is_assertion(error: BaseException) -> bool:
    """Whether the error is a failed ``assert`` or ``pytest.fail``, or a group of nothing else."""
    if isinstance(error, BaseExceptionGroup):
        return all(is_assertion(inner) for inner in error.exceptions)
    return isinstance(error, (AssertionError, pytest.fail.Exception))


def main(mutated_file: str, tests: list[str]) -> int:
    sys.path.insert(0, str(Path.cwd()))
    kinds = FailureKinds(Path.cwd() / Path(mutated_file).parts[0])
    status = pytest.main(["-q", "-x", "-p", "no:cacheprovider", *tests], plugins=[kinds])
    if status in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED):
        return int(status) if all(kinds.assertions) else CRASH
    return CRASH


if __name__ == "__main__":
    sys.path.pop(0)  # the folder of this script is not one of the project's import roots
    sys.exit(main(sys.argv[1], sys.argv[2:]))
