"""A finding of `flask doctor`: what was checked, its state, and what to do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

State = Literal["ok", "warn", "fail"]


@dataclass(frozen=True)
class Finding:
    """``about``: a name of the check that does not change between releases. ``todo``: empty if the state is ok."""

    about: str
    state: State
    says: str
    todo: str = ""


def ok(about: str, says: str) -> Finding:
    """Nothing to do."""
    return Finding(about, "ok", says)


def warn(about: str, says: str, todo: str) -> Finding:
    """It works now, but may stop working."""
    return Finding(about, "warn", says, todo)


def fail(about: str, says: str, todo: str) -> Finding:
    """Users will get an error."""
    return Finding(about, "fail", says, todo)
