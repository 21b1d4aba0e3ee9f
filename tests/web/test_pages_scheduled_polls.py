"""The polls of a meeting that people have not answered yet."""

import pytest

from offline_zoom.faults import Fault
from offline_zoom.stories.quiet_day import WEEKLY
from tests.web.reading import read

PAGE, POLLS = f"/meetings/{WEEKLY}/polls", "GET /v2/meetings/*/polls"


def test_polls_of_a_meeting_are_listed_with_questions_and_choices(dana):
    assert f'href="{PAGE}"' in dana.look(f"/meetings/{WEEKLY}").text

    page = dana.look(PAGE)

    text = read(page)
    assert "3 polls. Results appear after the meeting." in text
    assert "Release Poll · 1 question When should the billing page go out? Pick one Thursday, December 3 Monday" in text
    assert "Feedback Poll · 2 questions · anonymous How useful was this meeting? Rating, 1 to 5" in text
    assert "Credits Quiz · 1 question Which customers wait for a credit? Pick any Northwind" in text
    assert "Right answer" not in text


@pytest.mark.parametrize(
    ("fault", "status", "title"),
    [
        (Fault(POLLS, 400, {}, {"code": 4400, "message": "Meeting polls disabled."}), 200, "Polls are off for you"),
        (Fault(POLLS, 200, {}, {"polls": []}), 200, "No polls yet"),
        (Fault(POLLS, 200, {}, {"polls": ["odd", {"id": 7, "questions": "odd"}]}), 200, "could not be read"),
        (Fault(POLLS, 400, {}, {"code": 200, "message": "Paid only."}), 200, "Polls need a Pro plan or higher"),
        (Fault(POLLS, 404, {}, {"code": 404, "message": "Meeting not found."}), 404, "Zoom doesn’t know this meeting"),
        (Fault(POLLS, drop="before"), 502, "We couldn’t reach Zoom"),
    ],
)
def test_page_says_why_there_are_no_polls(dana, world, fault, status, title):
    world.faults.append(fault)

    assert title in read(dana.look(PAGE), status)


def test_missing_permission_is_named_and_an_unknown_meeting_is_not_found(anyone, world):
    world.switches.change({"withheld_scopes": ["meeting:read:list_polls:admin"]})
    anyone.connect()

    assert "meeting:read:list_polls" in read(anyone.look(PAGE))
    assert anyone.look("/meetings/99999999999/polls").status_code == 404


def test_markup_in_titles_questions_and_choices_is_text(dana, world):
    attack = "<img src=x>"
    question = {"name": attack, "type": "single", "answers": [attack, None, 7]}
    world.faults.append(Fault(POLLS, 200, {}, {"polls": [{"id": "p1", "title": attack, "questions": [question]}]}))

    page = dana.look(PAGE)

    assert read(page).count(attack) == 3 and "<img" not in page.text
