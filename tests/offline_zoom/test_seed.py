"""Seed files: a world of your own, wrong files, and exported stories."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from offline_zoom.__main__ import main
from offline_zoom.commands.endpoints import endpoints
from offline_zoom.commands.options import create_world
from offline_zoom.commands.serve import parser
from offline_zoom.dates import day_of, zone
from offline_zoom.fault import Fault
from offline_zoom.seed.export import export, story_of
from offline_zoom.seed.reader import SeedError, read
from offline_zoom.seed.story import NAME, register
from offline_zoom.seed.tables import fields_table
from offline_zoom.serving.server import serve
from offline_zoom.stories import STORIES
from offline_zoom.stories.live_meeting import LIVE
from offline_zoom.stories.quiet_day import FIXTURES, WEEKLY
from offline_zoom.web_portal import rename_recording
from offline_zoom.world import World
from tests.offline_zoom.conftest import NOON, caller

PROJECT = Path(__file__).resolve().parents[2] / "offline-zoom"
#: the smallest world, in seven lines
SMALL = """[[account]]
name = "Acme"
[[user]]
key = "mia"
email = "mia@acme.example"
first_name = "Mia"
timezone = "Asia/Tokyo"
"""
MEETING = """[[meeting]]
topic = "Planning"
host = "mia"
[[meeting.session]]
start = 2026-03-03T01:00:00Z
minutes = 30
[[meeting.session.participant]]
name = "A guest"
"""


SERIES = {
    "type": 8,
    "start_time": "2026-04-01T09:00:00Z",
    "recurrence": {"type": 1, "end_times": 3},
    "settings": {"approval_type": 0, "registration_type": 2},
    "tracking_fields": [{"field": "Team", "value": "Design"}],
}


@pytest.fixture
def stories():
    """The stories, without a registered seed afterwards."""
    yield STORIES
    STORIES.pop(NAME, None)


def test_seed_file_becomes_a_story(stories, clock):
    world = World(register(PROJECT / "examples" / "world.toml"), clock=clock)
    mia = caller(world, "mia")
    (meeting,) = mia.json("/users/me/meetings")["meetings"]
    people = mia.json(f"/report/meetings/{meeting['id']}/participants")["participants"]
    (recording,) = mia.json("/users/me/recordings", from_="2026-03-01", to="2026-03-04")["meetings"]

    assert mia.json("/users/me")["email"] == "mia@acme.example"
    assert (meeting["id"], meeting["topic"], meeting["start_time"]) == (85551234567, "Planning", "2026-03-04T01:00:00Z")
    assert [(row["name"], row["duration"]) for row in people] == [("Mia Sato", 45 * 60), ("A guest", 25 * 60)]
    assert recording["start_time"] == "2026-03-03T01:02:00Z"


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("me = ", 1, "Invalid value"),
        ("[[user", 1, "Expected"),
        ("", 1, "a world needs at least one [[account]] and one [[user]]"),
        (f"color = 1\n{SMALL}", 1, "the file has no color; it has me, admin_managed, account, user, meeting"),
        (f'me = "leo"\n{SMALL}', 1, "the file.me 'leo' is not there; there are mia"),
        (f'{SMALL}role = "Boss"', 8, "user.role 'Boss' is not one of Owner, Admin, Member"),
        (f'{SMALL}account = "Other"', 8, "user.account 'Other' is not there; there are Acme"),
        (f"{SMALL}department = 7", 8, "user.department must be a text, not 7"),
        (SMALL.replace("Asia/Tokyo", "Tokyo"), 7, "user.timezone 'Tokyo' is not the name of a time zone"),
        (SMALL.replace('first_name = "Mia"\n', ""), 3, "user needs first_name: given name"),
        (
            f"{SMALL}{SMALL.partition('[[user]]')[1]}\n" + 'key = "mia"\nemail = "b@c"\nfirst_name = "B"',
            9,
            "used twice",
        ),
        (f"{SMALL}{MEETING}".replace('host = "mia"', 'host = "leo"'), 10, "meeting.host 'leo' is not there"),
        (f"{SMALL}{MEETING}minutes = 3", 16, "participant has no minutes; it has user, name, email"),
        (f"{SMALL}{MEETING}leaves_after = 31", 16, "participant needs joins_after <= leaves_after <= 30"),
        (f'{SMALL}{MEETING}user = "mia"', 14, "participant needs either user or name"),
        (
            f"{SMALL}{MEETING}".replace("01:00:00Z", "01:00:00"),
            12,
            "session.start must be a date and time with an offset",
        ),
        (f"{SMALL}{MEETING}".replace("start = 2026-03-03T01:00:00Z", ""), 11, "session needs time or start"),
        (f"{SMALL}{MEETING}".replace("minutes = 30", "minutes = 0"), 13, "session.minutes must be at least 1, not 0"),
        (f'{SMALL}{MEETING}[[meeting]]\ntopic = "B"\nhost = "mia"\ntime = "25:00"', 19, "meeting.time must be HH:MM"),
        (f"{SMALL}meeting = 7", 8, "user has no meeting"),
        (f"meeting = [7]\n{SMALL}", 1, "meeting needs [[meeting]] tables"),
        (f'{SMALL}scopes = ["a:b"]', 8, "user.scopes has a:b, which no endpoint of the offline Zoom needs"),
        (f'{SMALL}[switches]\npolls = "x"', 9, "switches.polls polls must be one of missing, off"),
        (f"{SMALL}[switches]\nlimit = 1", 9, "switches has no limit; it has auto_consent"),
        (f'{SMALL}[[fault]]\npreset = "x"', 9, "fault.preset 'x' is not one of server-error"),
        (f'{SMALL}[[fault]]\nstatus = 7\nroute = "GET /"', 9, "fault.status status cannot be 7"),
        (
            f'{SMALL}{MEETING}[meeting.session.summary]\ncontent = "A"\ndetails = [["A"]]',
            18,
            "summary.details must be pairs of texts",
        ),
        (f"{SMALL}{MEETING}[meeting.session.summary]\n", 16, "summary needs content: the whole of it in Markdown"),
        (
            f"{SMALL}{MEETING}[[meeting.session.recording]]\n[[meeting.session.recording]]",
            11,
            "meeting.session.recording needs one table",
        ),
        (
            f"{SMALL}{MEETING}[[meeting]]\ntopic = 'B'\nhost = 'mia'\npoll = [\n {{title = 'A'}},\n {{title = 7}},\n]",
            21,
            "poll.title must be a text, not 7",
        ),
        (
            f"{SMALL}{MEETING}[[meeting]]\ntopic = 'B'\nhost = 'mia'\n[[meeting.registrant]]\nemail = 'a'\n"
            "first_name = 'A'\noccurrences = [0]",
            22,
            "registrant.occurrences has 0; the meeting has 0 occurrences, from 0",
        ),
    ],
)
def test_error_has_its_line_and_its_reason(text, line, reason):
    with pytest.raises(SeedError) as error:
        read(text)

    assert str(error.value).startswith(f"line {line}: "), error.value
    assert reason in str(error.value)


@pytest.mark.parametrize("command", ["serve", "run"])
def test_wrong_seed_file_is_named_with_status_2(command, tmp_path, capsys):
    path = tmp_path / "world.toml"
    path.write_bytes(b"\xff")

    assert main([command, "--seed", str(path), "--port", "0", *(["--", "true"] if command == "run" else [])]) == 2
    assert capsys.readouterr().err == f"offline-zoom: {path}, line 1: the file is not UTF-8\n"


#: every list and object, first with the parameters that most of them have
READS = [path.removeprefix("/v2") for path, method, _ in endpoints() if method == "GET"]
PARAMETERS = (
    {"from_": "2026-02-10", "to": "2026-03-05", "type": "past", "page_size": 300, "include_fields": "registrant_id"},
    {"type": "live", "trash": "true"},
)


def copy_of(world: World, tmp_path: Path) -> World:
    """A world from the seed file of another one, at the same time."""
    path = tmp_path / "world.toml"
    path.write_bytes(export(story_of(world)).encode("utf-8", "surrogatepass"))
    return World(register(path), clock=world.now)


def data_of(world: World) -> dict[str, Any]:
    """Everything that a seed file has of a world."""
    tables = (world.accounts, world.users, world.meetings, world.instances, world.recordings)
    rows = [{number: asdict(row) for number, row in table.items()} for table in tables]
    for meeting in rows[2].values():
        meeting.pop("edited")
    faults = [asdict(fault) for fault in (*world.faults, *world.faults.of_story)]
    rest = {"faults": faults, "switches": world.switches.as_json(), "webhooks": world.webhook_url}
    return {"tables": rows, "me": world.me.key, "admin_managed": world.admin_managed, **rest}


def answers_of(world: World, meetings: list[str]) -> Iterator[tuple[str, Any]]:
    """The answers of all reading operations, to the user who is signed in."""
    me = caller(world, world.me.key)
    poll_id = world.meetings[WEEKLY].polls[0].id
    for template in READS:
        path = template.replace("<user_id>", "me").replace("<poll_id>", poll_id)
        for meeting in meetings if "<meeting_id>" in path else [""]:
            for parameters in PARAMETERS:
                answer = me.get(path.replace("<meeting_id>", meeting), **parameters)
                yield f"{answer.request.path_url} {answer.status_code}", answer.text


@pytest.mark.parametrize("name", sorted(STORIES))
def test_exported_story_is_a_seed_file(name, stories, clock, tmp_path):
    world = World(name, clock=clock)
    quiet_day = {} if name == "quiet-day" else World(clock=clock).meetings
    numbers = [number for number in world.meetings if number not in quiet_day] or [WEEKLY]
    uuids = [list(world.instances)[-1], *(FIXTURES if name == "quiet-day" else ())]
    meetings = [str(numbers[0]), str(numbers[-1]), *(quote(quote(uuid, safe=""), safe="") for uuid in uuids)]
    clock.at += 0.123456

    copy = copy_of(world, tmp_path)

    assert data_of(copy) == data_of(world)
    assert dict(answers_of(copy, meetings)) == dict(answers_of(world, meetings))


@pytest.mark.parametrize("hours", [-15, 13, 24 * 25, 24 * 240 + 9])
def test_seed_file_that_is_loaded_later_has_meetings_today_and_the_running_one(hours, stories, clock, tmp_path):
    world = World("live-meeting", clock=clock)
    path = tmp_path / "world.toml"
    path.write_text(export(story_of(world)))

    later = World(register(path), clock=lambda: NOON + hours * 3600)
    today = day_of(later.now(), zone("Europe/Berlin")).isoformat()
    rows = caller(later, "dana").json("/users/me/meetings", timezone="Europe/Berlin", from_=today, to=today)["meetings"]

    live, running = (found.live_instance(LIVE) for found in (world, later))
    assert later.now() - running.started_at == NOON - live.started_at == 20 * 60
    assert len(running.present(later.now())) == len(live.present(NOON))
    assert {"Stand-up", "Design review", "Product review"} <= {row["topic"] for row in rows}
    assert later.meetings[WEEKLY].occurrences[4].deleted


def lived_in(world: World) -> World:
    """The world after people met in it, changed meetings and recordings, and planned faults."""
    dana = caller(world, "dana")
    number = dana.call("POST", "/users/me/meetings", json=SERIES).json()["id"]
    first, second = (occurrence.id for occurrence in world.meetings[number].occurrences[:2])
    dana.call("PATCH", f"/meetings/{number}", json={"start_time": "2026-04-02T11:30:00Z"}, occurrence_id=first)
    dana.call("DELETE", f"/meetings/{number}", occurrence_id=second)
    person = {"email": "mei@example.net", "first_name": "Mei", "org": None, "comments": "\x7f\u2028[[user]]"}
    dana.call("POST", f"/meetings/{number}/registrants", json=person, occurrence_ids=first)
    dana.call("DELETE", "/meetings/85000000102")
    dana.call("DELETE", f"/meetings/{quote(FIXTURES[1], safe='')}/recordings")
    rename_recording(world, world.recordings[FIXTURES[3]], "Another name")
    world.recordings[FIXTURES[3]].files.pop()
    short = world.start_meeting(85000000101, recording=True)
    world.leave(short, world.join(short, "jonas"))
    guest = world.join(short, name="dana", waiting=True)
    world.tick(20.5)
    world.leave(short, world.admit(short, guest), "Left")
    world.end_meeting(short)
    world.set_role(running := world.start_meeting(WEEKLY), world.join(running, "jonas"), "co-host")
    world.tick(300)
    world.user("jonas").scopes = ["user:read:user"]
    world.switches.change({"missing_scope_code": 104, "rate_limits": {"Heavy": 9}, "polls": "deleted"})
    world.faults.add("lost-rotation", count=2)
    world.faults.add("per-second-limit")
    world.sign_in_as("ada")
    return world


def test_exported_world_that_was_lived_in_is_a_seed_file(stories, clock, tmp_path, capsysbinary):
    world = lived_in(World("live-meeting", clock=clock, webhook_url="http://127.0.0.1:9/", webhook_secret="hidden"))
    path = tmp_path / "world.toml"
    with serve(world) as server:
        assert main(["export", "--url", server.url]) == 0
    path.write_bytes(capsysbinary.readouterr().out)
    world.began_at = world.now()  # as if everyone had signed in just now

    copy = World(register(path), clock=world.now, base_url=world.base_url)
    uuids = (quote(quote(uuid, safe=""), safe="") for uuid in FIXTURES)
    meetings = [*map(str, (WEEKLY, 85000000101, 85000000102, max(world.meetings))), *uuids]

    assert data_of(copy) == data_of(world)
    assert dict(answers_of(copy, meetings)) == dict(answers_of(world, meetings))
    assert copy.scopes("jonas") == ["user:read:user"]
    assert b"hidden" not in path.read_bytes()


def test_options_win_over_the_seed_file(stories, tmp_path):
    path = tmp_path / "world.toml"
    path.write_text(f'{SMALL}[webhooks]\nurl = "http://a/"\nsecret = "s"\n[switches]\nlimits = "plan"')

    plain = create_world(parser().parse_args(["--seed", str(path)]))
    other = create_world(parser().parse_args(["--seed", str(path), "--webhook-url", "http://b/", "--auto-consent"]))

    assert (plain.webhook_url, plain.webhook_secret, plain.switches.limits) == ("http://a/", "s", "plan")
    assert (other.webhook_url, other.switches.limits, other.switches.auto_consent) == ("http://b/", "plan", True)


def test_fault_of_a_seed_file_ends_after_its_count(stories, tmp_path, clock):
    path = tmp_path / "world.toml"
    path.write_text(
        f'{SMALL}[[fault]]\npreset = "bad-gateway"\ncount = 2\n[[fault]]\nroute = "* /v2/users"\nstatus = 503'
    )
    mia = caller(World(register(path), clock=clock), "mia")

    assert [mia.get("/users/me").status_code for _ in range(3)] == [502, 502, 200]
    assert [mia.get("/users").status_code for _ in range(2)] == [503, 503]


def test_exported_faults_last_as_long_as_before(stories, tmp_path, clock):
    world = World(clock=clock)
    world.faults.add("bad-gateway", count=None)
    world.faults.add("stale-token", count=3)
    world.faults.append(Fault("GET /v2/users", 503, name="a name of its own"))

    lasting, counted, own = copy_of(world, tmp_path).faults.of_story

    assert [lasting, counted] == world.faults[:2]
    assert own == Fault("GET /v2/users", 503)


def test_story_without_a_granted_user_ends_the_grant(stories, tmp_path, world):
    path = tmp_path / "world.toml"
    path.write_text(SMALL)
    dana = caller(world, "dana")

    world.load_story(register(path))

    assert not world.grants.by_user
    assert dana.get("/users/me").status_code == 401


def test_export_command_prints_the_seed_file_of_a_story(capsys):
    assert main(["export", "free-plan"]) == 0
    assert read(capsys.readouterr().out)["me"] == "finn"


def test_export_says_when_there_is_no_offline_zoom(capsys):
    assert main(["export", "--url", "http://127.0.0.1:9"]) == 1
    assert "no offline Zoom answers at http://127.0.0.1:9" in capsys.readouterr().err


def test_readme_documents_every_field():
    listed = (PROJECT / "README.md").read_text().partition("<!-- fields -->\n")[2].partition("\n<!-- end of fields")[0]

    assert listed.splitlines() == fields_table()
