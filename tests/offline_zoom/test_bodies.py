"""The offline Zoom refuses request bodies whose fields have another type or value than Zoom's table of 2026 says."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from offline_zoom.facts.bodies import wrong_fields
from offline_zoom.facts.comparison import join
from offline_zoom.facts.notation import Facts, Field, load_facts, parse_table
from offline_zoom.stories.quiet_day import FIXTURES, RETRO
from tests.offline_zoom.conftest import caller

STAND_UP = 85000000101
PATHS = {
    "POST /users/{userId}/meetings": "/users/me/meetings",
    "PATCH /meetings/{meetingId}": f"/meetings/{STAND_UP}",
    "PUT /meetings/{meetingId}/status": f"/meetings/{STAND_UP}/status",
    "PATCH /live_meetings/{meetingId}/events": f"/live_meetings/{STAND_UP}/events",
    "POST /meetings/{meetingId}/registrants": f"/meetings/{RETRO}/registrants",
    "POST /meetings/{meetingId}/batch_registrants": f"/meetings/{RETRO}/batch_registrants",
    "PUT /meetings/{meetingId}/registrants/status": f"/meetings/{RETRO}/registrants/status",
    "PUT /meetings/{meetingUUID}/recordings/status": f"/meetings/{FIXTURES[1].replace('+', '%2B')}/recordings/status",
    "POST /marketplace/apps/manifest/validate": "/marketplace/apps/manifest/validate",
    "PUT /marketplace/apps/{appId}/manifest": "/marketplace/apps/sandbox-app-id/manifest",
}
WITH_BODY = {name: facts for name, facts in load_facts().items() if facts.body}
#: a value of each type, and one that is none
RIGHT: dict[str, Any] = {"text": "a", "int": 1, "bool": True, "time": "2026-03-02T15:04:05Z", "texts": ["a"]}
RIGHT |= {"object": {}, "list": [], "any": {}}
WRONG: dict[str, Any] = {"text": 7, "int": "1", "bool": "yes", "time": "tomorrow", "texts": "a", "object": "a"}
WRONG |= {"list": {}, "any": None}


def body_with(facts: Facts, path: str, name: str, value: Any) -> dict[str, Any]:
    """A body that has one field, in the objects and lists of its path."""
    body: Any = {name: value}
    while path:
        parent, _, inner = path.rpartition(".")
        is_list = facts.body[parent][inner].kind == "list"
        body, path = {inner: [body] if is_list else body}, parent
    return dict(body)


def fields(facts: Facts) -> Iterator[tuple[str, str, Field]]:
    for path, shape in facts.body.items():
        yield from ((path, name, fact) for name, fact in shape.items())


def wrong_values(fact: Field) -> Iterator[Any]:
    if fact.kind != "any":
        yield WRONG[fact.kind]
    if fact.values:
        yield 99 if fact.kind == "int" else "unknown value"
    if fact.required:
        yield None


def right_values(fact: Field) -> list[Any]:
    if not fact.values:
        return [RIGHT[fact.kind]]
    return [int(value) if fact.kind == "int" else value for value in fact.values]


@pytest.mark.parametrize("name", WITH_BODY)
def test_a_field_with_another_type_or_value_is_refused_by_its_name(world, name):
    scopes = [*world.scopes("dana"), "marketplace:read:app", "marketplace:write:app"]
    dana, facts, method = caller(world, "dana", scopes), WITH_BODY[name], name.split(" ")[0]
    not_refused, values = [], 0

    for path, field, fact in fields(facts):
        for value in wrong_values(fact):
            world.limits.clear()
            answer = dana.call(method, PATHS[name], body_with(facts, path, field, value))
            named = [error["field"] for error in answer.json().get("errors", [])] if answer.content else []
            values += 1
            if (answer.status_code, join(path, field) in named) != (400, True):
                not_refused.append((join(path, field), value, answer.text))

    assert not_refused == []
    assert values


@pytest.mark.parametrize("name", WITH_BODY)
def test_every_value_of_the_table_is_accepted_by_the_check(name):
    facts = WITH_BODY[name]
    refused = [
        (join(path, field), value)
        for path, field, fact in fields(facts)
        for value in (*right_values(fact), *([] if fact.required else [None]))
        if join(path, field) in wrong_fields(name, body_with(facts, path, field, value))
    ]

    assert refused == []


def test_every_operation_with_a_body_is_tried():
    assert set(WITH_BODY) == set(PATHS)


def test_a_row_of_shapes_brings_the_rows_below_it_and_an_own_row_counts_more():
    shared = {"thing": "object: part", "thing.part": "@part", "part": "int: a", "part.deep": "bool: b"}
    table = {"body": "@thing", "body.part.deep": "text: own", "answer": "int: id"}

    facts = parse_table("POST /things", table, shared)

    assert list(facts.body) == ["", "part", "part.deep"]
    assert list(facts.body["part.deep"]) == ["own"] and list(facts.shapes) == [""]


def test_an_underscore_in_a_value_is_no_space():
    body = {"settings": {"encryption_type": "enhanced encryption"}}

    assert wrong_fields("POST /users/{userId}/meetings", body) == ["settings.encryption_type"]
    body = {"email": "a@example.com", "first_name": "A", "purchasing_time_frame": "Within a month"}
    assert wrong_fields("POST /meetings/{meetingId}/registrants", body) == []
