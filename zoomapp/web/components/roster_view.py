"""What the page of a roster shows: its sentences and the cells of its filters."""

from __future__ import annotations

from collections.abc import Callable

from zoomapp.attendance.names import initials
from zoomapp.attendance.roster import RosterReport
from zoomapp.attendance.roster_file import RosterEntry
from zoomapp.attendance.roster_matching import HOW
from zoomapp.web.components import tally
from zoomapp.web.components.tally import TallyCell

#: The filters: name, small bar, text.
TALLY = (
    ("", "all", "Roster"),
    ("present", "here", "Present"),
    ("late", "late", "Late"),
    ("absent", "missed", "Absent"),
    ("check", "check", "Check"),
    ("other", "new", "Not on it"),
)
#: A list that a filter leaves empty.
EMPTY = {
    "present": "Nobody was on time.",
    "late": "Nobody was late.",
    "absent": "Everyone on the roster came.",
    "check": "There is nothing to check.",
    "other": "Everyone who came is on the roster.",
}


def tally_of(report: RosterReport, show: str, link: Callable[[str], str]) -> list[TallyCell]:
    """The filters with their counts. ``link``: the address for the name of a filter."""
    counts = {name: len(report.with_status(name)) for name in ("present", "late", "absent", "check")}
    counts |= {"": len(report.rows), "other": len(report.matching.others)}
    shown = ((*each, counts[each[0]]) for each in TALLY if each[0] != "late" or report.tells_late)
    return tally.cells(shown, link, show)


def sentence(report: RosterReport) -> str:
    """How many were there, and how many questions are open."""
    came, total, late = report.came, len(report.rows), len(report.with_status("late"))
    check = len(report.with_status("check"))
    all_came = f"All {total} were there" if total > 1 else "The one person on it was there"
    start = all_came if came == total else f"{came} of {total} were there"
    more = "" if not report.tells_late or not came else f", {late} of them late" if late else ", all on time"
    question = f" {check} {'needs' if check == 1 else 'need'} your attention." if check else ""
    return f"{start}{more}.{question}"


def matched_line(report: RosterReport) -> str:
    """By which rules people were matched: "Matched by ID in the name 15, email 4, name 1."."""
    counts = report.matching.counts
    parts = [f"{words} {counts[how]}" for how, words in HOW.items() if counts[how]]
    return f"Matched by {', '.join(parts)}." if parts else ""


def shown(entry: RosterEntry, *, hide_names: bool) -> str:
    """The name of an entry, or what else it has."""
    if not hide_names:
        return entry.label
    return initials(entry.name) if entry.name else entry.id or initials(entry.email.partition("@")[0])
