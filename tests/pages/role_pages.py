"""What each role sees in the Zoom client in each situation, and the test that shows it: the source of docs/roles.md.

``python -m tests.pages.role_pages`` writes the table.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

DOCS = Path(__file__).resolve().parents[2] / "docs" / "roles.md"
BEGIN = "<!-- Written by python -m tests.pages.role_pages -->\n"

HOST, FORMER, ALTERNATIVE = "host", "former host", "alternative host"
SHARED, UNSHARED = "co-host, times shared", "co-host, nothing shared"
PARTICIPANT, GUEST = "participant", "guest, not signed in"
WEBINAR_HOST, WEBINAR_COHOST, PANELIST, ATTENDEE = "webinar host", "webinar co-host", "panelist", "webinar attendee"
COHOSTS = (SHARED, UNSHARED)
WEBINAR = (WEBINAR_HOST, WEBINAR_COHOST, PANELIST, ATTENDEE)
ROLES = (HOST, FORMER, ALTERNATIVE, *COHOSTS, PARTICIPANT, GUEST, *WEBINAR)

CLIENT, SITUATIONS = "tests/pages/test_roles_in_client.py", "tests/pages/test_roles_in_situations.py"
SIGHTED, SHARING = "tests/pages/test_sighted_in_client.py", "tests/web/test_shared_times.py"
STAND_IN = "tests/client/test_client.py"


class Cell(NamedTuple):
    """What some roles see, in quotes as the page says it, and a test of it: its file and its name.

    Without a test: why the situation cannot occur, or which page stays as it is.
    """

    roles: tuple[str, ...]
    says: str
    test: tuple[str, str] = ("", "")


SIGN_IN = "“Sign in to see your attendance”: the page is of no meeting"
NO_WEBINAR = "a webinar has none"
COHOST_STORY = (SITUATIONS, "test_cohost_sees_what_the_host_shares_from_start_to_end")
FORMER_STORY = (SITUATIONS, "test_former_host_keeps_their_page_until_they_are_host_again")
ALTERNATIVE_STORY = (SITUATIONS, "test_alternative_host_is_host_until_the_host_comes_and_sees_the_report")
WEBINAR_STORY = (SITUATIONS, "test_host_and_cohost_of_a_webinar_see_who_is_there_and_then_the_report")
PROMOTION_STORY = (CLIENT, "test_participant_becomes_co_host_and_participant_again_until_the_end")
PANELIST_STORY = (SITUATIONS, "test_attendee_becomes_panelist_and_panelist_becomes_co_host")
OWN_WEBINAR_STORY = (CLIENT, "test_panelist_and_attendee_of_a_webinar_see_their_own_attendance")
GUEST_STORY = (SITUATIONS, "test_guest_signs_in_and_sees_their_own_minutes")
GUEST_STAYS = (SITUATIONS, "test_guest_keeps_the_way_to_sign_in_whatever_happens_in_the_meeting")
FORMER_STAYS = (SITUATIONS, "test_former_host_keeps_their_page_in_a_breakout_room_and_in_the_waiting_room")
NEXT_STORY = (SITUATIONS, "test_cohost_who_goes_on_to_another_meeting_sees_that_one")
HOST_CHANGE = (CLIENT, "test_change_of_host_gives_each_person_the_page_of_their_new_role")

SITUATION_CELLS: dict[str, tuple[Cell, ...]] = {
    "the start": (
        Cell(
            (HOST,), "everyone, and since when", (CLIENT, "test_next_meeting_of_the_host_takes_the_place_of_the_report")
        ),
        Cell((FORMER,), "is the host then"),
        Cell((ALTERNATIVE,), "everyone; “you’re host”, as the host is not there", ALTERNATIVE_STORY),
        Cell(COHOSTS, "everyone; “you’re co-host”", COHOST_STORY),
        Cell((PARTICIPANT,), "own minutes: “Counted since …, when you opened this.”", PROMOTION_STORY),
        Cell((GUEST,), "“Sign in to see your attendance”, with one press", GUEST_STORY),
        Cell((WEBINAR_HOST, WEBINAR_COHOST), "everyone; “you’re host” or “you’re co-host”", WEBINAR_STORY),
        Cell((PANELIST, ATTENDEE), "own minutes: “Counted since …, when you opened this.”", OWN_WEBINAR_STORY),
    ),
    "the meeting runs": (
        Cell(
            (HOST,), "who joins, waits and leaves, and the sources", (SIGHTED, "test_client_reports_alone_show_changes")
        ),
        Cell((FORMER,), "“Someone else is host now.” The page goes on with the host’s other sources", FORMER_STORY),
        Cell((SHARED,), "exact times; “From your Zoom client … and the host’s account”", COHOST_STORY),
        Cell(
            (ALTERNATIVE, UNSHARED),
            "“Here by …”, “The host hasn’t shared exact times.”, “People in breakout rooms show as left”",
            COHOST_STORY,
        ),
        Cell(
            (PARTICIPANT,),
            "own minutes, and what the host shares: “How many people are here”",
            (CLIENT, "test_participant_in_the_waiting_room_sees_so_until_they_are_let_in"),
        ),
        Cell((GUEST,), SIGN_IN, GUEST_STAYS),
        Cell((WEBINAR_HOST, WEBINAR_COHOST), "“From your Zoom client”", WEBINAR_STORY),
        Cell((PANELIST, ATTENDEE), "own minutes, nothing of others", OWN_WEBINAR_STORY),
    ),
    "another meeting is started": (
        Cell(
            (HOST,),
            "the page of the meeting that they are in, also if both run",
            (SITUATIONS, "test_host_of_two_running_meetings_sees_the_one_that_they_are_in"),
        ),
        Cell(
            (FORMER,),
            "own minutes of someone else’s meeting",
            (SITUATIONS, "test_host_who_joins_someone_elses_meeting_after_the_end_sees_their_own_minutes"),
        ),
        Cell(
            (ALTERNATIVE, *COHOSTS, WEBINAR_HOST, WEBINAR_COHOST), "the next meeting, in their role there", NEXT_STORY
        ),
        Cell(
            (PARTICIPANT, PANELIST, ATTENDEE),
            "own minutes of the next meeting, from 0",
            (CLIENT, "test_participant_of_two_meetings_one_after_the_other_sees_the_second"),
        ),
        Cell((GUEST,), SIGN_IN, GUEST_STAYS),
    ),
    "in a breakout room, and back": (
        Cell(
            (HOST,),
            "everyone; “You see your room, … Others are as your Zoom client last saw them.” or"
            " “Others are from … Zoom’s live events or dashboard”",
            (SITUATIONS, "test_host_in_a_breakout_room_sees_everyone_and_who_knows_of_them"),
        ),
        Cell((FORMER,), "the page stays as it is: their client lists nobody", FORMER_STAYS),
        Cell((SHARED,), "“You’re in a breakout room. Others are from … the host’s account”", COHOST_STORY),
        Cell(
            (ALTERNATIVE, UNSHARED),
            "“You see your room, … Others are as your Zoom client last saw them.”",
            COHOST_STORY,
        ),
        Cell(
            (PARTICIPANT,),
            "“You’re in a breakout room. Your minutes go on.”",
            (CLIENT, "test_breakout_room_ends_no_stay_of_a_participant_and_of_a_co_host"),
        ),
        Cell((GUEST,), SIGN_IN, GUEST_STAYS),
        Cell(WEBINAR, NO_WEBINAR),
    ),
    "moved to the waiting room, and let in": (
        Cell(
            (HOST, ALTERNATIVE, *COHOSTS),
            "Zoom does not move hosts and co-hosts there",
            (STAND_IN, "test_hosts_are_not_put_in_the_waiting_room"),
        ),
        Cell((FORMER,), "the page of their meeting stays, with “Someone else is host now.”", FORMER_STAYS),
        Cell(
            (PARTICIPANT,),
            "“You’re in the waiting room”; then “You rejoined once.”",
            (CLIENT, "test_participant_in_the_waiting_room_sees_so_until_they_are_let_in"),
        ),
        Cell((GUEST,), SIGN_IN, GUEST_STAYS),
        Cell(WEBINAR, NO_WEBINAR),
    ),
    "a change of host": (
        Cell((HOST, FORMER), "“Someone else is host now.”, until they are host again", FORMER_STORY),
        Cell(
            (ALTERNATIVE, *COHOSTS), "“you’re host” or “you’re co-host”, and once “You’re now host.”", ALTERNATIVE_STORY
        ),
        Cell((PARTICIPANT,), "everyone; “you’re host”", HOST_CHANGE),
        Cell((GUEST,), SIGN_IN, GUEST_STAYS),
        Cell(WEBINAR, "as in a meeting: the same pages and script", HOST_CHANGE),
    ),
    "promoted": (
        Cell((HOST,), "has the highest role"),
        Cell((FORMER,), "is host again with the next press", FORMER_STORY),
        Cell((ALTERNATIVE, *COHOSTS, WEBINAR_COHOST), "“you’re host”; “You’re now host.”", ALTERNATIVE_STORY),
        Cell((PARTICIPANT,), "everyone with the next press; “You’re now co-host.”", PROMOTION_STORY),
        Cell(
            (PANELIST, ATTENDEE), "a panelist sees own minutes, a co-host everyone, with the next press", PANELIST_STORY
        ),
        Cell((WEBINAR_HOST,), "has the highest role"),
        Cell((GUEST,), "“Sign in to see your attendance”: a role needs a user", GUEST_STAYS),
    ),
    "demoted": (
        Cell((HOST,), "“Someone else is host now.”", FORMER_STORY),
        Cell((SHARED,), "exact times end at once", (SHARING, "test_demotion_ends_it_with_the_next_signed_context")),
        Cell((ALTERNATIVE, UNSHARED), "own minutes, nothing of others", PROMOTION_STORY),
        Cell((WEBINAR_HOST, WEBINAR_COHOST), "own minutes, nothing of others", PANELIST_STORY),
        Cell((PANELIST,), "own minutes go on: the page of an attendee is the same", OWN_WEBINAR_STORY),
        Cell((FORMER, PARTICIPANT, GUEST, ATTENDEE), "have the lowest role"),
    ),
    "the end": (
        Cell(
            (HOST,),
            "the report: “Ended … just now”, nothing warns or refreshes",
            (CLIENT, "test_host_sees_the_report_when_the_client_says_that_the_meeting_ended"),
        ),
        Cell((FORMER,), "the report", (SITUATIONS, "test_former_host_sees_the_report_at_the_end")),
        Cell((ALTERNATIVE,), "the report", ALTERNATIVE_STORY),
        Cell(COHOSTS, "the report, from what they could see", COHOST_STORY),
        Cell((PARTICIPANT,), "“You were there …”", PROMOTION_STORY),
        Cell((GUEST,), SIGN_IN + ". A guest’s client sends no events", GUEST_STAYS),
        Cell((WEBINAR_HOST, WEBINAR_COHOST), "the report", WEBINAR_STORY),
        Cell((PANELIST, ATTENDEE), "“You were there …”", OWN_WEBINAR_STORY),
    ),
}


def table() -> str:
    """The table in Markdown."""
    return "".join(_lines())


def _lines() -> Iterator[str]:
    yield "| situation | role | the page says | test |\n|---|---|---|---|\n"
    for situation, cells in SITUATION_CELLS.items():
        for cell in cells:
            path, name = cell.test
            test = f"`{path}`: `{name}`" if name else "–"
            yield f"| {situation} | {' · '.join(cell.roles)} | {cell.says} | {test} |\n"


def main() -> None:
    head = DOCS.read_text().partition(BEGIN)[0]
    DOCS.write_text(f"{head}{BEGIN}{table()}")


if __name__ == "__main__":
    main()
