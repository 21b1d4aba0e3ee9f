"""What the dossier reads from files of the project: security promises, locked packages, scripts of others."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import click

ROOT = Path(__file__).resolve().parents[3]
#: What needs the packages that ``requirements.in`` names.
APP = "this app"
_PACKAGE = re.compile(r"^([A-Za-z0-9._-]+)==([^ \\]+)")
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")
_VIA = re.compile(r"^    #(?: via|  ) (-r|[A-Za-z0-9._-]+)")


@dataclass(frozen=True)
class Package:
    """A package that the lock file names. ``needed_by``: the packages that need it, or APP."""

    name: str
    version: str
    hashes: tuple[str, ...]
    needed_by: tuple[str, ...]


@dataclass(frozen=True)
class Script:
    """A script of others that the app serves."""

    file: str
    package: str
    version: str
    license: str
    sha256: str


@dataclass(frozen=True)
class Promise:
    """A promise of SECURITY.md and the names of its tests."""

    number: str
    text: str
    tests: tuple[str, ...]


def packages() -> list[Package]:
    """The packages of the lock file ``requirements.txt``."""
    found: list[tuple[str, str, list[str], list[str]]] = []
    for line in _read("requirements.txt").splitlines():
        if package := _PACKAGE.match(line):
            found.append((package[1], package[2], [], []))
        elif found:
            found[-1][2].extend(_HASH.findall(line))
            if via := _VIA.match(line):
                found[-1][3].append(APP if via[1] == "-r" else via[1])
    return [Package(name, version, tuple(hashes), tuple(via)) for name, version, hashes, via in found]


def scripts() -> list[Script]:
    """The scripts in ``static/vendor``, from the table beside them."""
    rows = [_cells(line) for line in _read("static/vendor/README.md").splitlines() if line.startswith("| `")]
    return [
        Script(f"static/vendor/{file}", package, version, license.partition(",")[0], sha256)
        for file, package, version, license, sha256 in rows
    ]


def promises() -> list[Promise]:
    """The promises of SECURITY.md."""
    rows = [_cells(line) for line in _read("SECURITY.md").splitlines() if re.match(r"\| P\d+ \|", line)]
    return [Promise(number, text, tuple(re.findall(r"tests/[\w/.]+(?:::\w+)?", tests))) for number, text, tests in rows]


def section(heading: str) -> str:
    """The text of a section of SECURITY.md, without its heading."""
    return _read("SECURITY.md").partition(f"## {heading}\n")[2].partition("\n## ")[0].strip()


def _cells(row: str) -> list[str]:
    """The cells of a row of a Markdown table. A text in backticks loses them if it is a whole cell."""
    cells = [cell.strip() for cell in row.strip().strip("|").split(" | ")]
    return [cell[1:-1] if re.fullmatch(r"`[^`]*`", cell) else cell for cell in cells]


def _read(name: str) -> str:
    try:
        return (ROOT / name).read_text("utf-8")
    except OSError as error:
        raise click.ClickException(f"{name} is missing: run this command in a checkout of the project.") from error
