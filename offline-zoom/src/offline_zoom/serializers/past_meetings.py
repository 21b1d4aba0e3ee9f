"""Past meetings and attendance as JSON."""

from __future__ import annotations

from typing import Any

from offline_zoom.dates import iso
from offline_zoom.model import Instance, Join
from offline_zoom.world_state import WorldState

JSON = dict[str, Any]


def past_json(instance: Instance, world: WorldState) -> JSON:
    """``GET /past_meetings/{id}``; ``participants_count`` counts joins."""
    host = world.users[instance.host_id]
    ended_at = instance.ended_at or world.now()
    rows = [join for join in instance.joins if not join.waiting]
    present = sum((join.leave_at or ended_at) - join.join_at for join in rows)
    return {
        "uuid": instance.uuid,
        "id": instance.meeting_id,
        "host_id": instance.host_id,
        "type": instance.type,
        "topic": instance.topic,
        "user_name": host.display_name,
        "user_email": host.email,
        "start_time": iso(instance.started_at),
        "end_time": iso(ended_at),
        "duration": -int(-(ended_at - instance.started_at) // 60),
        "total_minutes": round(present / 60),
        "participants_count": len(rows),
        "dept": host.dept,
        "source": "Zoom",
        "has_meeting_summary": instance.summary is not None and instance.summary.created_at <= world.now(),
    }


def report_json(instance: Instance, world: WorldState) -> JSON:
    """``GET /report/meetings/{id}``."""
    fields = past_json(instance, world)
    for name in ("source", "has_meeting_summary"):
        del fields[name]
    return {**fields, "tracking_fields": [], "custom_keys": []}


def past_participant(join: Join, ended_at: float) -> JSON:
    """A row of ``/past_meetings/{id}/participants``."""
    leave_at = join.leave_at or ended_at
    return {
        "id": join.person_id,
        "user_id": join.user_id,
        "name": join.name,
        "user_email": join.email,
        "registrant_id": join.registrant_id,
        "join_time": iso(join.join_at),
        "leave_time": iso(leave_at),
        "duration": int(leave_at) - int(join.join_at),
        "failover": False,
        "status": status(join),
        "internal_user": join.internal,
        "groupId": "",
    }


def report_participant(join: Join, ended_at: float, with_registrant: bool) -> JSON:
    """A row of ``/report/meetings/{id}/participants``."""
    row = past_participant(join, ended_at)
    del row["internal_user"], row["groupId"]
    if not with_registrant:
        del row["registrant_id"]
    return {
        **row,
        "participant_user_id": join.person_id,
        "customer_key": "",
        "bo_mtg_id": "",
        "attentiveness_score": "",
    }


def status(join: Join) -> str:
    return "in_waiting_room" if join.waiting else "in_meeting"
