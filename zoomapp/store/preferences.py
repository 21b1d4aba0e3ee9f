"""What a person chose on the settings page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from zoomapp import dates
from zoomapp.meetings.forms import whole
from zoomapp.store.user_records import UserRecords

KIND = "preferences"
#: Renewed by every change; as long as a grant may lie unused.
KEEP_SECONDS = 90 * 86400
REFRESH_SECONDS = (10, 15, 30, 0)
ANNOUNCEMENTS = ("all", "waiting", "off")
MOST_LATE_MINUTES = 60


@dataclass(frozen=True)
class Preferences:
    """``zone_name`` empty: as the Zoom profile says. ``refresh_seconds`` 0: by hand. ``late_minutes``: late after."""

    zone_name: str = ""
    hour12: bool = False
    refresh_seconds: int = 15
    late_minutes: int = 5
    announce: str = "waiting"

    @classmethod
    def of(cls, kept: Any) -> Preferences:
        """From a kept record or a form's values; whatever is not one of the choices becomes the default."""
        given: Mapping[str, Any] = kept if isinstance(kept, Mapping) else {}
        zone_name = str(given.get("zone_name", ""))
        refresh = _whole(given.get("refresh_seconds"), cls.refresh_seconds)
        late = _whole(given.get("late_minutes"), cls.late_minutes)
        announce = given.get("announce")
        return cls(
            zone_name=zone_name if dates.find_zone(zone_name) else "",
            hour12=given.get("hour12") in (True, "12"),
            refresh_seconds=refresh if refresh in REFRESH_SECONDS else cls.refresh_seconds,
            late_minutes=late if 0 <= late <= MOST_LATE_MINUTES else cls.late_minutes,
            announce=str(announce) if announce in ANNOUNCEMENTS else cls.announce,
        )


def faults(given: Mapping[str, str]) -> dict[str, str]:
    """What is wrong with what was typed, by field; everything else is chosen from lists."""
    late = given.get("late_minutes", str(Preferences.late_minutes))
    if 0 <= whole(late.strip()) <= MOST_LATE_MINUTES:
        return {}
    return {"late_minutes": f"Enter a whole number of minutes between 0 and {MOST_LATE_MINUTES}"}


def load(kept: UserRecords, user_id: str) -> Preferences:
    return Preferences.of(kept.load(user_id, KIND))


def save(kept: UserRecords, user_id: str, preferences: Preferences) -> bool:
    """False when this user is not connected: nothing is kept of them."""
    return kept.save(user_id, KIND, asdict(preferences), KEEP_SECONDS)


def _whole(value: Any, default: int) -> int:
    try:
        return int(value)
    except (TypeError, ValueError):
        return default
