"""Summaries and transcripts of past meetings: fields, paths, scopes, plans, refusals, files, events."""

from urllib.parse import quote

import pytest

from offline_zoom.stories.quiet_day import FIXTURES, OFFICE, WEEKLY
from offline_zoom.switches import RESTRICTIONS
from tests.offline_zoom.conftest import caller, refusal
from tests.offline_zoom.test_endpoints import SEGMENTS, once

SUMMARY_FIELDS = {
    *("meeting_host_id", "meeting_host_email", "meeting_uuid", "meeting_id", "meeting_topic", "meeting_start_time"),
    *("meeting_end_time", "summary_start_time", "summary_end_time", "summary_created_time", "summary_title"),
    *("summary_last_modified_time", "summary_last_modified_user_id", "summary_last_modified_user_email"),
    *("summary_overview", "summary_details", "next_steps", "edited_summary", "summary_content", "summary_doc_url"),
}
TRANSCRIPT_FIELDS = {
    *("meeting_id", "account_id", "meeting_topic", "host_id", "transcript_created_time", "can_download"),
    *("auto_delete", "auto_delete_date", "download_url", "download_restriction_reason"),
}
WEEK_AGO, EDITED, MARKDOWN_ONLY = FIXTURES[2], FIXTURES[3], FIXTURES[1]


def summary_path(uuid):
    return f"/meetings/{SEGMENTS[uuid]}/meeting_summary"


def transcript_path(uuid):
    return f"/meetings/{SEGMENTS[uuid]}/transcript"


@pytest.mark.parametrize("uuid", [WEEK_AGO, EDITED, MARKDOWN_ONLY])
def test_summary_has_the_fields_of_zooms_reference(dana, uuid):
    summary = dana.json(summary_path(uuid))

    assert set(summary) <= SUMMARY_FIELDS
    assert summary["meeting_uuid"] == uuid
    assert summary["meeting_id"] == WEEKLY
    assert summary["summary_content"].startswith("## Quick recap")
    assert ("edited_summary" in summary) == (uuid == EDITED)
    assert bool(summary["next_steps"]) == (uuid != MARKDOWN_ONLY)


def test_edited_details_are_one_text(dana):
    edited = dana.json(summary_path(EDITED))["edited_summary"]

    assert {name: type(value) for name, value in edited.items()} == {
        "summary_overview": str,
        "summary_details": str,
        "next_steps": list,
    }


def test_summary_takes_no_meeting_number(dana):
    assert refusal(dana.get(f"/meetings/{WEEKLY}/meeting_summary")) == (400, 300)


def test_summary_path_of_a_uuid_with_a_leading_slash_must_be_encoded_twice(dana):
    assert refusal(dana.get(f"/meetings/{once(WEEK_AGO)}/meeting_summary")) == (400, 300)
    assert refusal(dana.get(f"/meetings/{'not-a-uuid'}/meeting_summary")) == (400, 300)
    assert refusal(dana.get(f"/meetings/{once('A' * 22 + '==')}/meeting_summary")) == (404, 3001)


@pytest.mark.parametrize(
    ("state", "status", "code", "words"),
    [
        ("missing", 404, 3001, "does not exist"),
        ("off", 400, 3000, "disabled"),
        ("trashed", 403, 2305, "trash"),
        ("email-only", 403, 2305, "by email only"),
        ("ip-range", 403, 2305, "IP address"),
        ("unclear", 403, 2305, "Not allowed"),
        ("not-shared", 403, 403, "has not permitted access"),
    ],
)
def test_summary_is_refused_by_a_switch(dana, world, state, status, code, words):
    world.switches.change({"summary": state})

    answer = dana.get(summary_path(WEEK_AGO))

    assert refusal(answer) == (status, code)
    assert words in answer.json()["message"]


def test_switch_for_summaries_takes_known_states_only(world):
    with pytest.raises(ValueError, match="summary must be one of missing, off"):
        world.switches.change({"summary": "gone"})


def test_summary_needs_its_scope(world):
    blind = caller(world, "dana", ["meeting:read:past_meeting"])

    assert "[meeting:read:summary, meeting:read:summary:admin]" in blind.get(summary_path(WEEK_AGO)).json()["message"]
    assert refusal(blind.get(transcript_path(WEEK_AGO))) == (400, 4711)


@pytest.mark.parametrize("scope", ["meeting:read:summary", "meeting_summary:read", "meeting:read:summary:admin"])
def test_each_accepted_scope_reads_a_summary(world, scope):
    assert caller(world, "dana", [scope]).get(summary_path(WEEK_AGO)).status_code == 200


