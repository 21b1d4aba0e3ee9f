"""`dev.py lock`: each `requirements*.in` becomes the `.txt` of the same name, with hashes, for every platform."""

import shutil
import subprocess

from devtools.install import ROOT, TEST, VENV, Failed, say

LOCK = ["pip", "compile", "--quiet", "--generate-hashes", "--universal", "--python-version", "3.11"]
# The lock does not name an index: each user installs from their own.
HEADER = ["--no-emit-index-url", "--custom-compile-command", "python3 dev.py lock"]


def main(arguments: list[str]) -> int:
    """The exit status: 0 when all locks are written. Arguments such as ``--upgrade`` are passed to uv."""
    uv = shutil.which("uv") or shutil.which("uv", path=VENV / "bin")
    if not uv:
        raise Failed("Locking needs uv. Install it: .venv/bin/python -m pip install uv")
    for lock in TEST:
        source = lock.replace(".txt", ".in")
        say(f"{source} → {lock}")
        if subprocess.run([uv, *LOCK, *HEADER, *arguments, source, "-o", lock], cwd=ROOT).returncode:
            raise Failed(f"uv could not lock {source}; see above.")
    return 0
