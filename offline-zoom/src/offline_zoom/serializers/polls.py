"""Polls, their results, and the Q&A of a past meeting as JSON."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from offline_zoom.dates import iso
from offline_zoom.model import Instance, Poll, Statements

JSON = dict[str, Any]


def poll_json(poll: Poll) -> JSON:
    """One poll of ``GET /meetings/{id}/polls``."""
    return {
        "id": poll.id,
        "title": poll.title,
        "status": poll.status,
        "anonymous": poll.anonymous,
        "poll_type": poll.poll_type,
        "questions": poll.questions,
    }


def statements_json(instance: Instance, statements: Iterable[Statements]) -> JSON:
    """``GET /past_meetings/{id}/polls`` and ``/qa``: one row per person."""
    return {
        "id": instance.meeting_id,
        "uuid": instance.uuid,
        "start_time": iso(instance.started_at),
        "questions": [
            {"name": person.name, "email": person.email, "question_details": person.details} for person in statements
        ],
    }
