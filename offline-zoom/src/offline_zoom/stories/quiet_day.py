"""The story ``quiet-day``: no running meeting, but every special case of Zoom's REST data."""

from __future__ import annotations

from offline_zoom.identifiers import meeting_uuid
from offline_zoom.meeting_content import summary_of, transcript_of
from offline_zoom.model import NO_FIXED_TIME, Join
from offline_zoom.polls import add_polls, add_questions
from offline_zoom.recordings.viewers import add_viewers
from offline_zoom.registration import add_registrants, open_registration
from offline_zoom.stories.builder import (
    add_instance,
    add_meeting,
    add_weekly_series,
    attendance_row,
    crowd_rows,
    local_time,
    today,
)
from offline_zoom.stories.people import add_people
from offline_zoom.stories.story_data import StoryData

RETRO = 85000000106
WEEKLY, OFFICE, FOCUS, TOWN_HALL, WEBINAR = 85512340987, 81200456789, 82345678901, 86000340340, 84411122233
#: UUIDs that a path encodes differently: an inner slash, none, a leading slash, two slashes in a row
FIXTURES = (
    "mZ/f3MfttxSz5wUidTLRvw==",
    "dwb4XYaQAkrWvaNAG+nIyw==",
    "/I84Pj7PRnR0S+zLVAnH1w==",
    "5+qTtJW0yMSkA//C45lemw==",
)
#: registrants: first name, last name, email, company
WAITING = (
    ("Camille", "Laurent", "camille@atelier.example", "Atelier Laurent"),
    ("Oscar", "Lindholm", "oscar@fjord.example", "Fjord Logistics"),
    ("Mei", "Tan", "mei.tan@harbor.example", "Harbor Foods"),
    ("Rafael", "Souza", "rafael@souza.example", ""),
)
APPROVED = (
    ("Nadia", "Petrova", "nadia@orbit.example", "Orbit Labs"),
    ("Ben", "Carter", "ben.carter@mail.example", ""),
    ("Zoë", "Ångström", "zoe@example.net", "Norte"),
    ("Hugo", "Lund", "hugo@delta.example", "Delta"),
    ("Ana", "Norte", "ana@norte.example", "Norte"),
)
DENIED = (("Win", "Prize", "win@prizes.example", ""), ("Test", "", "test@test.example", ""))
REGULARS = (
    ("Jonas", "Weber", "jonas@example.com", "Okoye Studio"),
    ("Mina", "Park", "mina@example.net", "Park & Co"),
    ("Guest", "Lee", "lee@example.org", ""),
    ("Amara", "Diallo", "amara@northwind.example", "Northwind"),
    ("Victor", "Chen", "victor@partner.example", "Partner"),
)


def quiet_day(story: StoryData) -> None:
    """No meeting is running."""
    add_people(story)
    calendar(story)
    series(story)
    past_meetings(story)
    colleagues(story)
    meeting_contents(story)
    registrations(story)


