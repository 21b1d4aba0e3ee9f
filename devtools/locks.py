"""`dev.py lock`: each `requirements*.in` becomes the `.txt` of the same name, with hashes, for every platform."""

import shutil
import subprocess

from devtools.install import ROOT, TEST, VENV, Failed, say

LOCK = ["pip", "compile", "--quiet", "--generate-hashes", "--universal", "--python-version", "3.11"]
# Whose index the packages came from is the business of whoever installs them.
HEADER = ["--no-emit-index-url", "--custom-compile-command", "python3 dev.py lock"]


def main(arguments: list[str]) -> int:
    """0 when all locks are written; arguments such as ``--upgrade`` are uv's."""
    uv = shutil.which("uv") or shutil.which("uv", path=VENV / "bin")
    if not uv:
        raise Failed("Locks are made with uv. Install it: .venv/bin/python -m pip install uv")
    for lock in TEST:
        source = lock.replace(".txt", ".in")
        say(f"{source} → {lock}")
        if subprocess.run([uv, *LOCK, *HEADER, *arguments, source, "-o", lock], cwd=ROOT).returncode:
            raise Failed(f"uv could not lock {source}; see above.")
    return 0
