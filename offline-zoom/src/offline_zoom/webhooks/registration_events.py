"""Events about the registrants of a meeting, as Zoom sends them."""

from __future__ import annotations

from typing import Any

from offline_zoom.dates import iso
from offline_zoom.model import Meeting, Registrant, User
from offline_zoom.serializers.registrants import personal_link, registrant_json
from offline_zoom.webhooks.events import Event, envelope
from offline_zoom.world_state import WorldState


def registration_event(
    name: str, at: float, meeting: Meeting, registrant: Registrant, world: WorldState, operator: User | None = None
) -> Event:
    """``meeting.registration_created``, ``_approved``, ``_cancelled`` or ``_denied``. The meeting's id is a number.

    Only the first two have the personal link; only the first has the answers, and no operator.
    """
    host, created = world.users[meeting.host_id], name.endswith("_created")
    fields = registrant_json(registrant, meeting, world)
    person = {key: fields[key] for key in ("id", "first_name", "last_name", "email")}
    if created:
        person = {key: value for key, value in fields.items() if key != "create_time"}
        person["join_url"] = personal_link(registrant, meeting, world)
    elif name.endswith("_approved"):
        person["join_url"] = fields["join_url"]
    thing: dict[str, Any] = {
        "id": meeting.id,
        "uuid": meeting.uuid,
        "host_id": meeting.host_id,
        "topic": meeting.topic,
        "type": meeting.type,
        "start_time": iso(meeting.start_at) if meeting.start_at is not None else "",
        "duration": meeting.duration_minutes,
        "timezone": meeting.timezone,
        "registrant": person,
    }
    if registrant.occurrence_ids:
        thing["occurrences"] = [
            {"occurrence_id": date.id, "start_time": iso(date.current_start_at)}
            for date in meeting.occurrences
            if date.id in registrant.occurrence_ids
        ]
    operator = operator or host
    more = {} if created else {"operator": operator.email, "operator_id": operator.id}
    return envelope(name, at, host.account_id, thing, **more)
