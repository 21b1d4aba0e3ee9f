"""How many meetings a person created or changed in this app today. Zoom allows a hundred a day.

https://developers.zoom.us/docs/api/rate-limits/
"""

from __future__ import annotations

from datetime import UTC, datetime

from zoomapp.store.encrypted_records import DAILY_CHANGES
from zoomapp.store.user_records import UserRecords

MAX_CHANGES, WARN_FROM = 100, 90
DAY_SECONDS = 86400


def count_change(records: UserRecords, user_id: str, now: datetime) -> None:
    """Add one change to today's count."""
    records.save(user_id, DAILY_CHANGES, _changes_today(records, user_id, now) + 1, DAY_SECONDS, _day(now))


def warning(records: UserRecords, user_id: str, now: datetime) -> str:
    """A sentence for the page from the 90th change on, else an empty text. Changes by other apps are not counted."""
    count = _changes_today(records, user_id, now)
    return f"You’ve made {count} of {MAX_CHANGES} changes Zoom allows today." if count >= WARN_FROM else ""


def _changes_today(records: UserRecords, user_id: str, now: datetime) -> int:
    count = records.load(user_id, DAILY_CHANGES, _day(now))
    return count if isinstance(count, int) else 0


def _day(now: datetime) -> str:
    """Zoom counts by the days of UTC."""
    return now.astimezone(UTC).date().isoformat()
