"""The Zoom profile of a user, saved for a quarter of an hour."""

from __future__ import annotations

from zoomapp.store.encrypted_records import PROFILE
from zoomapp.store.user_records import UserRecords
from zoomapp.zoom.models import User
from zoomapp.zoom.tolerant_reader import JsonObject


def load(records: UserRecords, user_id: str) -> User | None:
    """The saved profile; None if there is none."""
    saved = records.load(user_id, PROFILE)
    if not isinstance(saved, dict):
        return None
    return User.from_api(JsonObject(saved, "stored profile")) or User(user_id)


def save(records: UserRecords, user_id: str, user: User, seconds: int = PROFILE.seconds) -> None:
    """Save what Zoom says about a user."""
    profile = {
        "id": user_id,
        "display_name": user.name,
        "email": user.email,
        "timezone": user.zone_name,
        "language": user.language,
        "type": 1 if user.basic else 2,
        "account_id": user.account_id,
    }
    records.save(user_id, PROFILE, profile, seconds)
