"""Registrants of a meeting as JSON."""

from __future__ import annotations

from typing import Any

from offline_zoom.dates import iso
from offline_zoom.model import Meeting, Registrant
from offline_zoom.world_state import WorldState

JSON = dict[str, Any]


def registrant_json(registrant: Registrant, meeting: Meeting, world: WorldState) -> JSON:
    """One registrant of ``GET /meetings/{id}/registrants``. Only approved people have their personal link."""
    fields: JSON = {
        "id": registrant.id,
        "email": registrant.email,
        "first_name": registrant.first_name,
        "last_name": registrant.last_name,
        "status": registrant.status,
        "create_time": iso(registrant.created_at),
        "custom_questions": [],
        **registrant.answers,
    }
    if registrant.status == "approved":
        fields["join_url"] = personal_link(registrant, meeting, world)
    return fields


def personal_link(registrant: Registrant, meeting: Meeting, world: WorldState) -> str:
    """The address with which this person alone joins."""
    return f"{world.base_url}/w/{meeting.id}?tk={world.seal(f'registrant {registrant.id}')[:32]}"
