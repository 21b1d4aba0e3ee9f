"""Checks that create meetings, change them, and delete them again."""

from __future__ import annotations

from datetime import timedelta

from zoomapp.cli.verify.account import Account, zoom_time
from zoomapp.cli.verify.check import NotTestable, Result, answers, describe, judge
from zoomapp.errors import ZoomRefused
from zoomapp.zoom import endpoints
from zoomapp.zoom.scopes import is_classic
from zoomapp.zoom.tolerant_reader import JsonObject

#: Zoom's types of meetings.
INSTANT, SERIES = 1, 8
SESSIONS = 4
DAILY = {"type": 1, "repeat_interval": 1, "end_times": SESSIONS}
#: How long the list of upcoming meetings may take to have a new meeting.
LIST_SECONDS = 10
BASIC_USER = 1
CREATES = "creates a meeting and deletes it"
CREATES_SERIES = "creates a series of four meetings, changes it and deletes it"


@answers("series-start", "A series that gets a new start needs its recurrence in the same PATCH", writes=CREATES_SERIES)
def series_start(account: Account) -> Result:
    """What becomes of past sessions cannot be checked: a new series has none."""
    series, start = created_series(account), account.tomorrow + timedelta(days=1)
    number, change = series.number("id"), {"start_time": zoom_time(start)}
    refusal = account.refusal(endpoints.UPDATE_MEETING, change, meeting_id=number)
    account.client.delete_meeting(number, series.rows("occurrences")[1].text("occurrence_id"))
    account.client.update_meeting(number, {**change, "recurrence": DAILY})
    coming = available(account, number)
    first = coming[0].time("start_time") if coming else None
    return judge(
        refusal is not None and first == start and len(coming) == SESSIONS,
        f"A new start alone is {describe(refusal)}. With the recurrence the series begins "
        f"{'at' if first == start else 'elsewhere than at'} the new start, and has {len(coming)} of {SESSIONS} "
        "sessions, one of which was canceled before.",
    )


@answers("session-id", "The id of a session is its first start in milliseconds", writes=CREATES_SERIES)
def session_id(account: Account) -> Result:
    series = created_series(account)
    number, before = series.number("id"), [row.text("occurrence_id") for row in series.rows("occurrences")]
    starts = [row.time("start_time") for row in series.rows("occurrences")]
    by_start = [str(round(start.timestamp() * 1000)) for start in starts if start]
    moved = {"start_time": zoom_time(account.tomorrow + timedelta(hours=1))}
    account.client.update_meeting(number, moved, occurrence_id=before[0])
    after = [row.text("occurrence_id") for row in available(account, number)]
    return judge(
        before == by_start and sorted(after) == sorted(before),
        f"The ids are {'the' if before == by_start else 'not the'} starts in milliseconds, and "
        f"{'stay' if sorted(after) == sorted(before) else 'change'} when a session is moved.",
    )


@answers(
    "listed-at-once",
    "If Zoom created a meeting although the request timed out, the list of upcoming meetings has it within seconds",
    writes=CREATES,
)
def listed_at_once(account: Account) -> Result:
    number = account.create_meeting().number("id")
    for seconds in range(LIST_SECONDS + 1):
        listed = account.objects(endpoints.LIST_MEETINGS, "meetings", type="upcoming", page_size=300)
        if number in [row.number("id") for row in listed]:
            return judge(True, f"The list has a new meeting after {seconds} seconds.")
        account.wait(1)
    return judge(False, f"The list lacks a new meeting after {LIST_SECONDS} seconds.")


@answers("own-meetings", "A user-level grant reads `GET /meetings/{id}` of the user's own meetings", writes=CREATES)
def own_meetings(account: Account) -> Result:
    if any(scope.endswith(":admin") for scope in account.scopes) or is_classic(account.scopes):
        raise NotTestable("The user’s grant has more than user-level scopes. Check it with another user.")
    numbers = {
        "a scheduled": account.create_meeting().number("id"),
        "an instant": account.create_meeting(type=INSTANT).number("id"),
        "the personal": account.user.number("pmi"),
    }
    refusals = {
        kind: account.refusal(endpoints.READ_MEETING, meeting_id=number) for kind, number in numbers.items() if number
    }
    found = [f"{kind} meeting is {describe(refusal)}" for kind, refusal in refusals.items()]
    return judge(not any(refusals.values()), f"Reading {', '.join(found)}.")


@answers("registration-plan", "Registration needs a paid plan and a fixed time", writes=CREATES)
def registration_plan(account: Account) -> Result:
    if account.user.number("type") != BASIC_USER:
        raise NotTestable("The user has a paid plan. Check it with a Basic user.")
    try:
        number = account.create_meeting(settings={"approval_type": 0}).number("id")
        account.client.registrants(number)
    except ZoomRefused as error:
        return judge(True, f"A Basic user is refused with {error.zoom_status} and code {error.zoom_code}.")
    return judge(False, "A Basic user’s meeting has a list of registrants.")


def created_series(account: Account, **settings: int) -> JsonObject:
    """A new series of four days. Raises NotTestable if Zoom lists other sessions."""
    series = account.create_meeting(type=SERIES, recurrence=DAILY, settings=settings)
    if len(series.rows("occurrences")) != SESSIONS:
        raise NotTestable(f"A daily series of {SESSIONS} has {len(series.rows('occurrences'))} sessions.")
    return series


def available(account: Account, number: int) -> list[JsonObject]:
    """The sessions of a series that were not canceled."""
    sessions = account.objects(endpoints.READ_MEETING, "occurrences", meeting_id=number)
    return [session for session in sessions if session.text("status") != "deleted"]


CHECKS = (listed_at_once, own_meetings, session_id, series_start, registration_plan)
