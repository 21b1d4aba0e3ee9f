"""How many of the last sessions a registrant missed, as far as the pages of the series have loaded them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from zoomapp.attendance.names import same_name
from zoomapp.attendance.roster_matching import who
from zoomapp.attendance.series import Session, Visit
from zoomapp.registration.hand_matches import HandMatch
from zoomapp.registration.matching import is_same_everywhere
from zoomapp.zoom.registrants import Registrant


@dataclass(frozen=True)
class MissedSessions:
    """``count``: how many sessions in a row, the current one included.

    ``session`` and ``person``: the UUID of the session before these, which the registrant came to, and their key in
    it; empty if no such session is known.
    """

    count: int
    session: str = ""
    person: str = ""


def count_missed_sessions(
    registrants: Iterable[Registrant], earlier: Sequence[Session], hand_matches: Iterable[HandMatch] = ()
) -> dict[Registrant, MissedSessions]:
    """What each registrant missed who did not come to a session. ``earlier``: the sessions before, newest first.

    Sessions from before the registration do not count, and neither do those without data.
    """
    registrants = list(registrants)
    by_identity = {registrant.identity: registrant for registrant in registrants}
    matched = {
        match.who: (match, by_identity[match.registrant]) for match in hand_matches if match.registrant in by_identity
    }
    visits = [(session, dict(_visits(session, matched))) for session in earlier if session.has_data]
    return {registrant: _missed_by(registrant, visits) for registrant in registrants}


def _missed_by(registrant: Registrant, visits: Sequence[tuple[Session, dict[str, Visit]]]) -> MissedSessions:
    registered_at = registrant.registered_at.timestamp() if registrant.registered_at else 0.0
    names = (f"email {registrant.email}", f"registrant_id {registrant.id}", f"name {same_name(registrant.name)}")
    missed = 1
    for session, by_name in visits:
        if found := next((by_name[name] for name in names if name in by_name), None):
            return MissedSessions(missed, session.uuid, found.key)
        if session.started_at < registered_at:
            break
        missed += 1
    return MissedSessions(missed)


def _visits(session: Session, matched: dict[str, tuple[HandMatch, Registrant]]) -> Iterator[tuple[str, Visit]]:
    """The visits of a session by everything that a registrant can be known by."""
    for visit in session.visits:
        identities = [("name", same_name(visit.name)), ("email", visit.email), *visit.identities]
        for kind, value in identities:
            if value:
                yield f"{kind} {value.lower() if kind == 'email' else value}", visit
        match, registrant = matched.get(who(visit), (None, None))
        if match and registrant and (match.session == session.uuid or is_same_everywhere(visit, registrant)):
            yield f"{'email' if registrant.email else 'registrant_id'} {registrant.identity}", visit
