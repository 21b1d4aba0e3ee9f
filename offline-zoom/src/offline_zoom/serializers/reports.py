"""Reports of an account as JSON."""

from __future__ import annotations

from typing import Any

from offline_zoom.dates import iso
from offline_zoom.identifiers import file_id
from offline_zoom.model import Instance, Meeting, Statements
from offline_zoom.serializers.past_meetings import past_json
from offline_zoom.world_state import WorldState

JSON = dict[str, Any]


def history_item(instance: Instance, world: WorldState) -> JSON:
    """A row of ``GET /report/history_meetings``."""
    past, meeting = past_json(instance, world), world.meetings.get(instance.meeting_id)
    return {
        "meeting_uuid": instance.uuid,
        "meeting_id": instance.meeting_id,
        "type": "Meeting",
        "host_display_name": past["user_name"],
        "host_email": past["user_email"],
        "topic": instance.topic,
        "start_time": past["start_time"],
        "end_time": past["end_time"],
        "create_time": iso(meeting.created_at if meeting else instance.started_at),
        "duration": past["duration"],
        "participants": past["participants_count"],
        "total_participant_minutes": past["total_minutes"],
        "department": past["dept"],
        "group": [],
        "source": past["source"],
        "unique_viewers": 0,
        "max_concurrent_views": 0,
        "custom_fields": [],
        "tracking_fields": [tracking_field(field) for field in meeting.tracking_fields] if meeting else [],
        "feature_used": features_used(instance),
    }


def tracking_field(field: JSON) -> JSON:
    return {"field": str(field.get("field", "")), "value": str(field.get("value", ""))}


def features_used(instance: Instance) -> JSON:
    """Which features people used in a meeting."""
    return {
        "video_on": True,
        "screen_sharing": True,
        "record_to_cloud": instance.recording,
        "poll": bool(instance.poll_answers),
        "meeting_summary": instance.summary is not None,
        "waiting_room": any(join.waiting for join in instance.joins),
        "registration": any(join.registrant_id for join in instance.joins),
    }


def user_report_item(instance: Instance, world: WorldState) -> JSON:
    """A row of ``GET /report/users/{userId}/meetings``."""
    past, host = past_json(instance, world), world.users[instance.host_id]
    meeting = world.meetings.get(instance.meeting_id)
    names = ("uuid", "id", "topic", "user_name", "user_email", "start_time", "end_time", "duration", "total_minutes")
    return {
        **{name: past[name] for name in (*names, "type", "participants_count", "source")},
        "session_key": "",
        "schedule_time": iso(meeting.start_at) if meeting and meeting.start_at is not None else "",
        "host_organization": world.account_of(host).name,
        "host_name": host.display_name,
        "has_screen_share": True,
        "has_recording": instance.recording,
        "has_chat": True,
        "meeting_encryption_status": 1,
        "participants_count_my_account": len([row for row in instance.joins if row.internal and not row.waiting]),
        "custom_keys": [],
    }


def upcoming_event(meeting: Meeting, start_at: float, world: WorldState) -> JSON:
    """A row of ``GET /report/upcoming_events``. Here the meeting's number is text."""
    host = world.users[meeting.host_id]
    return {
        "id": str(meeting.id),
        "host_id": host.id,
        "host_name": host.display_name,
        "dept": host.dept,
        "topic": meeting.topic,
        "start_time": iso(start_at),
    }


def poll_report(instance: Instance, people: list[Statements]) -> JSON:
    """``GET /report/meetings/{id}/polls``: like the list of a host, with first and last names."""
    return {
        **head(instance),
        "questions": [{**person_fields(person), "question_details": person.details} for person in people],
    }


def question_report(instance: Instance, people: list[Statements], world: WorldState) -> JSON:
    """``GET /report/meetings/{id}/qa``: each question with who answered it."""
    host, at = world.users[instance.host_id], iso(instance.started_at + 900)
    by = {"user_id": host.id, "name": host.display_name, "email": host.email, "create_time": at}

    def question(number: int, detail: JSON) -> JSON:
        answer = str(detail.get("answer", ""))
        answers = [{**by, "content": answer, "type": "host_answered"}] if answer else []
        return {
            **detail,
            "question_id": file_id(f"{instance.uuid} question {number} {detail.get('question')}"),
            "create_time": at,
            "question_status": "answered" if answer else "open",
            "answer_details": answers,
        }

    return {
        **head(instance),
        "questions": [
            {
                "user_id": "",
                "name": person.name,
                "email": person.email,
                "question_details": [question(number, detail) for number, detail in enumerate(person.details)],
            }
            for person in people
        ],
    }


def survey_report(instance: Instance, survey: JSON, people: list[Statements]) -> JSON:
    """``GET /report/meetings/{id}/survey``: what people answered. Here the meeting has other names."""
    return {
        "meeting_id": instance.meeting_id,
        "meeting_uuid": instance.uuid,
        "start_time": iso(instance.started_at),
        "survey_id": file_id(f"{instance.meeting_id} survey"),
        "survey_name": survey["custom_survey"]["title"],
        "survey_answers": [{**person_fields(person), "answer_details": person.details} for person in people],
    }


def head(instance: Instance) -> JSON:
    return {"id": instance.meeting_id, "uuid": instance.uuid, "start_time": iso(instance.started_at)}


def person_fields(person: Statements) -> JSON:
    """A person's name and email. Anonymous answers have neither."""
    first, _, last = str(person.name).partition(" ")
    return {"name": person.name, "email": person.email, "first_name": first, "last_name": last}
