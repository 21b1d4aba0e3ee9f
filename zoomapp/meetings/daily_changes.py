"""How many meetings a person created or changed here today: Zoom allows a hundred a day.

https://developers.zoom.us/docs/api/rate-limits/
"""

from __future__ import annotations

from zoomapp.store.encrypted_records import DAILY_CHANGES
from zoomapp.web.current_user import user_client
from zoomapp.web.viewer import now, user_records

MOST, WARN_FROM = 100, 90
DAY_SECONDS = 86400


def count_one() -> None:
    user_records().save(user_client().user_id, DAILY_CHANGES, _today() + 1, DAY_SECONDS, _day())


def warning() -> str:
    """A sentence from the ninetieth on, else nothing. What other apps changed, Zoom does not tell."""
    made = _today()
    return f"You’ve made {made} of {MOST} changes Zoom allows today." if made >= WARN_FROM else ""


def _today() -> int:
    made = user_records().load(user_client().user_id, DAILY_CHANGES, _day())
    return made if isinstance(made, int) else 0


def _day() -> str:
    """Zoom's day is UTC's."""
    return now().date().isoformat()
