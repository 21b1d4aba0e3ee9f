"""Seed files: a world of your own, wrong files, and exported stories."""

from __future__ import annotations

from pathlib import Path

import pytest

from offline_zoom.__main__ import main
from offline_zoom.seed.export import export
from offline_zoom.seed.fields import fields_table
from offline_zoom.seed.reader import SeedError, read
from offline_zoom.seed.story import NAME, fill, register
from offline_zoom.stories import STORIES, build_story
from offline_zoom.stories.story_data import StoryData
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
        ("", 1, "a world wants at least one [[account]] and one [[user]]"),
        (f"color = 1\n{SMALL}", 1, "the file has no color; it has me, admin_managed, account, user, meeting"),
        (f'me = "leo"\n{SMALL}', 1, "the file.me 'leo' is not there; there are mia"),
        (f'{SMALL}role = "Boss"', 8, "user.role 'Boss' is not one of Owner, Admin, Member"),
        (f'{SMALL}account = "Other"', 8, "user.account 'Other' is not there; there are Acme"),
        (f"{SMALL}department = 7", 8, "user.department wants a text, not 7"),
        (SMALL.replace("Asia/Tokyo", "Tokyo"), 7, "user.timezone 'Tokyo' is not the name of a time zone"),
        (SMALL.replace('first_name = "Mia"\n', ""), 3, "user wants first_name: given name"),
        (
            f"{SMALL}{SMALL.partition('[[user]]')[1]}\n" + 'key = "mia"\nemail = "b@c"\nfirst_name = "B"',
            9,
            "used twice",
        ),
        (f"{SMALL}{MEETING}".replace('host = "mia"', 'host = "leo"'), 10, "meeting.host 'leo' is not there"),
        (f"{SMALL}{MEETING}minutes = 3", 16, "participant has no minutes; it has user, name, email"),
        (f"{SMALL}{MEETING}leaves_after = 31", 16, "participant wants joins_after < leaves_after <= 30"),
        (f'{SMALL}{MEETING}user = "mia"', 14, "participant wants either user or name"),
        (
            f"{SMALL}{MEETING}".replace("01:00:00Z", "01:00:00"),
            12,
            "session.start wants a date and time with an offset",
        ),
        (f"{SMALL}{MEETING}".replace("start = 2026-03-03T01:00:00Z", ""), 11, "session wants time or start"),
        (f"{SMALL}{MEETING}".replace("minutes = 30", "minutes = 0"), 13, "session.minutes wants at least 1, not 0"),
        (f'{SMALL}{MEETING}[[meeting]]\ntopic = "B"\nhost = "mia"\ntime = "25:00"', 19, "meeting.time wants HH:MM"),
        (f"{SMALL}meeting = 7", 8, "user has no meeting"),
        (f"meeting = [7]\n{SMALL}", 1, "meeting wants [[meeting]] tables"),
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


@pytest.mark.parametrize("name", sorted(STORIES))
def test_exported_story_is_a_seed_file(name):
    story = build_story(name, NOON, 0)
    copy = StoryData(NOON, 0)

    fill(copy, read(export(story)))

    assert copy.users.keys() == story.users.keys() and copy.accounts == story.accounts
    assert copy.recordings.keys() <= {instance.uuid for instance in copy.instances}
    assert len(copy.instances) == len(story.instances) and len(copy.recordings) == len(story.recordings)
    assert copy.meetings.keys() == {
        meeting.id for meeting in story.meetings.values() if not (meeting.personal or meeting.webinar)
    }


def test_export_command_prints_a_seed_file(capsys):
    assert main(["export", "free-plan"]) == 0
    assert read(capsys.readouterr().out)["me"] == "finn"


def test_readme_documents_every_field():
    listed = (PROJECT / "README.md").read_text().partition("<!-- fields -->\n")[2].partition("\n<!-- end of fields")[0]

    assert listed.splitlines() == fields_table()
