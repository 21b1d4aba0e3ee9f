"""Data from Zoom with a saved copy, which a user sees while Zoom cannot be reached."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar

from zoomapp.errors import UpstreamError, ZoomAppError, ZoomRefused
from zoomapp.store import key_names
from zoomapp.store.encrypted_records import LAST_SEEN_SECTION
from zoomapp.store.user_records import UserRecords

Value = TypeVar("Value")

LAST_SEEN_SECONDS = 3600


@dataclass(frozen=True)
class Loaded(Generic[Value]):
    """A value and the moment it is from. Without a value, ``error`` says why; both are None if nothing was found.

    With a value, ``error`` says why Zoom gave nothing newer. ``last_seen_at``: when the saved copy was made that
    stands in for Zoom's answer.
    """

    value: Value | None
    at: datetime
    error: ZoomAppError | None = None
    last_seen_at: datetime | None = None

    @property
    def from_last_seen(self) -> bool:
        """Whether the value is a saved copy, because Zoom failed."""
        return self.last_seen_at is not None


def load(
    records: UserRecords,
    user_id: str,
    now: datetime,
    name: str,
    fetch: Callable[[], Any],
    read: Callable[[Any], Value],
    seconds: int = LAST_SEEN_SECONDS,
) -> Loaded[Value]:
    """The JSON that ``fetch`` gets from Zoom, as ``read`` reads it; saved for ``seconds``.

    ``name`` identifies what is fetched, its query included. While Zoom fails, the saved copy is the value; a refusal
    has no value. A response that ``read`` refuses with UpstreamError is not saved.
    Raises what concerns the whole page: TokenError and StoreUnavailable.
    """
    try:
        raw = fetch()
        value = read(raw)
    except UpstreamError as error:
        copy = _load_copy(records, user_id, name, read)
        return Loaded(copy.value, copy.at, error, copy.at) if copy else Loaded(None, now, error)
    except ZoomRefused as error:
        return Loaded(None, now, error)
    records.save(user_id, LAST_SEEN_SECTION, {"at": now.timestamp(), "raw": raw}, seconds, key_names.digest(name))
    return Loaded(value, now)


def recent(
    records: UserRecords, user_id: str, now: datetime, name: str, read: Callable[[Any], Value], seconds: float
) -> Loaded[Value] | None:
    """The saved copy of ``name`` if it is younger than ``seconds``. Does not call Zoom."""
    copy = _load_copy(records, user_id, name, read)
    return copy if copy and now.timestamp() - copy.at.timestamp() < seconds else None


def _load_copy(records: UserRecords, user_id: str, name: str, read: Callable[[Any], Value]) -> Loaded[Value] | None:
    """The saved copy; None without one, or for one that cannot be read: an earlier release saved any response."""
    copy = records.load(user_id, LAST_SEEN_SECTION, key_names.digest(name))
    if not isinstance(copy, dict):
        return None
    try:
        return Loaded(read(copy["raw"]), datetime.fromtimestamp(copy["at"], UTC))
    except UpstreamError:
        return None