def calendar(story: StoryData) -> None:
    """Add Dana's scheduled meetings."""
    half_hour = (story.now // 1800 + 2) * 1800
    add_meeting(story, 85000000101, "Stand-up", "dana", local_time(story, 0, 9, 30), 15)
    add_meeting(
        story,
        85000000102,
        "Design review",
        "dana",
        local_time(story, 0, 11),
        60,
        agenda="Colors, type, and the new icons.",
    )
    add_meeting(story, 85000000103, "Budget & plans for Q3", "dana", local_time(story, 0, 16, 30), 30)
    add_meeting(story, 85000000104, "Customer call", "dana", half_hour, 30, settings={"waiting_room": False})
    add_meeting(story, 85000000105, "Interview: Zoë Ångström", "dana", local_time(story, 1, 10), 45)
    add_meeting(story, RETRO, "Retrospektive für März", "dana", local_time(story, 2, 15), 90)
    add_meeting(story, OFFICE, "Office hours", "dana", None, 0, type=NO_FIXED_TIME)
    add_meeting(
        story, 4085551234, "Dana Okoye's Personal Meeting Room", "dana", None, 60, type=NO_FIXED_TIME, personal=True
    )
    add_meeting(story, WEBINAR, "Launch webinar", "dana", local_time(story, 5, 18), 60, webinar=True)
    invited = {"meeting_invitees": [{"email": "dana@example.com"}]}
    add_meeting(story, 85000000201, "Type critique", "jonas", half_hour + 3600, 45, settings=invited)


def series(story: StoryData) -> None:
    """Add the weekly sync: three past instances, next week deleted."""
    sync = add_weekly_series(story, WEEKLY, "Weekly sync", "dana", 10, range(-3, 4), deleted=1)
    sync.agenda, sync.settings["auto_recording"] = "Status round", "cloud"
    for week, uuid in ((-3, FIXTURES[1]), (-2, FIXTURES[3]), (-1, FIXTURES[2])):
        begins = local_time(story, 7 * week, 10)
        add_instance(story, sync, uuid, begins + 41, 44, team(story, begins), recorded=True)
    if local_time(story, 0, 11) < story.now:
        add_instance(
            story,
            sync,
            meeting_uuid(f"weekly sync {today(story)}"),
            local_time(story, 0, 10) + 20,
            40,
            team(story, local_time(story, 0, 10)),
        )


def team(story: StoryData, begins: float) -> list[Join]:
    """Attendance with special cases: two devices at once, rejoins, guests without id, the waiting room."""
    minute = 60.0
    blink = "Guest Lee left the meeting.<br>Reason: Network connection error."
    return [
        attendance_row(story, "dana", begins + 41, begins + 44 * minute, role="host"),
        attendance_row(story, "jonas", begins + 2 * minute, begins + 30 * minute),
        attendance_row(story, "jonas", begins + 10 * minute, begins + 25 * minute, device="iOS", network="Cellular"),
        attendance_row(story, "jonas", begins + 33 * minute, begins + 44 * minute),
        attendance_row(story, "Mina Park", begins + 3 * minute, begins + 4 * minute, waiting=True, admitted=True),
        attendance_row(
            story,
            "Mina Park",
            begins + 4 * minute,
            begins + 40 * minute,
            email="mina@example.net",
            registrant_id="rMina01",
        ),
        attendance_row(story, "Guest Lee", begins + 3 * minute + 40, begins + 20 * minute, leave_reason=blink),
        attendance_row(story, "Guest Lee", begins + 21 * minute, begins + 44 * minute),
        attendance_row(story, "Łukasz Żółć", begins + 5 * minute, begins + 44 * minute, location="Kraków (PL)"),
    ]


def past_meetings(story: StoryData) -> None:
    """Add past meetings: office hours, a meeting of one person, a town hall of 340."""
    begins = local_time(story, -1, 14)
    add_instance(story, story.meetings[OFFICE], FIXTURES[0], begins, 50, team(story, begins))
    focus = add_meeting(story, FOCUS, "Focus time", "dana", local_time(story, -2, 8), 60)
    alone = [attendance_row(story, "dana", local_time(story, -2, 8), local_time(story, -2, 9), role="host")]
    add_instance(story, focus, meeting_uuid("focus"), local_time(story, -2, 8), 60, alone)
    hall = add_meeting(story, TOWN_HALL, "Town hall", "dana", local_time(story, -6, 16), 60)
    opens, closes = local_time(story, -6, 16), local_time(story, -6, 17)
    people = [
        attendance_row(story, "dana", opens, closes, role="host"),
        *crowd_rows(story, 340, opens, closes, "townhall"),
    ]
    add_instance(story, hall, meeting_uuid("town hall"), opens, 60, people, recorded=True)


def colleagues(story: StoryData) -> None:
    """Add the meetings of Dana's colleagues."""
    for number, host, days in ((87000000301, "priya", -1), (87000000401, "finn", -1), (87000000501, "ada", -3)):
        begins = local_time(story, days, 13)
        call = add_meeting(story, number, "Catch-up", host, begins, 30)
        rows = [
            attendance_row(story, host, begins, begins + 1800, role="host"),
            attendance_row(story, "Guest Lee", begins + 60, begins + 1700),
        ]
        add_instance(story, call, meeting_uuid(f"catch-up {host}"), begins, 30, rows, recorded=host == "priya")
        add_meeting(story, number + 1, "Planning", host, local_time(story, 0, 15), 45)
        add_meeting(story, number + 2, "Demo", host, local_time(story, 1, 11), 30)


def meeting_contents(story: StoryData) -> None:
    """Add summaries and transcripts: an edited summary, one of Markdown alone, and a transcript without a summary.

    One meeting has polls, a Q&A, a survey and a recording that people have seen; one has a Q&A alone.
    """
    by_uuid = {instance.uuid: instance for instance in story.instances}
    for uuid in (FIXTURES[1], FIXTURES[2], FIXTURES[3], meeting_uuid("catch-up priya"), meeting_uuid("catch-up finn")):
        instance = by_uuid[uuid]
        ended_at = instance.ended_at or instance.started_at
        instance.summary = summary_of(instance, ended_at + 360, edited=uuid == FIXTURES[3])
        instance.transcript = transcript_of(instance, ended_at + 240)
        if uuid == FIXTURES[1]:
            instance.summary.overview, instance.summary.details, instance.summary.next_steps = "", [], []
    office = by_uuid[FIXTURES[0]]
    office.transcript = transcript_of(office, (office.ended_at or office.started_at) + 240)
    add_polls(story.meetings[WEEKLY], by_uuid[FIXTURES[2]])
    add_viewers(story.recordings[FIXTURES[2]])
    add_questions(by_uuid[FIXTURES[2]])
    add_questions(by_uuid[FIXTURES[1]])


def registrations(story: StoryData) -> None:
    """Add registrants: to a meeting that is still to come, and to the weekly sync with its past sessions.

    A week ago two of them did not come, and Łukasz came without a registration. Lee is known by name alone.
    """
    retro, sync = story.meetings[RETRO], story.meetings[WEEKLY]
    open_registration(retro)
    add_registrants(retro, WAITING, "pending", story.now - 1800)
    add_registrants(retro, APPROVED, "approved", story.now - 30 * 3600)
    add_registrants(retro, DENIED, "denied", story.now - 50 * 3600)
    open_registration(sync, registration_type=2)
    add_registrants(sync, REGULARS, "approved", story.now - 25 * 86400)
    add_registrants(sync, WAITING[:1], "pending", story.now - 7200)
    by_name = {person.first_name: person for person in sync.registrants}
    by_name["Mina"].id = "rMina01"
    last_week = [date.id for date in sync.occurrences if date.start_at == local_time(story, -7, 10)]
    by_name["Victor"].occurrence_ids = last_week
