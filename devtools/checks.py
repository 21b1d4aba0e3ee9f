"""`dev.py check`: run all checks, then report which failed."""

import subprocess

from devtools import install
from devtools.install import PYTHON, ROOT, Failed, say

CHECKS = {
    "ruff": ["ruff", "check", "--quiet", "."],
    "ruff format": ["ruff", "format", "--check", "--quiet", "."],
    "mypy": ["mypy", "--no-error-summary"],
    "djlint": ["djlint", "--lint", "--quiet", "templates", "offline-zoom/src"],
    "house": ["pytest", "-q", "tests/test_house.py"],
}


def main(arguments: list[str]) -> int:
    """The exit status: 0 if all checks pass. Arguments name the checks to run; without any, all run."""
    unknown = set(arguments) - set(CHECKS)
    if unknown:
        raise Failed(f"There is no check named {', '.join(sorted(unknown))}; there are {', '.join(CHECKS)}.")
    install.ensure(install.TEST)
    wanted = arguments or list(CHECKS)
    failed = [name for name in wanted if not _passes(name)]
    say(f"Failed: {', '.join(failed)}." if failed else f"Passed: {', '.join(wanted)}.")
    return 1 if failed else 0


def _passes(name: str) -> bool:
    return subprocess.run([PYTHON, "-m", *CHECKS[name]], cwd=ROOT).returncode == 0
