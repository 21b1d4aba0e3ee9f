"""The world's things as Zoom's JSON: field names, types and absences as on the wire."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox.model import NO_FIXED_TIME, Instance, Join, Meeting, Recording, RecordingFile, User
from sandbox.moments import clock_face, iso

if TYPE_CHECKING:
    from sandbox.world import World

JSON = dict[str, Any]
#: files of these types have no id, status, size, recording type or play address
BARE_FILES = ("CC", "TIMELINE")


def user_json(user: User, world: World) -> JSON:
    """``GET /users/{userId}``."""
    account = world.account_of(user)
    return {
        "id": user.id,
        "account_id": user.account_id,
        "account_number": account.number,
        "email": user.email,
        "first_name": user.first_name,
        "last_name": user.last_name,
        "display_name": user.display_name,
        "type": user.type,
        "role_id": user.role_id,
        "role_name": user.role_name,
        "pmi": user.pmi,
        "use_pmi": False,
        "personal_meeting_url": f"{world.base_url}/j/{user.pmi}",
        "vanity_url": "",
        "timezone": user.timezone,
        "language": user.language,
        "dept": user.dept,
        "job_title": "",
        "company": account.name,
        "location": "",
        "pic_url": "",
        "status": "active",
        "verified": 1,
        "created_at": iso(user.created_at),
        "user_created_at": iso(user.created_at),
        "last_login_time": iso(world.began_at),
        "last_client_version": "6.7.2.12345(mac)",
        "jid": user.jid,
        "group_ids": [],
        "im_group_ids": [],
        "login_types": [100],
        "phone_numbers": [],
        "custom_attributes": [],
        "cluster": "sandbox",
        "plan_united_type": "1",
    }


def user_item(user: User, world: World) -> JSON:
    """One row of ``GET /users``."""
    whole = user_json(user, world)
    gone = (
        "account_id",
        "account_number",
        "role_name",
        "jid",
        "use_pmi",
        "personal_meeting_url",
        "vanity_url",
        "company",
    )
    return {key: value for key, value in whole.items() if key not in gone}


def join_url(meeting: Meeting, world: World) -> str:
    """Where guests go; the passcode is in it."""
    secret = f"?pwd={world.seal(f'pwd {meeting.id}')[:32]}.1" if meeting.password else ""
    return f"{world.base_url}/j/{meeting.id}{secret}"


def meeting_item(meeting: Meeting, world: World, start_at: float | None = None) -> JSON:
    """One row of a list; ``start_at`` is that of one occurrence."""
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


def meeting_json(meeting: Meeting, world: World, previous: bool = False) -> JSON:
    """``GET /meetings/{id}``. The start address is marked, and opens nothing."""
    start_at = next((date.start_at for date in upcoming(meeting, world.now())), meeting.start_at)
    told = {
        **meeting_item(meeting, world, start_at),
        "host_email": world.users[meeting.host_id].email,
        "assistant_id": "",
        "status": "started" if world.live_instance(meeting) else "waiting",
        "agenda": meeting.agenda,
        "start_url": f"{world.base_url}/s/{meeting.id}?zak=SANDBOX-{world.seal(f'zak {meeting.id}')}",
        "settings": meeting.settings,
        "tracking_fields": meeting.tracking_fields,
        "creation_source": meeting.source,
        "pre_schedule": False,
    }
    if meeting.password:
        told |= {
            "password": meeting.password,
            "h323_password": str(int(world.seal(f"h323 {meeting.id}")[:8], 16) % 1_000_000).zfill(6),
            "pstn_password": str(int(world.seal(f"pstn {meeting.id}")[:8], 16) % 1_000_000).zfill(6),
            "encrypted_password": world.seal(f"pwd {meeting.id}")[:32] + ".1",
        }
    if meeting.recurrence:
        shown = [
            date for date in meeting.occurrences if previous or date.start_at + date.duration_minutes * 60 > world.now()
        ]
        told |= {
            "recurrence": meeting.recurrence,
            "occurrences": [
                {
                    "occurrence_id": date.id,
                    "start_time": iso(date.changes.get("start_at", date.start_at)),
                    "duration": date.duration_minutes,
                    "status": "deleted" if date.deleted else "available",
                }
                for date in shown
            ],
        }
    return told


def upcoming(meeting: Meeting, now: float) -> list[Any]:
    """The dates of a recurring meeting that are not over, deleted ones left out."""
    return [
        date for date in meeting.occurrences if not date.deleted and date.start_at + date.duration_minutes * 60 > now
    ]


def current_uuid(meeting: Meeting, world: World) -> str:
    """That of the running instance, else of the next."""
    running = world.live_instance(meeting)
    return running.uuid if running else meeting.uuid


def past_json(instance: Instance, world: World) -> JSON:
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
        "has_meeting_summary": False,
    }


def report_json(instance: Instance, world: World) -> JSON:
    """``GET /report/meetings/{id}``."""
    told = past_json(instance, world)
    for gone in ("host_id", "source", "has_meeting_summary"):
        del told[gone]
    return {**told, "tracking_fields": [], "custom_keys": []}


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
    }


def report_participant(join: Join, ended_at: float, with_registrant: bool) -> JSON:
    """A row of ``/report/meetings/{id}/participants``."""
    row = past_participant(join, ended_at)
    del row["internal_user"]
    if not with_registrant:
        del row["registrant_id"]
    return {**row, "participant_user_id": join.person_id, "customer_key": "", "bo_mtg_id": ""}


def metrics_participant(join: Join, now: float, with_registrant: bool) -> JSON:
    """A row of ``/metrics/meetings/{id}/participants``; devices are known for one's own people only."""
    known = join.internal
    row: JSON = {
        "id": join.person_id,
        "user_id": join.user_id,
        "participant_uuid": join.participant_uuid,
        "participant_user_id": join.person_id,
        "user_name": join.name,
        "email": join.email,
        "device": join.device if known else "",
        "os": join.device if known else "",
        "os_version": "",
        "client": "Zoom Workplace" if known else "",
        "ip_address": join.address,
        "internal_ip_addresses": [],
        "location": join.location,
        "network_type": join.network,
        "connection_type": "UDP",
        "data_center": "EU",
        "full_data_center": "EU (FR1)",
        "microphone": "Built-in" if known else "",
        "speaker": "Built-in" if known else "",
        "camera": "Built-in" if known else "",
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
        "version": "6.7.2" if known else "",
        "audio_quality": "good",
        "video_quality": "good",
        "screen_share_quality": "",
        "customer_key": "",
        "bo_mtg_id": "",
        "in_room_participants": 0,
    }
    if with_registrant:
        row["registrant_id"] = join.registrant_id
    if join.leave_at is not None and join.leave_at <= now:
        row["leave_time"] = iso(join.leave_at)
        row["leave_reason"] = join.leave_reason or f"{join.name} left the meeting.<br>Reason: left the meeting."
    return row


