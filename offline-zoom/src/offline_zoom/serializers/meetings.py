"""Scheduled meetings as JSON."""

from __future__ import annotations

from typing import Any

from offline_zoom.dates import iso
from offline_zoom.model import NO_FIXED_TIME, Meeting, Occurrence
from offline_zoom.world_state import WorldState

JSON = dict[str, Any]


def join_url(meeting: Meeting, world: WorldState) -> str:
    """The join address, with the passcode."""
    passcode_query = f"?pwd={world.seal(f'pwd {meeting.id}')[:32]}.1" if meeting.password else ""
    return f"{world.base_url}/j/{meeting.id}{passcode_query}"


def meeting_item(meeting: Meeting, world: WorldState, start_at: float | None = None) -> JSON:
    """A row of a list. ``start_at``: the start of one occurrence."""
    start_at = start_at if start_at is not None else meeting.start_at
    item: JSON = {
        "uuid": current_uuid(meeting, world),
        "id": meeting.id,
        "host_id": meeting.host_id,
        "topic": meeting.topic,
        "type": meeting.type,
        "duration": meeting.duration_minutes,
        "timezone": meeting.timezone,
        "created_at": iso(meeting.created_at),
        "join_url": join_url(meeting, world),
    }
    if start_at is not None and meeting.type != NO_FIXED_TIME:
        item["start_time"] = iso(start_at)
    if meeting.agenda:
        item["agenda"] = meeting.agenda[:250]
    if meeting.personal:
        item["pmi"] = str(meeting.id)
    return item


def upcoming_item(meeting: Meeting, world: WorldState, start_at: float, user_id: str) -> JSON:
    """A row of ``GET /users/{userId}/upcoming_meetings``. It has no UUID."""
    left_out = ("uuid", "host_id", "agenda", "pmi")
    item = {name: value for name, value in meeting_item(meeting, world, start_at).items() if name not in left_out}
    return {
        **item,
        "passcode": meeting.password,
        "use_pmi": meeting.personal,
        "is_host": meeting.host_id == user_id,
        "is_all_day": False,
    }


def meeting_json(meeting: Meeting, world: WorldState, previous: bool = False) -> JSON:
    """``GET /meetings/{id}``. The start address opens nothing."""
    start_at = next((date.current_start_at for date in upcoming(meeting, world.now())), meeting.start_at)
    fields = {
        **meeting_item(meeting, world, start_at),
        "host_email": world.users[meeting.host_id].email,
        "assistant_id": "",
        "status": "started" if world.live_instance(meeting) else "waiting",
        "agenda": meeting.agenda,
        "start_url": f"{world.base_url}/s/{meeting.id}?zak=SANDBOX-{world.seal(f'zak {meeting.id}')}",
        "settings": meeting.settings,
        "tracking_fields": [{"visible": True, **field} for field in meeting.tracking_fields],
        "creation_source": meeting.source,
        "pre_schedule": False,
    }
    if meeting.has_registration:
        fields["registration_url"] = f"{world.base_url}/j/register/{meeting.id}"
    if meeting.password:
        fields |= {
            "password": meeting.password,
            "h323_password": str(int(world.seal(f"h323 {meeting.id}")[:8], 16) % 1_000_000).zfill(6),
            "pstn_password": str(int(world.seal(f"pstn {meeting.id}")[:8], 16) % 1_000_000).zfill(6),
            "encrypted_password": world.seal(f"pwd {meeting.id}")[:32] + ".1",
        }
    if meeting.recurrence:
        shown = [date for date in meeting.occurrences if previous or not date.is_over(world.now())]
        fields |= {
            "recurrence": meeting.recurrence,
            "occurrences": [occurrence_json(date) for date in shown],
        }
    return fields


def occurrence_json(date: Occurrence) -> JSON:
    """One occurrence of a series."""
    return {
        "occurrence_id": date.id,
        "start_time": iso(date.current_start_at),
        "duration": date.duration_minutes,
        "status": "deleted" if date.deleted else "available",
    }


def upcoming(meeting: Meeting, now: float) -> list[Any]:
    """The occurrences of a recurring meeting that are not over or deleted."""
    return [date for date in meeting.occurrences if not date.deleted and not date.is_over(now)]


def current_uuid(meeting: Meeting, world: WorldState) -> str:
    """The UUID of the running instance, else of the next."""
    running = world.live_instance(meeting)
    return running.uuid if running else meeting.uuid
