"""Matches that a host made by hand: who of a meeting is which registrant. They count for all of its sessions."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from zoomapp.errors import NotAuthorized
from zoomapp.store import key_names
from zoomapp.store.encrypted_records import REGISTRANT_MATCHES
from zoomapp.store.user_records import UserRecords

#: Of more matches of one meeting, the oldest are dropped.
MAX_MATCHES = 2000


class HandMatch(msgspec.Struct, frozen=True):
    """``who`` came (see ``roster_matching.who``) is this ``registrant`` (see ``Registrant.identity``).

    ``session``: the UUID of the session in which the host said so.
    """

    who: str
    registrant: str
    session: str = ""


def with_match(matches: Iterable[HandMatch], match: HandMatch) -> tuple[HandMatch, ...]:
    """These matches and a new one, which replaces an earlier one of the same person."""
    return (*without_match(matches, match.who), match)[-MAX_MATCHES:]


def without_match(matches: Iterable[HandMatch], who: str) -> tuple[HandMatch, ...]:
    """These matches without that of this person."""
    return tuple(each for each in matches if each.who != who)


def load_hand_matches(records: UserRecords, user_id: str, number: int) -> tuple[HandMatch, ...]:
    """The matches of meeting ``number``, the oldest first; none if Redis does not answer."""
    return _matches(records.load(user_id, REGISTRANT_MATCHES, _name(number)))


def read_hand_matches(records: UserRecords, user_id: str, number: int) -> tuple[HandMatch, ...]:
    """The same before one of them is changed. Raises StoreUnavailable."""
    return _matches(records.read(user_id, REGISTRANT_MATCHES, _name(number)))


def _matches(saved: Any) -> tuple[HandMatch, ...]:
    try:
        return msgspec.convert(saved, tuple[HandMatch, ...]) if saved else ()
    except msgspec.ValidationError:
        return ()  # another release saved them in another form


def save_hand_matches(
    records: UserRecords, user_id: str, number: int, matches: tuple[HandMatch, ...], seconds: int
) -> bool:
    """Save them encrypted and read them back: False if that did not work. Raises NotAuthorized."""
    if not records.save(user_id, REGISTRANT_MATCHES, msgspec.to_builtins(matches), seconds, _name(number)):
        raise NotAuthorized("no tokens stored")
    return load_hand_matches(records, user_id, number) == matches


def _name(number: int) -> str:
    return key_names.digest(str(number))
