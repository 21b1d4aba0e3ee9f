"""Registers people for a meeting: 30 in a call where Zoom allows it, else one by one; each line has its result."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from functools import partial
from typing import Any

from zoomapp.errors import MissingScope, NotFound, PlanRequired, UpstreamError, ZoomRefused
from zoomapp.registration.loading import RegistrationSource, load_registrants
from zoomapp.registration.pacing import has_time, is_limit_of_a_person, send_within_limit
from zoomapp.registration.pasted_people import PastedPerson
from zoomapp.zoom.models import SCHEDULED, Meeting
from zoomapp.zoom.registrants import STATUSES
from zoomapp.zoom.tolerant_reader import JsonObject

#: Zoom's limit for one call, and how many single calls and calls of 30 one form sends. Another form continues.
PEOPLE_PER_CALL, SINGLE_CALLS_PER_FORM, CALLS_PER_FORM = 30, 60, 20
#: Zoom's codes: only for meetings that do not repeat; the meeting is over; it has no place left.
NO_BATCH, OVER, FULL = 303, 3038, 3043


class Outcome(Enum):
    """What became of a line: it needs a fix, was skipped, was added, or waits for the next form."""

    FIX, SKIPPED, ADDED, WAITING = "fix", "skipped", "added", "waiting"


@dataclass(frozen=True)
class LineResult:
    """The result of one line. ``status``: that of the person, who was registered already or is now.

    ``error``: why Zoom refused.
    """

    person: PastedPerson
    outcome: Outcome
    status: str = ""
    error: ZoomRefused | UpstreamError | None = None


@dataclass(frozen=True)
class AddingResult:
    """The results in the order of the lines. ``error``: what stopped the form, such as a missing permission."""

    lines: tuple[LineResult, ...]
    error: ZoomRefused | UpstreamError | None = None

    def of(self, outcome: Outcome) -> tuple[LineResult, ...]:
        """The lines with this outcome."""
        return tuple(line for line in self.lines if line.outcome is outcome)


def allows_many(meeting: Meeting) -> bool:
    """Whether Zoom registers many people for this meeting in one call."""
    return meeting.type == SCHEDULED


def add_people(
    source: RegistrationSource, meeting: Meeting, people: Sequence[PastedPerson], *, approve: bool, send_email: bool
) -> AddingResult:
    """Register the people of these lines. ``send_email``: whether Zoom sends them their link, where it asks for that.

    A line with a fault, or with the address of an earlier line or of a registrant, is not sent.
    """
    registered = _registered(source) if any(not person.fault for person in people) else {}
    results = {person.line: _without_call(person, registered) for person in people}
    # Without approval by hand, Zoom approves every person.
    approves = approve or str(meeting.settings.get("approval_type")) == "0"
    form = _Form(source, approves, send_email)
    to_send = [person for person in people if results[person.line] is None]
    if allows_many(meeting):
        to_send = form.add_many(to_send)
    form.add_singly(to_send)
    lines = (results[person.line] or form.result_of(person) for person in people)
    return AddingResult(tuple(lines), form.error)


class _Form:
    """The calls of one form, and their results by line."""

    def __init__(self, source: RegistrationSource, approve: bool, send_email: bool) -> None:
        self._source = source
        self._client = source.user_client
        self._approve = approve
        self._send_email = send_email
        self._results: dict[int, LineResult] = {}
        self.error: ZoomRefused | UpstreamError | None = None

    def result_of(self, person: PastedPerson) -> LineResult:
        return self._results.get(person.line) or LineResult(person, Outcome.WAITING)

    def add_many(self, people: Sequence[PastedPerson]) -> list[PastedPerson]:
        """Send 30 people in a call. Returns those that are to be sent one by one, because Zoom refused a call."""
        singly: list[PastedPerson] = []
        groups = [people[start : start + PEOPLE_PER_CALL] for start in range(0, len(people), PEOPLE_PER_CALL)]
        for group in groups[:CALLS_PER_FORM]:
            if self.error or not has_time():
                break
            body = {
                "auto_approve": self._approve,
                "registrants_confirmation_email": self._send_email,
                "registrants": [_row(person) for person in group],
            }
            try:
                answer = send_within_limit(partial(self._client.add_registrants, self._source.meeting_id, body))
            except (ZoomRefused, UpstreamError) as error:
                if _concerns_the_meeting(error) and not isinstance(error, MissingScope):
                    self._stop(group, error)
                else:
                    singly += group
                continue
            confirmed = _emails(answer)
            for person in group:
                if confirmed is None or person.email.lower() in confirmed:
                    self._added(person)
                else:
                    singly.append(person)
        return singly

    def add_singly(self, people: Iterable[PastedPerson]) -> None:
        """Send one person in a call, as many as one form may."""
        for count, person in enumerate(people):
            if count >= SINGLE_CALLS_PER_FORM or self.error or not has_time():
                return
            body = {**_row(person), "auto_approve": self._approve}
            try:
                send_within_limit(partial(self._client.add_registrant, self._source.meeting_id, body))
            except (ZoomRefused, UpstreamError) as error:
                if _concerns_the_meeting(error):
                    self._stop([person], error)
                else:
                    self._results[person.line] = LineResult(person, Outcome.FIX, error=error)
                continue
            self._added(person)

    def _added(self, person: PastedPerson) -> None:
        self._results[person.line] = LineResult(person, Outcome.ADDED, "approved" if self._approve else "pending")

    def _stop(self, people: Iterable[PastedPerson], error: ZoomRefused | UpstreamError) -> None:
        self.error = error
        for person in people:
            self._results[person.line] = LineResult(person, Outcome.WAITING, error=error)


def _without_call(person: PastedPerson, registered: Mapping[str, str]) -> LineResult | None:
    """The result of a line that is not sent to Zoom; None for the others."""
    if person.fault:
        return LineResult(person, Outcome.FIX)
    if person.same_as:
        return LineResult(person, Outcome.SKIPPED)
    if status := registered.get(person.email.lower(), ""):
        return LineResult(person, Outcome.SKIPPED, status)
    return None


def _registered(source: RegistrationSource) -> dict[str, str]:
    """The status of all registrants whose lists could be loaded, by email address."""
    current = replace(source, cache=replace(source.cache, reload=True, in_steps=False))
    calls = current.cache.calls
    pending = [(status, calls.start(partial(load_registrants, current, status))) for status in STATUSES]
    lists = [(status, call.result().value) for status, call in pending]
    return {person.email: status for status, loaded in lists if loaded for person in loaded.registrants if person.email}


def _row(person: PastedPerson) -> dict[str, str]:
    row = {"email": person.email, "first_name": person.first_name, "last_name": person.last_name}
    return {name: value for name, value in row.items() if value}


def _emails(answer: Any) -> set[str] | None:
    """The addresses that Zoom registered; None if its answer does not say."""
    rows = JsonObject(answer if isinstance(answer, dict) else None, "added registrants").rows(
        "registrants", "added registrant"
    )
    return {row.text("email").lower() for row in rows} if rows else None


def _concerns_the_meeting(error: ZoomRefused | UpstreamError) -> bool:
    """Whether Zoom refuses for every person, so that no further call is useful."""
    if isinstance(error, UpstreamError):
        return not is_limit_of_a_person(error)
    return isinstance(error, MissingScope | PlanRequired | NotFound) or error.zoom_code in (OVER, FULL)
