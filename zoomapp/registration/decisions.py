"""Approves, denies and cancels registrations: up to 30 people in a call, each person's result by itself.

Zoom's answer is about all people of a call. If it refuses, the people are divided, until it is clear who was refused.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace

from zoomapp.errors import MissingScope, NotFound, PlanRequired, UpstreamError, ZoomRefused
from zoomapp.registration.loading import RegistrationSource, load_registrants
from zoomapp.registration.pacing import has_time, is_limit_of_a_person, send_within_limit
from zoomapp.zoom.registrants import APPROVED, DENIED, PENDING, STATUSES, Registrant

APPROVE, DENY, CANCEL = "approve", "deny", "cancel"
#: What can be done to people with a status.
ACTIONS = {PENDING: (APPROVE, DENY), APPROVED: (DENY, CANCEL), DENIED: (APPROVE,)}
#: Zoom's limit for one call, and how many calls one form sends. Another form continues.
PEOPLE_PER_CALL, CALLS_PER_FORM = 30, 20


@dataclass(frozen=True)
class Unchanged:
    """A person whose registration was not changed.

    ``status``: what someone else decided meanwhile; empty if the person is no longer registered. ``error``: why Zoom
    refused, if it did.
    """

    registrant: Registrant
    status: str = ""
    error: ZoomRefused | UpstreamError | None = None


@dataclass
class DecisionResult:
    """What became of the people of one form. ``waiting``: the people with whom another form continues.

    ``error``: what stopped the form, such as a missing permission. The people of that call wait, too.
    """

    changed: list[Registrant] = field(default_factory=list)
    unchanged: list[Unchanged] = field(default_factory=list)
    waiting: list[Registrant] = field(default_factory=list)
    error: ZoomRefused | UpstreamError | None = None

    @property
    def refused(self) -> tuple[Unchanged, ...]:
        """The people for whom another try may succeed."""
        return tuple(item for item in self.unchanged if item.error)


def choose_people(source: RegistrationSource, status: str, chosen: Collection[str] | None) -> list[Registrant]:
    """The people with this status that a form chose by their ids; all of them for None. From a saved copy if it is new.

    Raises why the list could not be loaded.
    """
    people = _people(source, status)
    return [person for person in people if chosen is None or person.key in chosen]


def decide(source: RegistrationSource, action: str, status: str, chosen: Collection[str]) -> DecisionResult:
    """Change the registrations of the people that a form chose by their ids among those with ``status``.

    The current lists of Zoom are loaded first: somebody else may have decided meanwhile. Raises why they could not be
    loaded.
    """
    current = replace(source, cache=replace(source.cache, reload=True, in_steps=False))
    people = choose_people(current, status, chosen)
    result = DecisionResult()
    missing = set(chosen) - {person.key for person in people}
    result.unchanged += _decided_by_others(current, status, missing)
    calls = [people[start : start + PEOPLE_PER_CALL] for start in range(0, len(people), PEOPLE_PER_CALL)]
    for number, group in enumerate(calls):
        if number >= CALLS_PER_FORM or result.error or not has_time():
            result.waiting += [person for later in calls[number:] for person in later]
            break
        _change(lambda some: _send(source, action, some), group, result)
    return result


def _change(send: Callable[[Sequence[Registrant]], None], people: Sequence[Registrant], result: DecisionResult) -> None:
    """Change these people in one call, or in two halves if Zoom refuses because of one of them."""
    if result.error:
        result.waiting += people
        return
    try:
        send_within_limit(lambda: send(people))
    except (ZoomRefused, UpstreamError) as error:
        about_a_person = is_limit_of_a_person(error) or not isinstance(
            error, UpstreamError | MissingScope | PlanRequired | NotFound
        )
        if about_a_person and len(people) > 1:
            middle = len(people) // 2
            _change(send, people[:middle], result)
            _change(send, people[middle:], result)
            return
        if about_a_person:
            result.unchanged += [Unchanged(person, error=error) for person in people]
        else:
            result.error = error
            result.waiting += people
        return
    result.changed += people


def _send(source: RegistrationSource, action: str, people: Iterable[Registrant]) -> None:
    rows = [{"id": person.id, "email": person.email} for person in people]
    body = {"action": action, "registrants": rows}
    source.user_client.update_registrant_status(source.meeting_id, body, source.occurrence_id)


def _decided_by_others(source: RegistrationSource, status: str, missing: set[str]) -> list[Unchanged]:
    """The chosen people who have another status by now. People whom Zoom does not list any more have no name here."""
    found = []
    for elsewhere in STATUSES if missing else ():
        if elsewhere != status:
            found += [Unchanged(person, elsewhere) for person in _people(source, elsewhere) if person.key in missing]
    names = {item.registrant.key for item in found}
    return [*found, *(Unchanged(Registrant(unknown, "", "")) for unknown in sorted(missing - names))]


def _people(source: RegistrationSource, status: str) -> Sequence[Registrant]:
    loaded = load_registrants(source, status)
    if loaded.value is None or loaded.from_last_seen:
        raise loaded.error or UpstreamError("no list of registrants")
    return loaded.value.registrants
