"""Registrants and questions of a registration form, as Zoom or something odd sends them."""

import pytest

from zoomapp.errors import UpstreamError
from zoomapp.zoom.registrants import read_questions, read_registrants, without_personal_links

LEE = {
    "id": "r1",
    "email": "Lee@Example.org",
    "first_name": "Lee",
    "last_name": "Park",
    "status": "approved",
    "create_time": "2026-02-25T08:00:00Z",
    "join_url": "https://zoom.example/w/1?tk=secret",
    "participant_pin_code": 123456,
    "org": "Norte",
    "comments": "",
    "custom_questions": [{"title": "How?", "value": "A colleague"}, {"title": "Why?", "value": ""}, 7],
}


def test_a_registrant_has_the_answers_in_the_order_of_the_form():
    (lee,) = read_registrants({"registrants": [LEE]})

    assert (lee.id, lee.email, lee.name, lee.status) == ("r1", "lee@example.org", "Lee Park", "approved")
    assert lee.answers == (("Organization", "Norte"), ("How?", "A colleague"))


def test_odd_rows_cost_only_themselves():
    rows = read_registrants({"registrants": [7, {}, {"email": "a@x.example"}, {"id": 5, "first_name": []}]})

    assert [(row.key, row.name) for row in rows] == [("a@x.example", "a@x.example"), ("5", "")]
    assert rows.unreadable == 2
    with pytest.raises(UpstreamError):
        read_registrants({"registrants": None})


def test_personal_links_are_not_saved():
    body = without_personal_links({"registrants": [LEE, 7], "next_page_token": "t"})

    assert "secret" not in str(body) and "123456" not in str(body)
    assert body["registrants"][0]["email"] == LEE["email"] and body["next_page_token"] == "t"
    assert without_personal_links([1]) == [1]


def test_questions_are_read_with_their_choices():
    body = {
        "questions": [{"field_name": "last_name", "required": True}, {"field_name": "shoe_size"}, "x"],
        "custom_questions": [{"title": "How?", "type": "single", "answers": ["A", "B"]}, {"title": ""}],
    }

    last_name, custom = read_questions(body)

    assert (last_name.title, last_name.required, last_name.field) == ("Last name", True, "last_name")
    assert (custom.title, custom.required, custom.choices) == ("How?", False, ("A", "B"))
    with pytest.raises(UpstreamError):
        read_questions([])
