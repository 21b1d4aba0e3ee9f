"""Meetings and attendance as JSON of the dashboard."""

from __future__ import annotations

from typing import Any

from offline_zoom.dates import clock_face, iso
from offline_zoom.model import Instance, Join
from offline_zoom.serializers.past_meetings import status
from offline_zoom.world_state import WorldState

JSON = dict[str, Any]


def metrics_meeting(instance: Instance, world: WorldState) -> JSON:
    """A row of ``/metrics/meetings``; its duration is text."""
    host, now = world.users[instance.host_id], world.now()
    ended = instance.ended(now)
    end_at = instance.ended_at if ended and instance.ended_at is not None else now
    row: JSON = {
        "uuid": instance.uuid,
        "id": instance.meeting_id,
        "topic": instance.topic,
        "host": host.display_name,
        "email": host.email,
        "user_type": {"free": "Basic", "pro": "Pro", "business": "Corp"}[world.account_of(host).plan],
        "start_time": iso(instance.started_at),
        "duration": clock_face(end_at - instance.started_at),
        "participants": len([join for join in instance.joined(now) if not join.waiting]),
        "dept": host.dept,
        "session_key": "",
        "audio_quality": "good",
        "video_quality": "good",
        "screen_share_quality": "",
        "custom_keys": [],
        "has_recording": instance.recording,
        "has_voip": True,
        "has_video": True,
        "has_screen_share": True,
        "has_external_participant": any(not join.internal for join in instance.joined(now)),
    }
    for absent in (
        "pstn",
        "3rd_party_audio",
        "sip",
        "archiving",
        "manual_captions",
        "automated_captions",
        "poll",
        "survey",
        "qa",
    ):
        row[f"has_{absent}"] = False
    if ended:
        row["end_time"] = iso(end_at)
    return row


def metrics_participant(join: Join, now: float, with_registrant: bool) -> JSON:
    """A row of ``/metrics/meetings/{id}/participants``; people outside of the account have no device."""
    internal = join.internal
    row: JSON = {
        "id": join.person_id,
        "user_id": join.user_id,
        "participant_uuid": join.participant_uuid,
        "participant_user_id": join.person_id,
        "user_name": join.name,
        "email": join.email,
        "os": join.device if internal else "",
        "os_version": "",
        "client": "Zoom Workplace" if internal else "",
        "ip_address": join.address,
        "internal_ip_addresses": [],
        "location": join.location,
        "network_type": join.network,
        "connection_type": "UDP",
        "data_center": "EU",
        "full_data_center": "EU (FR1)",
        "microphone": "Built-in" if internal else "",
        "speaker": "Built-in" if internal else "",
        "camera": "Built-in" if internal else "",
        "domain": "",
        "mac_addr": "",
        "harddisk_id": "",
        "pc_name": "",
        "join_time": iso(join.join_at),
        "share_application": False,
        "share_desktop": join.role == "host",
        "share_whiteboard": False,
        "recording": False,
        "role": join.role,
        "status": status(join),
        "version": "6.7.2" if internal else "",
        "audio_quality": "good",
        "video_quality": "good",
        "screen_share_quality": "",
        "customer_key": "",
        "bo_mtg_id": "",
        "in_room_participants": 0,
    }
    if internal and join.device:
        row["device"] = join.device
    if with_registrant:
        row["registrant_id"] = join.registrant_id
    if join.leave_at is not None and join.leave_at <= now:
        row["leave_time"] = iso(join.leave_at)
        row["leave_reason"] = join.leave_reason or f"{join.name} left the meeting.<br>Reason: left the meeting."
    return row
