"""A check of `flask verify`: the row of docs/unknowns.md that it answers, what it writes, and its result."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from zoomapp.cli.verify.account import Account, Refusal

Outcome = Literal["confirmed", "different", "not testable"]


class NotTestable(Exception):
    """This account lacks what a check needs. The message is a sentence that says what."""


@dataclass(frozen=True)
class Result:
    """``found``: a sentence about what Zoom did, or why the check could not run."""

    outcome: Outcome
    found: str


@dataclass(frozen=True)
class Check:
    """One check. ``row``: how its row of docs/unknowns.md begins. ``writes``: what it changes at Zoom, or empty."""

    name: str
    row: str
    run: Callable[[Account], Result]
    writes: str = ""


def answers(name: str, row: str, writes: str = "") -> Callable[[Callable[[Account], Result]], Check]:
    """Make a check of a function."""
    return lambda run: Check(name, row, run, writes)


def judge(is_confirmed: bool, found: str) -> Result:
    """Confirmed, or different."""
    return Result("confirmed" if is_confirmed else "different", found)


def describe(refusal: Refusal | None) -> str:
    """A refusal as part of a sentence."""
    return f"refused with {refusal.status} and code {refusal.code}" if refusal else "not refused"
