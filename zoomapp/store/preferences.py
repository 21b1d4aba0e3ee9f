"""A user's choices on the settings page."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from zoomapp import dates
from zoomapp.store.encrypted_records import PREFERENCES
from zoomapp.store.user_records import UserRecords

REFRESH_SECONDS = (10, 15, 30, 0)
ANNOUNCEMENTS = ("all", "waiting", "off")
MAX_LATE_MINUTES = 60


@dataclass(frozen=True)
class Preferences:
    """``zone_name``: empty for that of the Zoom profile. ``refresh_seconds``: 0 to refresh by hand.

    ``late_minutes``: who joins later than this counts as late.
    """

    zone_name: str = ""
    hour12: bool = False
    refresh_seconds: int = 15
    late_minutes: int = 5
    announce: str = "waiting"

    @classmethod
    def of(cls, value: Any) -> Preferences:
        """From a stored record or a form's values. A value that is not one of the choices becomes the default."""
        fields: Mapping[str, Any] = value if isinstance(value, Mapping) else {}
        zone_name = str(fields.get("zone_name", ""))
        refresh = _whole(fields.get("refresh_seconds"), cls.refresh_seconds)
        late = _whole(fields.get("late_minutes"), cls.late_minutes)
        announce = fields.get("announce")
        return cls(
            zone_name=zone_name if dates.find_zone(zone_name) else "",
            hour12=fields.get("hour12") in (True, "12"),
            refresh_seconds=refresh if refresh in REFRESH_SECONDS else cls.refresh_seconds,
            late_minutes=late if 0 <= late <= MAX_LATE_MINUTES else cls.late_minutes,
            announce=str(announce) if announce in ANNOUNCEMENTS else cls.announce,
        )


def faults(fields: Mapping[str, str]) -> dict[str, str]:
    """Error messages by field, for the field that is typed. The others are chosen from lists."""
    late = fields.get("late_minutes", str(Preferences.late_minutes))
    if re.fullmatch(r"[0-9]{1,6}", late.strip()) and int(late) <= MAX_LATE_MINUTES:
        return {}
    return {"late_minutes": f"Enter a whole number of minutes between 0 and {MAX_LATE_MINUTES}"}


def load(records: UserRecords, user_id: str) -> Preferences:
    return Preferences.of(records.load(user_id, PREFERENCES))


def save(records: UserRecords, user_id: str, preferences: Preferences) -> bool:
    """False when this user is not connected: then nothing is saved."""
    return records.save(user_id, PREFERENCES, asdict(preferences), PREFERENCES.seconds)


def _whole(value: Any, default: int) -> int:
    try:
        return int(value)
    except (TypeError, ValueError):
        return default
