"""What the doctor found: one thing it looked at, how it is, and what to do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

State = Literal["ok", "warn", "fail"]


@dataclass(frozen=True)
class Finding:
    """``about`` names what was looked at, and stays the same over releases; ``todo`` is empty when all is well."""

    about: str
    state: State
    says: str
    todo: str = ""


def ok(about: str, says: str) -> Finding:
    return Finding(about, "ok", says)


def warn(about: str, says: str, todo: str) -> Finding:
    """It works, and will not always."""
    return Finding(about, "warn", says, todo)


def fail(about: str, says: str, todo: str) -> Finding:
    """Somebody will meet an error."""
    return Finding(about, "fail", says, todo)