def status(join: Join) -> str:
    return "in_waiting_room" if join.waiting else "in_meeting"


def metrics_meeting(instance: Instance, world: World) -> JSON:
    """A row of ``/metrics/meetings``; a duration is text here."""
    host, now = world.users[instance.host_id], world.now()
    ended = instance.ended(now)
    until = instance.ended_at if ended and instance.ended_at is not None else now
    row: JSON = {
        "uuid": instance.uuid,
        "id": instance.meeting_id,
        "topic": instance.topic,
        "host": host.display_name,
        "email": host.email,
        "user_type": {"free": "Basic", "pro": "Pro", "business": "Corp"}[world.account_of(host).plan],
        "start_time": iso(instance.started_at),
        "duration": clock_face(until - instance.started_at),
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
        row["end_time"] = iso(until)
    return row


def recording_json(recording: Recording, world: World, trashed_files: bool = False) -> JSON:
    """A recording as lists have it."""
    files = [file for file in recording.files if (file.trashed_at is not None) == trashed_files]
    return {
        "uuid": recording.uuid,
        "id": recording.meeting_id,
        "account_id": world.users[recording.host_id].account_id,
        "host_id": recording.host_id,
        "topic": recording.topic,
        "type": str(recording.type),
        "start_time": iso(recording.started_at),
        "timezone": recording.timezone,
        "duration": recording.duration_minutes,
        "total_size": sum(file.size_bytes for file in files),
        "recording_count": len(files),
        "share_url": f"{world.base_url}/rec/share/{world.seal(recording.uuid)[:48]}",
        "recording_play_passcode": recording.play_passcode,
        "auto_delete": True,
        "auto_delete_date": iso(recording.started_at + 400 * 86400)[:10],
        "recording_files": [file_json(file, recording, world) for file in files],
    }


def file_json(file: RecordingFile, recording: Recording, world: World) -> JSON:
    """One file; ``meeting_id`` holds the UUID."""
    told: JSON = {
        "meeting_id": recording.uuid,
        "recording_start": iso(file.started_at),
        "recording_end": iso(file.ended_at),
        "file_type": file.file_type,
        "file_extension": file.extension,
        "download_url": f"{world.base_url}/rec/download/{file.id}",
    }
    if file.file_type not in BARE_FILES:
        told |= {
            "id": file.id,
            "file_size": file.size_bytes,
            "play_url": f"{world.base_url}/rec/play/{file.id}",
            "status": "completed",
            "recording_type": file.recording_type,
        }
    trashed_at = file.trashed_at or recording.trashed_at
    if trashed_at is not None:
        told["deleted_time"] = iso(trashed_at)
    return told
