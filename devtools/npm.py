"""Packages of npm, for programs in Node that tests and the benchmark run."""

import subprocess
from pathlib import Path

from devtools.found import need
from devtools.install import Failed, say


def ensure(folder: Path) -> None:
    """Install the packages of the folder's lock file, unless they are installed already. Raises Failed."""
    lock, installed = folder / "package-lock.json", folder / "node_modules" / ".package-lock.json"
    if installed.exists() and installed.stat().st_mtime >= lock.stat().st_mtime:
        return
    say(f"Installing the packages of {lock.parent.name} with npm (once) …")
    command = [need("npm"), "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"]
    if subprocess.run(command, cwd=folder, stdout=subprocess.DEVNULL).returncode:
        raise Failed(f"npm could not install the packages of {folder}; see above.")
