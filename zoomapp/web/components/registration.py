"""What pages say about registrations: missing permissions, the result of a form, and the reason for each person."""

from __future__ import annotations

from collections.abc import Iterable

from zoomapp.attendance.attendance_table import AttendanceTable
from zoomapp.errors import MissingScope, NotFound, PlanRequired, UpstreamError, ZoomRefused
from zoomapp.meetings.registration import known_registration
from zoomapp.registration.adding import FULL, OVER, AddingResult, LineResult, Outcome
from zoomapp.registration.decisions import APPROVE, CANCEL, DENY, DecisionResult, Unchanged
from zoomapp.registration.matching import RegistrantAttendance
from zoomapp.registration.pacing import is_limit_of_a_person
from zoomapp.registration.past_registrants import known_attendance
from zoomapp.web.components.attendance import attendance_sources
from zoomapp.web.components.notice import Permission, without_ids
from zoomapp.web.components.page_data import page_cache
from zoomapp.web.components.section import section
from zoomapp.zoom import endpoints
from zoomapp.zoom.models import PastMeeting
from zoomapp.zoom.registrants import APPROVED, DENIED, PENDING

REGISTRANTS = Permission(endpoints.LIST_REGISTRANTS, "Zoom doesn’t know this meeting")
QUESTIONS = Permission(endpoints.LIST_REGISTRATION_QUESTIONS, "Zoom doesn’t know this meeting")
STATUS = Permission(endpoints.UPDATE_REGISTRANT_STATUS, "Zoom doesn’t know this meeting")
ADD = Permission(endpoints.ADD_REGISTRANT, "Zoom doesn’t know this meeting")
LABELS = {PENDING: "Waiting for you", APPROVED: "Approved", DENIED: "Denied"}
#: What was done to people.
DONE = {APPROVE: "approved", DENY: "denied", CANCEL: "canceled"}
#: The words on a button.
BUTTONS = {APPROVE: "Approve", DENY: "Deny", CANCEL: "Cancel registration"}
CHANGES_A_DAY = "Zoom allows 10 changes a day per person."
TRIES_A_DAY = "Zoom allows 3 tries a day per person."


def has_registrants_tab(meeting: PastMeeting, user_id: str) -> bool:
    """Whether a past meeting has a tab for registrants: Zoom shows them to the host only."""
    return meeting.host_id in ("", user_id) and known_registration(page_cache(), meeting.id) is not None


def registrant_attendance(meeting: PastMeeting | None, table: AttendanceTable | None) -> RegistrantAttendance | None:
    """Who registered for a past meeting and came, if that is known. The page asks for itself again if it soon is."""
    if meeting is None or table is None:
        return None
    found = known_attendance(attendance_sources(), meeting, table)
    return section(found, REGISTRANTS).value if found else None


def registered_line(attendance: RegistrantAttendance) -> str:
    """How many who registered did not come, and how many came without: "3 of 17 who registered didn’t come."."""
    missed, walked_in = len(attendance.no_shows), len(attendance.walk_ins)
    came = f"{missed} of {attendance.registered} who registered didn’t come." if missed else ""
    if attendance.registered and not missed:
        came = "Everyone who registered came."
    return " ".join(filter(None, (came, f"{walked_in} came without registering." if walked_in else "")))


def decision_title(result: DecisionResult, action: str) -> str:
    """What a form did, as a title: "28 approved, 2 weren’t"."""
    changed, unchanged = len(result.changed), len(result.unchanged)
    if not changed:
        return f"Nobody was {DONE[action]}"
    return f"{changed} {DONE[action]}" + (
        f", {unchanged} {'wasn’t' if unchanged == 1 else 'weren’t'}" if unchanged else ""
    )


def unchanged_reason(item: Unchanged) -> str:
    """Why one person's registration was not changed, as a sentence."""
    if item.error:
        return _refusal(item.error, CHANGES_A_DAY)
    if not item.status:
        return "no longer registered."
    status = {PENDING: "moved back to waiting", APPROVED: "already approved", DENIED: "already denied"}
    return f"{status.get(item.status, item.status)} by someone else."


def adding_title(result: AddingResult) -> str:
    """What a form did, as a title: "5 added, 2 skipped, 2 need a fix"."""
    added, skipped, fix, waiting = (
        len(result.of(outcome)) for outcome in (Outcome.ADDED, Outcome.SKIPPED, Outcome.FIX, Outcome.WAITING)
    )
    parts = [f"{added} added" if added else "", f"{skipped} skipped" if skipped else ""]
    parts += [
        f"{fix} {'needs' if fix == 1 else 'need'} a fix" if fix else "",
        f"{waiting} not sent yet" if waiting else "",
    ]
    return ", ".join(part for part in parts if part) or "The list is empty"


def line_reason(line: LineResult) -> str:
    """What became of one line, as a sentence."""
    if line.outcome is Outcome.ADDED:
        return "Added and approved." if line.status == APPROVED else "Added, waiting for approval."
    if line.outcome is Outcome.SKIPPED:
        if line.person.same_as:
            return f"Same as line {line.person.same_as}."
        words = {PENDING: "waiting for approval", APPROVED: "approved", DENIED: "denied"}
        return f"Already registered, {words.get(line.status, line.status)}."
    if line.person.fault:
        return line.person.fault
    is_said_above = isinstance(line.error, MissingScope | PlanRequired | NotFound)
    return _refusal(line.error, TRIES_A_DAY) if line.error and not is_said_above else "Not sent yet."


def lines_by_problem(result: AddingResult) -> Iterable[LineResult]:
    """The lines: first what needs a fix, then what was not sent, what was skipped, what was added."""
    for outcome in (Outcome.FIX, Outcome.WAITING, Outcome.SKIPPED, Outcome.ADDED):
        yield from result.of(outcome)


def _refusal(error: ZoomRefused | UpstreamError, daily: str) -> str:
    """Zoom's reason for one person. ``daily``: the sentence about the person's daily limit."""
    if is_limit_of_a_person(error):
        return daily
    if isinstance(error, UpstreamError):
        return "Zoom did not answer, so this may or may not have happened."
    if error.zoom_code == FULL:
        return "The meeting is full."
    if error.zoom_code == OVER:
        return "The meeting is over."
    return f"Zoom says: {without_ids(error.zoom_message) or error.message}"
