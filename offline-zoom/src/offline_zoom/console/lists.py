"""The lists of the console: calls, deliveries, meetings, grants. Each shows its first 100 rows, then more."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from offline_zoom.call_log import Call, CallLog
from offline_zoom.console.choices import DELIVERY_FAULTS, DISAGREEMENTS, MORE_SWITCHES
from offline_zoom.fault_presets import EFFECTS
from offline_zoom.model import Instance, Join, Meeting
from offline_zoom.oauth.grants import Grant
from offline_zoom.stories import STORIES
from offline_zoom.webhooks.sender import WebhookSender
from offline_zoom.world import World

ROWS = 100


class Listing(NamedTuple):
    """The rows to show, how many there are, and how many the next page shows (None: there are no more)."""

    rows: Sequence[Any]
    total: int
    more: int | None


class RunningMeeting(NamedTuple):
    """A running meeting and the people in it."""

    instance: Instance
    host: str
    people: Listing
    waiting: int


class TokenRow(NamedTuple):
    """One grant. ``user`` is empty for the token of an app."""

    user: str
    name: str
    grant: Grant


def lists(world: World, sender: WebhookSender | None, query: Mapping[str, str]) -> dict[str, Any]:
    """What the console shows, by the name that its template uses. Hold the world's lock."""
    now = world.now()
    deliveries = sender.deliveries()[::-1] if sender else []
    running = [instance for instance in world.instances.values() if instance.live(now)]
    return {
        "now": now,
        "query": query,
        "stories": STORIES,
        "effects": EFFECTS,
        "calls": listing(matching_calls(world.calls, query), number(query, "calls")),
        "open_call": number(query, "call"),
        "sender": sender,
        "deliveries": listing(deliveries, number(query, "deliveries")),
        "open_delivery": number(query, "delivery"),
        "running": [running_meeting(world, instance, number(query, "people")) for instance in running],
        "startable": startable(world, {instance.meeting_id for instance in running}),
        "tokens": listing(token_rows(world), number(query, "tokens")),
        "disagreements": DISAGREEMENTS,
        "more_switches": MORE_SWITCHES,
        "delivery_faults": DELIVERY_FAULTS,
    }


def number(query: Mapping[str, str], name: str) -> int:
    """A whole number of a query or a form. 0 for anything else."""
    text = query.get(name, "").strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 20 else 0


def listing(rows: Sequence[Any], limit: int) -> Listing:
    """The first rows: 100, or as many as the query says."""
    limit = max(limit, ROWS)
    return Listing(rows[:limit], len(rows), limit + ROWS if len(rows) > limit else None)


def matching_calls(log: CallLog, query: Mapping[str, str]) -> list[Call]:
    """The calls of the route and of the outcome that the query names, newest first."""
    calls = log.matching(route(query.get("route", "")))[::-1]
    return [call for call in calls if call.failed] if query.get("failures") else calls


def route(text: str) -> tuple[str, str]:
    """Method and path of a filter: ``GET /v2/users/*``, a path, or a part of a path."""
    method, _, path = text.strip().rpartition(" ")
    return method.upper() or "*", path if "*" in path else f"**{path}**"


def running_meeting(world: World, instance: Instance, limit: int) -> RunningMeeting:
    """A running meeting. Those who wait are first, then those who came last."""
    people = sorted(instance.present(world.now()), key=lambda join: (not join.waiting, -join.join_at))
    waiting = sum(join.waiting for join in people)
    return RunningMeeting(instance, world.users[instance.host_id].display_name, listing(people, limit), waiting)


def startable(world: World, running: set[int]) -> list[tuple[int, str]]:
    """Number and text of the meetings that can be started, those of the signed-in user first. At most 100."""

    def order(meeting: Meeting) -> tuple[bool, str]:
        return meeting.host_id != world.me.id, meeting.topic

    found = [meeting for meeting in world.meetings.values() if not meeting.deleted and meeting.id not in running]
    return [
        (meeting.id, f"{meeting.topic} ({world.users[meeting.host_id].first_name})")
        for meeting in sorted(found, key=order)[:ROWS]
    ]


def token_rows(world: World) -> list[TokenRow]:
    """The grants of users, then those of apps."""
    users = [
        TokenRow(world.users[user_id].key, world.users[user_id].display_name, grant)
        for user_id, grant in world.grants.by_user.items()
        if user_id in world.users
    ]
    names = {"account": "Server-to-Server app", "app": "Chatbot"}
    return users + [TokenRow("", names[grant.kind], grant) for grant in world.grants.app_tokens.values()]


def find_person(world: World, uuid: str, user_id: str) -> tuple[Instance, Join]:
    """A person in a running meeting, by the ids of meeting and row. Raises ValueError."""
    instance = find_running(world, uuid)
    for join in instance.present(world.now()):
        if join.user_id == user_id:
            return instance, join
    raise ValueError("This person is no longer in the meeting.")


def find_running(world: World, uuid: str) -> Instance:
    """A running meeting by its id. Raises ValueError."""
    instance = world.instances.get(uuid)
    if instance is None or not instance.live(world.now()):
        raise ValueError("This meeting is not running anymore.")
    return instance