@pytest.mark.parametrize("scope", ["recording:read", "recording:write", "cloud_recording:read:meeting_transcript"])
def test_each_accepted_scope_reads_a_transcript(world, scope):
    assert caller(world, "dana", [scope]).get(transcript_path(WEEK_AGO)).status_code == 200


def test_summary_needs_a_paid_plan(world):
    finn = caller(world, "finn")

    answer = finn.get(f"/meetings/{once('A' * 22 + '==')}/meeting_summary")

    assert refusal(answer) == (400, 200)


def test_a_colleague_reads_neither(jonas):
    assert refusal(jonas.get(summary_path(WEEK_AGO))) == (400, 4711)
    assert refusal(jonas.get(transcript_path(WEEK_AGO))) == (400, 4711)


def test_encrypted_meeting_has_neither(dana, world):
    world.meetings[WEEKLY].settings["encryption_type"] = "e2ee"

    assert refusal(dana.get(summary_path(WEEK_AGO))) == (404, 3001)
    assert refusal(dana.get(transcript_path(WEEK_AGO))) == (404, 3322)


def test_transcript_has_the_fields_of_zooms_reference(dana):
    transcript = dana.json(transcript_path(WEEK_AGO))

    assert set(transcript) <= TRANSCRIPT_FIELDS
    assert transcript["meeting_id"] == WEEK_AGO
    assert transcript["can_download"] is True
    assert "download_restriction_reason" not in transcript


def test_transcript_takes_the_number_for_the_latest_meeting(dana):
    assert dana.json(f"/meetings/{OFFICE}/transcript")["meeting_id"] == FIXTURES[0]


def test_transcript_is_downloaded_with_a_bearer_token(dana):
    url = dana.json(transcript_path(WEEK_AGO))["download_url"]

    stranger = dana.session.get(url)
    answer = dana.session.get(url, headers={"Authorization": f"Bearer {dana.access_token}"})

    assert stranger.status_code == 401
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/vtt")
    assert answer.text.startswith("WEBVTT\n")
    assert "Dana Okoye: " in answer.text


@pytest.mark.parametrize("reason", RESTRICTIONS)
def test_transcript_without_a_file_says_why(dana, world, reason):
    world.switches.change({"transcript": reason})

    transcript = dana.json(transcript_path(WEEK_AGO))

    assert transcript["can_download"] is False
    assert transcript["download_restriction_reason"] == reason
    assert "download_url" not in transcript


def test_missing_transcript_is_refused(dana, world):
    assert refusal(dana.get("/meetings/86000340340/transcript")) == (404, 3322)
    world.switches.change({"transcript": "missing"})
    assert refusal(dana.get(transcript_path(WEEK_AGO))) == (404, 3322)
    world.switches.change({"transcript": "not-shared"})
    assert refusal(dana.get(transcript_path(WEEK_AGO))) == (403, 403)


def test_past_meeting_says_whether_it_has_a_summary(dana):
    assert dana.json(f"/past_meetings/{SEGMENTS[WEEK_AGO]}")["has_meeting_summary"] is True
    assert dana.json(f"/past_meetings/{SEGMENTS[FIXTURES[0]]}")["has_meeting_summary"] is False


def test_summary_and_transcript_come_some_minutes_after_the_end_with_their_events(dana, world, clock):
    events: list[dict] = []
    world.on_event(events.append)
    instance = world.start_meeting(85000000101, recording=True)
    world.join(instance, "dana")
    clock.at += 600
    world.end_meeting(instance)
    paths = [
        f"/meetings/{quote(quote(instance.uuid, safe=''), safe='')}/{name}"
        for name in ("meeting_summary", "transcript")
    ]

    early = dana.get(paths[0])
    not_ready = dana.json(paths[1])
    world.tick(600)

    assert refusal(early) == (404, 3001)
    assert not_ready["download_restriction_reason"] == "NOT_READY"
    assert dana.json(paths[0])["meeting_uuid"] == instance.uuid
    assert dana.json(paths[1])["can_download"] is True
    by_name = {event["event"]: event for event in events}
    summary = by_name["meeting.summary_completed"]["payload"]["object"]
    recording = by_name["recording.transcript_completed"]
    assert summary["meeting_host_id"] == world.user("dana").id
    assert [file["file_type"] for file in recording["payload"]["object"]["recording_files"]] == ["TRANSCRIPT"]
    assert isinstance(recording["payload"]["object"]["type"], int)
    assert recording["download_token"]


def test_story_of_a_running_meeting_has_a_past_meeting_with_both(dana, world):
    world.load_story("live-meeting")

    assert dana.json(summary_path(WEEK_AGO))["next_steps"]
    assert dana.json(transcript_path(WEEK_AGO))["download_url"]
