"""A quiet day at a small studio, with every trap of the REST reference lying about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from offline_zoom.identifiers import meeting_uuid
from offline_zoom.model import NO_FIXED_TIME, Join
from offline_zoom.stories.builder import crowd, held, on, row, scheduled, today, weekly
from offline_zoom.stories.people import settle

if TYPE_CHECKING:
    from offline_zoom.world import World

WEEKLY, OFFICE, FOCUS, TOWN_HALL, WEBINAR = 85512340987, 81200456789, 82345678901, 86000340340, 84411122233
#: one inner slash, none, a leading slash, two slashes in a row: each is written differently in a path
FIXTURES = (
    "mZ/f3MfttxSz5wUidTLRvw==",
    "dwb4XYaQAkrWvaNAG+nIyw==",
    "/I84Pj7PRnR0S+zLVAnH1w==",
    "5+qTtJW0yMSkA//C45lemw==",
)


def quiet_day(world: World) -> None:
    """Nobody is in a meeting now."""
    settle(world)
    calendar(world)
    series(world)
    yesterday(world)
    others(world)


def calendar(world: World) -> None:
    """Today and the days around it, for Dana."""
    half_hour = (world.now() // 1800 + 2) * 1800
    scheduled(world, 85000000101, "Stand-up", "dana", on(world, 0, 9, 30), 15)
    scheduled(
        world, 85000000102, "Design review", "dana", on(world, 0, 11), 60, agenda="Colours, type, and the new icons."
    )
    scheduled(
        world,
        85000000103,
        "Budget <b>Q3</b> & \"plans\" <script>alert('topic')</script>",
        "dana",
        on(world, 0, 16, 30),
        30,
    )
    scheduled(world, 85000000104, "Customer call", "dana", half_hour, 30, settings={"waiting_room": False})
    scheduled(world, 85000000105, "Interview: Zoë Ångström", "dana", on(world, 1, 10), 45)
    scheduled(world, 85000000106, "Retrospektive für März", "dana", on(world, 2, 15), 90)
    scheduled(world, OFFICE, "Office hours", "dana", None, 0, type=NO_FIXED_TIME)
    scheduled(
        world, 4085551234, "Dana Okoye's Personal Meeting Room", "dana", None, 60, type=NO_FIXED_TIME, personal=True
    )
    scheduled(world, WEBINAR, "Launch webinar", "dana", on(world, 5, 18), 60, webinar=True)
    invited = {"meeting_invitees": [{"email": "dana@example.com"}]}
    scheduled(world, 85000000201, "Type critique", "jonas", half_hour + 3600, 45, settings=invited)


def series(world: World) -> None:
    """The weekly sync: three weeks held, next week called off."""
    sync = weekly(world, WEEKLY, "Weekly sync", "dana", 10, range(-3, 4), deleted=1)
    sync.agenda, sync.settings["auto_recording"] = "Status round", "cloud"
    for week, uuid in ((-3, FIXTURES[1]), (-2, FIXTURES[3]), (-1, FIXTURES[2])):
        begins = on(world, 7 * week, 10)
        held(world, sync, uuid, begins + 41, 44, team(world, begins), recorded=True)
    if on(world, 0, 11) < world.now():
        held(
            world,
            sync,
            meeting_uuid(f"weekly sync {today(world)}"),
            on(world, 0, 10) + 20,
            40,
            team(world, on(world, 0, 10)),
        )


def team(world: World, begins: float) -> list[Join]:
    """Dana throughout; Jonas on two devices at once and again; guests without id; one who waited at the door."""
    minute = 60.0
    blink = "Guest Lee left the meeting.<br>Reason: Network connection error."
    return [
        row(world, "dana", begins + 41, begins + 44 * minute, role="host"),
        row(world, "jonas", begins + 2 * minute, begins + 30 * minute),
        row(world, "jonas", begins + 10 * minute, begins + 25 * minute, device="iOS", network="Cellular"),
        row(world, "jonas", begins + 33 * minute, begins + 44 * minute),
        row(world, "Mina Park", begins + 3 * minute, begins + 4 * minute, waiting=True, admitted=True),
        row(
            world,
            "Mina Park",
            begins + 4 * minute,
            begins + 40 * minute,
            email="mina@example.net",
            registrant_id="rMina01",
        ),
        row(world, "Guest Lee", begins + 3 * minute + 40, begins + 20 * minute, leave_reason=blink),
        row(world, "Guest Lee", begins + 21 * minute, begins + 44 * minute),
        row(world, "Łukasz Żółć", begins + 5 * minute, begins + 44 * minute, location="Kraków (PL)"),
    ]


def yesterday(world: World) -> None:
    """What was held: office hours, one alone, a town hall of 340."""
    begins = on(world, -1, 14)
    held(world, world.meetings[OFFICE], FIXTURES[0], begins, 50, team(world, begins))
    focus = scheduled(world, FOCUS, "Focus time", "dana", on(world, -2, 8), 60)
    alone = [row(world, "dana", on(world, -2, 8), on(world, -2, 9), role="host")]
    held(world, focus, meeting_uuid("focus"), on(world, -2, 8), 60, alone)
    hall = scheduled(world, TOWN_HALL, "Town hall", "dana", on(world, -6, 16), 60)
    opens, closes = on(world, -6, 16), on(world, -6, 17)
    people = [row(world, "dana", opens, closes, role="host"), *crowd(world, 340, opens, closes, "townhall")]
    held(world, hall, meeting_uuid("town hall"), opens, 60, people, recorded=True)


def others(world: World) -> None:
    """A little for everybody else."""
    for number, host, days in ((87000000301, "priya", -1), (87000000401, "finn", -1), (87000000501, "ada", -3)):
        begins = on(world, days, 13)
        call = scheduled(world, number, "Catch-up", host, begins, 30)
        rows = [
            row(world, host, begins, begins + 1800, role="host"),
            row(world, "Guest Lee", begins + 60, begins + 1700),
        ]
        held(world, call, meeting_uuid(f"catch-up {host}"), begins, 30, rows, recorded=host == "priya")
        scheduled(world, number + 1, "Planning", host, on(world, 0, 15), 45)
        scheduled(world, number + 2, "Demo", host, on(world, 1, 11), 30)
