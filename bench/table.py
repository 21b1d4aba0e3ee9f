"""What was measured, as a table and as JSON, with the machine it was measured on."""

from __future__ import annotations

import datetime
import os
import platform
import re
import ssl
import subprocess
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

from bench.figures import Figure
from devtools import found
from devtools.install import ROOT

#: The text below these lines in README.md comes from the last run as the app is, and without the fast path.
MARK = "<!-- Below: the last run, written by `python3 dev.py bench --keep`. -->"
PLAIN_MARK = "<!-- Below: the last run without the fast path, written by `FAST_PATH=0 python3 dev.py bench --keep`. -->"
COLUMNS = ("figure", "measured", "must", "stretch", "")


def table(figures: Sequence[Figure], *, with_limits: bool = True) -> str:
    """The figures in Markdown, one a line, in columns."""
    columns = len(COLUMNS) if with_limits else 2
    rows = [row[:columns] for row in (COLUMNS, *(_cells(figure) for figure in figures))]
    widths = [max(len(row[column]) for row in rows) for column in range(columns)]
    lines = [
        "| " + " | ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)) + " |" for row in rows
    ]
    return "\n".join([lines[0], "|" + "|".join("-" * (width + 2) for width in widths) + "|", *lines[1:]])


def _cells(figure: Figure) -> tuple[str, str, str, str, str]:
    sign = "≥" if figure.at_least else "≤"
    must, stretch = (
        "" if limit is None else f"{sign} {_number(limit)} {figure.unit}" for limit in (figure.must, figure.stretch)
    )
    return figure.what, f"{_number(figure.value)} {figure.unit}", must, stretch, figure.verdict


def _number(value: float) -> str:
    """A number with three significant digits."""
    return f"{value:,.0f}" if abs(value) >= 100 or value == int(value) else f"{value:.3g}"


def as_json(figures: Sequence[Figure], about: dict[str, str]) -> dict[str, Any]:
    return {"machine": about, "figures": [{**vars(each), "verdict": each.verdict} for each in figures]}


def machine() -> dict[str, str]:
    """Date, commit and machine, for the comparison of two tables."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    packages = ", ".join(f"{name} {version(name)}" for name in ("flask", "gunicorn", "requests", "urllib3", "redis"))
    return {
        "date": datetime.date.today().isoformat(),
        "commit": _said(["git", "-C", str(ROOT), "describe", "--always", "--dirty"]),
        "processor": f"{_processor()}, {os.cpu_count()} cores; {memory:.0f} GB",
        "system": f"{platform.system()} {platform.release()}",
        "python": f"{platform.python_version()}, {ssl.OPENSSL_VERSION}; {packages}",
        "node": _said([found.program("node") or "node", "--version"]),
        "nginx": _said([found.program("nginx") or "nginx", "-v"]).rpartition("/")[2],
        "redis": _said([found.redis_server() or found.embedded_valkey() or "redis-server", "--version"]),
        "load before": " ".join(f"{each:.2f}" for each in os.getloadavg()),
    }


def _processor() -> str:
    named = re.search(r"^model name\s*: (.*)", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    return named[1] if named else platform.machine()


def _said(command: list[str]) -> str:
    try:
        done = subprocess.run(command, capture_output=True, text=True)
    except FileNotFoundError:
        return "none"
    return (done.stdout or done.stderr).strip().partition("\n")[0][:60]


def keep(readme: Path, figures: Sequence[Figure], about: dict[str, str], *, fast_path: bool = True) -> None:
    """Replace the table of runs with or without the fast path in the README. The limits are for runs with it."""
    before, _, tables = readme.read_text().partition(MARK)
    fast, _, plain = tables.partition(PLAIN_MARK)
    facts = "\n".join(f"- {name}: {value}" for name, value in about.items())
    text = f"{facts}\n\n{table(figures, with_limits=fast_path)}"
    fast, plain = (text, plain) if fast_path else (fast, f"Without the fast path:\n\n{text}")
    parts = [MARK, fast.strip(), *([PLAIN_MARK, plain.strip()] if plain.strip() else [])]
    readme.write_text(before + "\n\n".join(parts) + "\n")
