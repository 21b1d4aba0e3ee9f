"""Pages of lists, page sizes and page tokens."""

from __future__ import annotations

import pytest

from offline_zoom.stories.quiet_day import TOWN_HALL
from tests.offline_zoom.conftest import caller, refusal

LIST = f"/past_meetings/{TOWN_HALL}/participants"
STALE = {"code": 300, "message": "The next page token is invalid or expired."}


@pytest.mark.parametrize(
    ("asked", "given"), [("-5", 30), ("abc", 30), ("0", 30), ("", 30), ("5000", 300), ("300", 300), ("7", 7)]
)
def test_the_page_size_is_clamped_and_echoed(dana, asked, given):
    page = dana.json(LIST, page_size=asked)

    assert page["page_size"] == given
    assert len(page["participants"]) == given


def test_all_pages_together_contain_each_row_once(dana):
    rows, token = [], ""
    while True:
        page = dana.json(LIST, page_size=100, **({"next_page_token": token} if token else {}))
        rows += page["participants"]
        token = page["next_page_token"]
        if not token:
            break

    assert len(rows) == len({row["user_id"] for row in rows}) == page["total_records"] > 340


def test_page_tokens_hold_characters_that_must_be_encoded(dana):
    tokens = [dana.json(LIST, page_size=size)["next_page_token"] for size in range(1, 40)]

    assert {"+", "/"} <= {letter for token in tokens for letter in token}


@pytest.mark.parametrize("token", ["nonsense", "%%%", "AAAA", "a" * 44])
def test_invalid_page_token_is_refused(dana, token):
    assert dana.get(LIST, next_page_token=token).json() == STALE


def test_page_token_expires_after_fifteen_minutes(dana, clock):
    token = dana.json(LIST)["next_page_token"]
    clock.at += 899
    assert dana.get(LIST, next_page_token=token).status_code == 200

    clock.at += 1
    assert refusal(dana.get(LIST, next_page_token=token)) == (400, 300)


def test_page_token_is_valid_for_its_query_only(dana):
    token = dana.json(LIST, page_size=30)["next_page_token"]

    assert refusal(dana.get(LIST, page_size=31, next_page_token=token)) == (400, 300)


def test_page_token_is_valid_for_its_path_only(dana):
    token = dana.json(LIST)["next_page_token"]

    assert refusal(dana.get(f"/report/meetings/{TOWN_HALL}/participants", next_page_token=token)) == (400, 300)


def test_page_token_is_valid_for_its_user_only(dana, world):
    token = dana.json(LIST)["next_page_token"]

    assert refusal(caller(world, "ada").get(LIST, next_page_token=token)) == (400, 300)


def test_meetings_can_be_asked_for_by_page_number(dana):
    first = dana.json("/users/me/meetings", page_size=3)
    second = dana.json("/users/me/meetings", page_size=3, page_number=2)

    assert (first["page_number"], second["page_number"]) == (1, 2)
    assert not {row["id"] for row in first["meetings"]} & {row["id"] for row in second["meetings"]}
