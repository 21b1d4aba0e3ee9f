"""A user's preferences from the settings page: load, save, and error messages for invalid fields."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from zoomapp import dates
from zoomapp.regions import REGIONS
from zoomapp.store.encrypted_records import PREFERENCES
from zoomapp.store.user_records import UserRecords

REFRESH_SECONDS = (10, 15, 30, 0)
ANNOUNCEMENTS = ("all", "waiting", "off")
MAX_LATE_MINUTES = 60


@dataclass(frozen=True)
class Preferences:
    """The preferences of one person.

    An empty ``zone_name`` means the zone of the Zoom profile, an empty ``region`` the profile's date formats, and
    ``hour12`` None the region's clock. With ``refresh_seconds`` 0 the page does not refresh by
    itself. A participant who joins more than ``late_minutes`` after the start is late.
    ``share_with_cohosts``: whether co-hosts of the person's running meetings see their exact times.
    ``share_with_participants``: whether participants of these meetings see how many people are there.
    """

    zone_name: str = ""
    hour12: bool | None = None
    refresh_seconds: int = 15
    late_minutes: int = 5
    announce: str = "waiting"
    region: str = ""
    share_with_cohosts: bool = False
    share_with_participants: bool = False

    @classmethod
    def parse(cls, data: Any) -> Preferences:
        """Preferences from a stored record or a submitted form. A value that is not a choice becomes the default."""
        values: Mapping[str, Any] = data if isinstance(data, Mapping) else {}
        zone_name = str(values.get("zone_name", ""))
        refresh_seconds = _integer(values.get("refresh_seconds"), cls.refresh_seconds)
        late_minutes = _integer(values.get("late_minutes"), cls.late_minutes)
        announce = values.get("announce")
        return cls(
            zone_name=zone_name if dates.find_zone(zone_name) else "",
            hour12=_hour12(values),
            refresh_seconds=refresh_seconds if refresh_seconds in REFRESH_SECONDS else cls.refresh_seconds,
            late_minutes=late_minutes if 0 <= late_minutes <= MAX_LATE_MINUTES else cls.late_minutes,
            announce=str(announce) if announce in ANNOUNCEMENTS else cls.announce,
            region=str(values.get("region")) if values.get("region") in REGIONS else "",
            share_with_cohosts=values.get("share_with_cohosts") in (True, "on"),
            share_with_participants=values.get("share_with_participants") in (True, "on"),
        )


def faults(form: Mapping[str, str]) -> dict[str, str]:
    """An error message per invalid field. Only the minutes are typed; the other fields are lists of choices."""
    late_minutes = form.get("late_minutes", str(Preferences.late_minutes))
    if 0 <= dates.whole_number(late_minutes.strip()) <= MAX_LATE_MINUTES:
        return {}
    return {"late_minutes": f"Enter a whole number of minutes between 0 and {MAX_LATE_MINUTES}"}


def load(records: UserRecords, user_id: str) -> Preferences:
    """The stored preferences of a user, or the defaults."""
    return Preferences.parse(records.load(user_id, PREFERENCES))


def save(records: UserRecords, user_id: str, preferences: Preferences) -> bool:
    """Store the preferences. Returns False if the user is not connected; nothing is stored then."""
    return records.save(user_id, PREFERENCES, asdict(preferences), PREFERENCES.seconds)


def _hour12(values: Mapping[str, Any]) -> bool | None:
    """The chosen clock. The previous release, which had no regions, saved False for people who chose nothing."""
    if values.get("hour12") in (True, "12"):
        return True
    return False if values.get("hour12") == "24" or (values.get("hour12") is False and "region" in values) else None


def _integer(value: Any, default: int) -> int:
    try:
        return int(value)
    except (TypeError, ValueError):
        return default
