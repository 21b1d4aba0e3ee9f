"""Checks of registration. Their people have addresses that receive no email."""

from __future__ import annotations

from typing import Any

from zoomapp.cli.verify.account import Account
from zoomapp.cli.verify.check import Result, answers, describe, judge
from zoomapp.cli.verify.meeting_checks import CREATES, CREATES_SERIES, created_series
from zoomapp.zoom import endpoints
from zoomapp.zoom.tolerant_reader import JsonObject

#: Zoom's settings of a meeting: people wait for approval, and register for each session that they choose.
BY_HAND, BY_SESSION = 1, 2
FIRST, SECOND = "first@example.com", "second@example.com"
CREATES_WITH_PEOPLE = "creates a meeting with registration, adds two people with invented addresses, and deletes it"


@answers("no-registration", "A call for a meeting without registration is refused", writes=CREATES)
def no_registration(account: Account) -> Result:
    number = account.create_meeting(settings={"approval_type": 2}).number("id")
    refusals = {
        "the list": account.refusal(endpoints.LIST_REGISTRANTS, meeting_id=number),
        "a change": account.refusal(endpoints.ADD_REGISTRANT, person(FIRST), meeting_id=number),
        "many at once": account.refusal(endpoints.ADD_REGISTRANTS, {"registrants": [person(FIRST)]}, meeting_id=number),
    }
    codes = [refusal.code if refusal else 0 for refusal in refusals.values()]
    found = ", ".join(f"{name} is {describe(refusal)}" for name, refusal in refusals.items())
    return judge(codes == [300, 3000, 404], f"Without registration {found}.")


@answers(
    "refused-together",
    "If Zoom refuses one of 30 registrants, it changes none of them",
    writes=CREATES_WITH_PEOPLE,
)
def refused_together(account: Account) -> Result:
    number = meeting_with_people(account)
    people = [{"email": FIRST}, {"id": "unknown", "email": "unknown@example.com"}]
    change = {"action": "approve", "registrants": people}
    refusal = account.refusal(endpoints.UPDATE_REGISTRANT_STATUS, change, meeting_id=number)
    is_pending = FIRST in emails(account, number)
    return judge(
        refusal is not None and is_pending,
        f"A change of two people, one of them unknown, is {describe(refusal)}, and the other "
        f"{'stays as they are' if is_pending else 'is changed'}.",
    )


@answers("added-twice", "Adding an address that is registered already changes nothing", writes=CREATES_WITH_PEOPLE)
def added_twice(account: Account) -> Result:
    number = meeting_with_people(account)
    before = registrants(account, number)
    refusal = account.refusal(endpoints.ADD_REGISTRANT, person(FIRST, "Changed"), meeting_id=number)
    after = registrants(account, number)
    same = sorted(map(facts, before)) == sorted(map(facts, after))
    return judge(same, f"Adding an address again is {describe(refusal)}, and changes {'nothing' if same else 'it'}.")


@answers(
    "registrant-total",
    "`total_records` of a page with one registrant is the number of all of them",
    writes=CREATES_WITH_PEOPLE,
)
def registrant_total(account: Account) -> Result:
    number = meeting_with_people(account)
    page = JsonObject(account.client.registrants(number, "pending", page_size=1), "page")
    rows, total = len(page.rows("registrants")), page.number("total_records")
    return judge((rows, total) == (1, 2), f"A page with {rows} of 2 registrants has the total {total}.")


@answers(
    "session-registrants",
    "With `occurrence_id`, the list has the people who registered for that session",
    writes=f"{CREATES_SERIES}, with two people with invented addresses",
)
def session_registrants(account: Account) -> Result:
    """Past sessions cannot be checked: a new series has none."""
    series = created_series(account, approval_type=BY_HAND, registration_type=BY_SESSION)
    number, sessions = series.number("id"), [row.text("occurrence_id") for row in series.rows("occurrences")]
    for email, session in zip((FIRST, SECOND), sessions, strict=False):
        account.client.call(endpoints.ADD_REGISTRANT, person(email), meeting_id=number, occurrence_ids=session)
    found = [emails(account, number, session) for session in sessions[:2]]
    return judge(
        found == [{FIRST}, {SECOND}],
        f"Of two people who registered for different sessions, the lists have {len(found[0])} and {len(found[1])}.",
    )


def meeting_with_people(account: Account) -> int:
    """The number of a new meeting, for which two people wait to be approved."""
    number = account.create_meeting(settings={"approval_type": BY_HAND}).number("id")
    for email in (FIRST, SECOND):
        account.client.add_registrant(number, person(email))
    return number


def person(email: str, first_name: str = "Check") -> dict[str, Any]:
    """A registrant as Zoom takes it."""
    return {"email": email, "first_name": first_name, "last_name": "Check"}


def registrants(account: Account, number: int, session: str = "") -> list[JsonObject]:
    """The people who wait to be approved."""
    body = account.client.registrants(number, "pending", occurrence_id=session)
    return JsonObject(body, "page").rows("registrants")


def emails(account: Account, number: int, session: str = "") -> set[str]:
    return {row.text("email") for row in registrants(account, number, session)}


def facts(row: JsonObject) -> tuple[str, str, str]:
    """What a second registration could change."""
    return row.text("email"), row.text("first_name"), row.text("id")


CHECKS = (no_registration, refused_together, added_twice, registrant_total, session_registrants)
