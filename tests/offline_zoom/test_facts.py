"""The offline Zoom agrees with Zoom's API and events of 2026, field by field."""

from __future__ import annotations

import re

import pytest

from offline_zoom.facts.__main__ import main
from offline_zoom.facts.comparing_caller import simulated_operations
from offline_zoom.facts.comparison import Comparison
from offline_zoom.facts.differences import DELIBERATE, split
from offline_zoom.facts.notation import ENVELOPE, Facts, load_facts, parse_row, parse_table, unnamed
from offline_zoom.facts.tour import Tour

MEETING = parse_table(
    "GET /things",
    {
        "answer": "text: uuid! topic\nint=1,2: type\ntime: start_time\nlist: files\nobject: settings",
        "files": 'text=MP4,M4A: kind\ntime="": end',
        "settings": "bool: waiting_room!\nints: hours",
    },
    {},
)


@pytest.fixture(scope="module")
def tour() -> Tour:
    tour = Tour()
    tour.run()
    return tour


def test_offline_zoom_agrees_with_zooms_api_and_events_of_2026(tour, record_property):
    found = split(tour.comparison.differences)

    record_property("facts", tour.comparison.figures())
    print(tour.comparison.figures())
    assert sorted(map(str, found.other)) == []


def test_command_prints_how_much_was_compared_and_no_difference(capsys):
    status = main()

    assert status == 0
    assert re.fullmatch(
        r"operations \d{2}, of them reading \d{2}, events \d{2}, fields \d{4}, differences \d+\n",
        capsys.readouterr().out,
    )


def test_each_deliberate_difference_exists_and_there_are_few(tour):
    unused = [entry for entry in DELIBERATE if not any(map(entry.covers, tour.comparison.differences))]

    assert unused == []
    assert len(DELIBERATE) <= 8


def test_every_simulated_operation_has_facts_and_is_called(tour):
    simulated = set(simulated_operations(tour.world))
    called = {unnamed(name) for name in tour.comparison.names if " " in name}

    assert simulated - {unnamed(name) for name in tour.facts} == set()
    assert simulated - called == set()


def test_every_event_with_facts_is_sent(tour):
    sent = {event["event"] for event in tour.events}

    unsent = {name for name in tour.facts if " " not in name} - sent
    assert {name for name in unsent if "registration" not in name} == set()


def test_most_of_zooms_reading_operations_are_simulated(tour):
    reading = {name for name in simulated_operations(tour.world) if name.startswith("GET ")}

    assert len(reading - {unnamed(name) for name in tour.facts if "/metrics/" in name}) >= 30


@pytest.mark.parametrize(
    ("answer", "differences"),
    [
        ({"uuid": "a", "topic": "x", "type": 2, "start_time": "2026-03-02T15:04:05Z"}, []),
        ({"uuid": "a", "colour": "red"}, ["colour is unknown"]),
        ({"topic": "x"}, ["uuid is missing"]),
        ({"uuid": 1}, ["uuid is no text"]),
        ({"uuid": "a", "type": "2"}, ["type is no int"]),
        ({"uuid": "a", "type": True}, ["type is no int"]),
        ({"uuid": "a", "type": 3}, ["type has the unknown value 3"]),
        ({"uuid": "a", "topic": None}, ["topic is no text"]),
        ({"uuid": "a", "start_time": "2026-03-02"}, ["start_time is no time"]),
        ({"uuid": "a", "start_time": ""}, ["start_time is no time"]),
        (
            {"uuid": "a", "files": [{"kind": "MP4", "end": ""}, {"kind": "GIF"}]},
            ["files.kind has the unknown value GIF"],
        ),
        ({"uuid": "a", "files": {}}, ["files is no list"]),
        ({"uuid": "a", "files": [1]}, ["files is no list"]),
        ({"uuid": "a", "settings": {}}, ["settings.waiting_room is missing"]),
        (
            {"uuid": "a", "settings": {"waiting_room": 1, "hours": ["1"]}},
            ["settings.hours is no ints", "settings.waiting_room is no bool"],
        ),
    ],
)
def test_comparison_finds_unknown_missing_and_wrong_fields(answer, differences):
    comparison = Comparison()

    comparison.add(MEETING, answer)

    assert sorted(str(found).removeprefix("GET /things: ") for found in comparison.differences) == differences


def test_answer_that_should_be_empty_or_is_no_object_is_a_difference():
    comparison = Comparison()

    comparison.add(Facts("DELETE /things", (), "", 204, {}), {"ok": True})
    comparison.add(MEETING, ["list"])

    assert sorted(map(str, comparison.differences)) == [
        "DELETE /things: answer is unknown",
        "GET /things: answer is no object",
    ]


def test_scopes_and_label_of_an_operation_are_compared():
    facts = parse_table("GET /things", {"scopes": "thing:read[:admin]", "label": "Light"}, {})
    comparison = Comparison()

    comparison.add_rule(facts, ["thing:read", "thing:read:admin"], "Light")
    assert comparison.differences == set()
    comparison.add_rule(facts, ["thing:read:admin"], "Heavy")

    assert sorted(map(str, comparison.differences)) == [
        "GET /things: label is Heavy",
        "GET /things: scopes are thing:read:admin",
    ]


def test_row_of_an_event_is_inside_its_payload():
    facts = parse_table("thing.made", {"object": "@thing", "owner": "text: id!"}, {"thing": "int: id!\nobject: owner"})

    assert list(facts.shapes) == ["", "payload", "payload.object", "payload.object.owner"]
    assert facts.shapes[""] == parse_row(ENVELOPE)
    assert facts.shapes["payload.object"]["id"].required


def test_no_fact_names_a_value_twice():
    for facts in load_facts().values():
        for shape in facts.shapes.values():
            for name, field in shape.items():
                assert len(set(field.values)) == len(field.values), (facts.name, name)
