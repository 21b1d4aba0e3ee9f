"""The summary and the transcript of a past meeting: their page, their files, and why there is none."""

import re

import pytest

from offline_zoom.faults import Fault
from offline_zoom.model import Transcript
from offline_zoom.stories.quiet_day import FIXTURES, WEEKLY
from offline_zoom.webhooks import content_events, recording_events
from zoomapp.cli.manifest import EVENTS
from zoomapp.user_api import answer_store
from zoomapp.zoom.endpoint_types import encode_id
from zoomapp.zoom.meeting_ids import key_of

WEEK_AGO, EDITED, MARKDOWN_ONLY, OFFICE = FIXTURES[2], FIXTURES[3], FIXTURES[1], FIXTURES[0]
SUMMARY = "GET /v2/meetings/*/meeting_summary"
PAGE = f"/participants/{key_of(WEEK_AGO)}/summary"
TRANSCRIPT = f"{PAGE}?view=transcript"


def text_of(page):
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def set_transcript(world, body, uuid=WEEK_AGO):
    world.instances[uuid].transcript = Transcript("00000000-transcript", body)


def test_summary_has_overview_next_steps_and_details(dana):
    answer = dana.look(PAGE)

    assert answer.status_code == 200
    text = text_of(answer.text)
    assert "The team keeps the old billing page for two weeks" in text
    assert "<h3>Billing page</h3>" in answer.text
    assert text.count("A switch brings the old page back.") == 1
    assert "Written by Zoom AI Companion" in text


@pytest.mark.parametrize("uuid", [WEEK_AGO, EDITED, MARKDOWN_ONLY])
def test_next_step_has_an_owner_only_if_one_attendee_has_the_name(dana, uuid):
    page = dana.look(f"/participants/{key_of(uuid)}/summary").text
    steps = [text_of(step) for step in re.findall(r"<li>(?:(?!</li>).)*</li>", page.partition('class="next"')[2])]

    assert next(step for step in steps if "Dana Okoye: outline" in step).endswith("Dana Okoye")
    assert next(step for step in steps if "Send the three credits" in step).endswith("Łukasz Żółć")
    assert next(step for step in steps if "status page" in step).endswith("No owner named")
    assert next(step for step in steps if "Alex Nobody" in step).endswith("No owner named")


def test_edited_summary_says_when_it_was_edited(dana):
    assert "Edited" in text_of(dana.look(f"/participants/{key_of(EDITED)}/summary").text)
    assert "Edited" not in text_of(dana.look(PAGE).text)


def test_summary_is_a_file_of_markdown(dana):
    answer = dana.get(f"/participants/{key_of(WEEK_AGO)}/summary.md")

    assert answer.status_code == 200
    assert answer.content_type == "text/markdown; charset=utf-8"
    assert 'filename="summary_2026-02-23_weekly-sync.md"' in answer.headers["Content-Disposition"]
    assert answer.text.startswith("## Quick recap")


@pytest.mark.parametrize(
    ("state", "title"),
    [
        ("missing", "No summary for this meeting"),
        ("off", "No summary for this meeting"),
        ("trashed", "The summary is in Zoom’s trash"),
        ("email-only", "Zoom shares this summary by email only"),
        ("ip-range", "Zoom shows summaries in some networks only"),
        ("unclear", "Zoom doesn’t show this summary here"),
        ("not-shared", "Not shared with you"),
    ],
)
def test_page_says_why_there_is_no_summary(dana, world, state, title):
    world.switches.change({"summary": state})

    page, file = dana.look(PAGE), dana.look(PAGE + ".md")

    assert page.status_code == file.status_code == 404
    assert title in page.text and title in file.text
    assert ("Could you share the summary of our meeting with me?" in page.text) == (state == "not-shared")
    assert "Refresh" not in page.headers
    assert 'aria-current="page">Summary' in page.text


@pytest.mark.parametrize(
    ("state", "title"),
    [
        ("missing", "No transcript"),
        ("NO_TRANSCRIPT_DATA", "No transcript"),
        ("DELETED_OR_TRASHED", "The transcript was deleted"),
        ("UNSUPPORTED", "No transcript for this kind of meeting"),
        ("NOT_READY", "Zoom is writing the transcript"),
        ("not-shared", "Not shared with you"),
    ],
)
def test_page_says_why_there_is_no_transcript(dana, world, state, title):
    world.switches.change({"transcript": state})

    page, file = dana.look(TRANSCRIPT), dana.look(f"/participants/{key_of(WEEK_AGO)}/transcript.vtt")

    assert page.status_code == file.status_code == 404
    assert title in page.text and title in file.text


def test_missing_summary_is_being_written_in_the_first_hour_after_the_end(dana, world, clock):
    instance = world.start_meeting(85000000101, recording=True)
    world.join(instance, "dana")
    world.tick(600)
    world.end_meeting(instance)
    path = f"/participants/{key_of(instance.uuid)}/summary"

    early = dana.look(path)
    clock.tick(400)
    later = dana.look(path)

    assert early.status_code == 404
    assert "Zoom is writing the summary" in early.text
    assert "data-coming" in early.text and '<noscript><meta http-equiv="refresh" content="30"></noscript>' in early.text
    assert later.status_code == 200
    assert "data-coming" not in later.text and 'data-ready="The summary is ready."' in later.text


@pytest.mark.parametrize("kind", ["summary", "transcript"])
def test_window_that_waits_asks_zoom_twice_a_minute_and_gets_the_text_with_the_event(
    dana, world, webhooks, clock, kind
):
    instance = world.start_meeting(85000000101, recording=True)
    world.join(instance, "dana")
    world.join(instance, None, "Guest Lee")
    clock.tick(600)
    world.end_meeting(instance)
    path = f"/participants/{key_of(instance.uuid)}/summary" + ("?view=transcript" if kind == "transcript" else "")
    route = SUMMARY if kind == "summary" else "GET /v2/meetings/*/transcript"
    clock.tick(30 - clock() % 30)
    version = re.search(r'data-coming data-version="([^"]+)"', dana.look(path).text)[1]
    headers = {"Accept": "text/html", "If-None-Match": f'"{version}"'}
    world.calls.clear()

    assert [dana.get(path, headers=headers).status_code for _ in range(9)] == [304] * 9
    assert world.calls.count("GET /v2/**") == 0
    clock.tick(29)
    (instance.summary if kind == "summary" else instance.transcript).created_at = clock()
    assert dana.get(path, headers=headers).status_code == 304
    event = content_events.summary_event if kind == "summary" else content_events.transcript_event
    webhooks(event(clock(), instance, getattr(instance, kind), world))
    assert dana.get(path, headers=headers).status_code == 200
    assert world.calls.count(route) == 1


def test_summary_that_is_off_is_not_being_written(dana, world):
    instance = world.start_meeting(85000000101, recording=True)
    world.join(instance, "dana")
    world.end_meeting(instance)
    world.switches.change({"summary": "off"})

    assert "Meeting summary was off" in dana.look(f"/participants/{key_of(instance.uuid)}/summary").text


def test_encrypted_meeting_says_that_it_has_neither(dana, world):
    world.meetings[WEEKLY].settings["encryption_type"] = "e2ee"

    assert "Encrypted meetings have no summary" in dana.look(PAGE).text
    assert "Encrypted meetings have no transcript" in dana.look(TRANSCRIPT).text


@pytest.mark.parametrize(
    ("withheld", "path"),
    [("meeting:read:summary:admin", PAGE), ("cloud_recording:read:meeting_transcript:admin", TRANSCRIPT)],
)
def test_missing_permission_is_named(anyone, world, withheld, path):
    world.switches.change({"withheld_scopes": [withheld]})
    anyone.connect()

    page = anyone.look(path).text

    assert "One permission is missing" in page
    assert withheld.removesuffix(":admin") in page


def test_page_names_the_plan_that_summaries_need(dana, world):
    world.faults.append(Fault(SUMMARY, 400, body={"code": 200, "message": "Only available for Paid account: x."}))

    assert "Summaries need a Pro plan or higher" in dana.look(PAGE).text


def test_outage_of_zoom_is_no_missing_summary(dana, world):
    world.faults.append(Fault(SUMMARY, drop="before"))

    page = dana.look(PAGE)

    assert page.status_code == 502
    assert "We couldn’t reach Zoom" in page.text
    assert dana.look(PAGE + ".md").status_code == 502


def test_empty_answers_are_no_summary_and_no_transcript(dana, world):
    world.faults.append(Fault(SUMMARY, 200, body={}))
    world.faults.append(Fault("GET /v2/meetings/*/transcript", 200, body={}))

    assert dana.look(PAGE).status_code == 404
    assert dana.look(TRANSCRIPT).status_code == 404


def test_attack_in_a_summary_is_shown_as_text(dana, world):
    summary = world.instances[WEEK_AGO].summary
    summary.overview = "<script>alert(1)</script> ![x](https://evil.example/pixel.gif) <img src=//evil.example/a>"
    summary.details = [("<b onclick=a()>Label</b>", "[click](javascript:alert(1)) [site](https://evil.example/a)")]
    summary.next_steps = ["<script>alert(2)</script>: run", "[go](javascript:alert(3))"]
    summary.doc_url = "https://evil.example/doc"

    page = dana.look(PAGE).text

    body = page.partition("<main")[2].partition("</main>")[0]
    assert "<script" not in body and "<img" not in body and "onclick=a()&gt;" in body
    assert "javascript:" not in "".join(re.findall(r'(?:href|src)="[^"]*"', body))
    assert '<a href="https://evil.example/a" rel="nofollow noopener noreferrer">site</a> (evil.example)' in body
    assert "Edit in Zoom" not in body


def test_summary_of_a_megabyte_is_shortened_on_the_page_and_whole_in_the_file(dana, world):
    summary = world.instances[WEEK_AGO].summary
    summary.overview, summary.details, summary.next_steps = "", [], ["step"] * 5000
    summary.content = "## Topic\n\n- a line of text\n\n" * 40_000

    page, file = dana.look(PAGE), dana.get(PAGE + ".md")

    assert page.status_code == 200
    assert "This summary is too long to show" in page.text
    assert len(page.data) < 400_000
    assert len(file.data) > 1_000_000


def test_transcript_has_speakers_and_times(dana):
    page = dana.look(TRANSCRIPT)

    text = text_of(page.text)
    assert page.status_code == 200
    assert "Dana Okoye 10:00 Good morning." in text
    assert "Show more" not in text
    assert "Guest Lee" in page.text.partition('class="speakers"')[2]


def main_of(page):
    return page.partition('id="main">')[2].partition("</main>")[0]


def test_hidden_names_stay_hidden_in_a_transcript(dana):
    main = main_of(dana.look(f"{TRANSCRIPT}&names=hide").text)
    speakers = set(re.findall(r'<p class="by"><bdi>([^<]*)</bdi>', dana.look(TRANSCRIPT).text))

    assert speakers and not [name for name in speakers if f"<bdi>{name}</bdi>" in main]
    assert "Names are hidden, but the text itself may contain some." in text_of(main)


def test_search_in_a_transcript_keeps_names_hidden(dana):
    main = main_of(dana.look(f"{TRANSCRIPT}&names=hide&q=e&speaker=Dana+Okoye").text)

    links = re.findall(r'href="([^"]*/summary\?[^"]*)"', main)
    assert [link for link in links if "hit=2" in link]
    assert all("names=hide" in link for link in links)
    assert '<input type="hidden" name="names" value="hide">' in main
    assert "<bdi>Dana Okoye</bdi>" not in main


def test_hidden_names_stay_hidden_beside_next_steps(dana):
    steps = main_of(dana.look(f"{PAGE}?names=hide").text).partition('class="next"')[2]

    assert "<bdi>DO</bdi>" in steps and "<bdi>Dana Okoye</bdi>" not in steps


def test_transcript_alone_is_shown_without_a_summary(dana):
    assert dana.look(f"/participants/{key_of(OFFICE)}/summary").status_code == 404
    assert dana.look(f"/participants/{key_of(OFFICE)}/summary?view=transcript").status_code == 200


def test_search_marks_what_it_finds_and_goes_from_hit_to_hit(dana):
    first = dana.look(f"{TRANSCRIPT}&q=BILLING").text
    second = dana.look(f"{TRANSCRIPT}&q=BILLING&hit=2").text

    assert "<mark>billing</mark>" in first
    hits = re.search(r'role="status">1 of (\d+)<', first)
    assert hits and int(hits[1]) > 5
    assert re.search(r'href="[^"]*hit=2[^"]*#t-1"', first)
    assert "Previous" in second and 'class="turn hit" id="t-1"' in second


def test_search_without_a_hit_says_so(dana):
    page = dana.look(f"{TRANSCRIPT}&q=<b>nothing").text

    assert "Nobody said “&lt;b&gt;nothing”." in page
    assert "Clear search" in page


@pytest.mark.parametrize(
    "value", ["", "%00", "9" * 4300, "-1", "1e400", "%ed%a0%80", "%(x)s", "(", "%f0%9f%98%80" * 60]
)
def test_odd_choices_show_the_transcript(dana, value):
    for names in (["q"], ["speaker"], ["page"], ["hit", "q"], ["q", "speaker", "page", "hit"]):
        query = "&".join(f"{name}={value}" for name in names)
        assert dana.look(f"{TRANSCRIPT}&{query}").status_code == 200


def test_one_speaker_is_shown_alone(dana):
    page = dana.look(f"{TRANSCRIPT}&speaker=Guest+Lee").text
    turns = page.partition('class="turns"')[2].partition("</ol>")[0]

    assert set(re.findall(r"<bdi>([^<]+)</bdi>", turns)) == {"Guest Lee"}
    assert "Show everyone" in page


def test_transcript_of_eight_hours_is_shown_in_pages(dana, world):
    starts = [f"{n * 5 // 3600:02}:{n * 5 // 60 % 60:02}:{n * 5 % 60:02}" for n in range(8 * 720)]
    cues = [
        f"{n}\n{start}.000 --> {start}.900\nPerson {n % 7}: {'many words here ' * 5}{n}.\n"
        for n, start in enumerate(starts)
    ]
    set_transcript(world, "\n".join(["WEBVTT\n", *cues]).encode())

    first, last = dana.look(TRANSCRIPT), dana.look(f"{TRANSCRIPT}&page=29")
    found = dana.look(f"{TRANSCRIPT}&q=here+5000.").text

    assert first.text.count('class="turn ') == 200
    assert "page 1 of 29" in first.text
    assert last.status_code == 200 and "Show earlier" in last.text
    assert 'class="turn hit" id="t-5000"' in found


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"WEBVTT",
        b"no captions at all",
        b"WEBVTT\n\nyesterday --> today\nDana: Hello\n",
        b"\xff\xfe\x00" * 50,
    ],
)
def test_transcript_without_any_speech_is_no_transcript(dana, world, body):
    set_transcript(world, body)

    assert dana.look(TRANSCRIPT).status_code in (404, 502)


def test_unreadable_parts_of_a_transcript_are_counted(dana, world):
    set_transcript(world, b"WEBVTT\n\n00:01.000 --> 00:02.000\nDana: Hello \xff\n\nx --> y\nDana: Lost\n")

    page = dana.look(TRANSCRIPT).text

    assert "1 entry from Zoom could not be read" in page
    assert "Hello \ufffd" in page


def test_markup_in_names_and_speech_is_text(dana, world):
    set_transcript(world, b"WEBVTT\n\n00:01.000 --> 00:02.000\n<v <b>Eve>x</v><script>a()</script> & y\n")
    first = dana.look(TRANSCRIPT).text
    set_transcript(world, b'WEBVTT\n\n00:01.000 --> 00:02.000\n"><img src=x>: say &lt;script&gt;a()\n')
    second = dana.look(TRANSCRIPT).text

    for page in (first, second):
        assert "<script>a()" not in page and "<img src=x" not in page
    assert "say &lt;script&gt;a()" in second


def test_transcript_is_a_file_in_webvtt_and_in_text(dana):
    vtt = dana.get(f"/participants/{key_of(WEEK_AGO)}/transcript.vtt")
    text = dana.get(f"/participants/{key_of(WEEK_AGO)}/transcript.txt")
    copied = dana.get(f"/participants/{key_of(WEEK_AGO)}/transcript.txt", headers={"Accept": "application/json"})

    assert vtt.content_type == "text/vtt; charset=utf-8"
    assert vtt.data.startswith(b"WEBVTT\n")
    assert text.text.startswith("0:00:00 Dana Okoye: Good morning.")
    assert copied.json == {"text": text.text}


def test_refusal_of_the_download_is_no_transcript(dana, world):
    for kind in ("401", "200", "html"):
        world.switches.change({"download_refusal": kind})
        world.faults.append(Fault("GET /rec/download/*", 200, body={"status": False, "errorCode": 124}, count=1))
        answer = dana.look(f"/participants/{key_of(WEEK_AGO)}/transcript.vtt")
        assert answer.status_code >= 400
        assert answer.content_type.startswith("text/html")


def test_past_meeting_links_its_summary_and_a_running_one_does_not(dana, world):
    past = dana.look(f"/participants/{key_of(WEEK_AGO)}").text
    world.load_story("live-meeting")
    running = dana.look(dana.running_meeting()).text

    assert f'href="{PAGE}"' in past
    assert "css/past.css" in past
    assert "This meeting" not in running and "css/past.css" not in running


def test_unknown_meeting_is_not_found(dana):
    assert dana.look("/participants/999999999/summary").status_code == 404
    assert dana.look("/participants/nonsense/summary").status_code == 404
    assert dana.look(f"/participants/{'A' * 22}/summary").status_code == 404


CONTENT_EVENTS = [name for name in answer_store.EVENTS if name.startswith(("meeting.summary_", "meeting.aic_"))]
CONTENT_EVENTS += [name for name in answer_store.EVENTS if name.startswith("recording.")]


@pytest.mark.parametrize("name", CONTENT_EVENTS)
def test_event_about_new_content_clears_the_cached_answers_of_its_host(dana, world, webhooks, name):
    """The proxy's answer is from before the summary; after the event it is Zoom's newest."""
    path = f"/zoom/api/v2/meetings/{encode_id(WEEK_AGO)}/meeting_summary"
    before = dana.get(path).json["summary_overview"]
    world.instances[WEEK_AGO].summary.overview = "A new overview."
    cached = dana.get(path).json["summary_overview"]

    webhooks(event_of(world, name))

    assert cached == before
    assert dana.get(path).json["summary_overview"] == "A new overview."


def event_of(world, name):
    instance, recording, at = world.instances[WEEK_AGO], world.recordings[WEEK_AGO], world.now()
    verb = name.rpartition("_")[2]
    if name == "meeting.summary_completed":
        return content_events.summary_event(at, instance, instance.summary, world)
    if name == "meeting.aic_transcript_completed":
        return content_events.transcript_event(at, instance, instance.transcript, world)
    if name.startswith("meeting."):
        return content_events.summary_change_event(verb, at, instance, instance.summary, world)
    if name == "recording.transcript_completed":
        return recording_events.recording_transcript_event(at, recording, world)
    if name == "recording.completed":
        return recording_events.recording_event(at, recording, world)
    return recording_events.trash_event(name, at, recording, world)


@pytest.mark.parametrize("name", CONTENT_EVENTS)
def test_event_about_content_is_subscribed_and_adds_no_attendance(dana, world, webhooks, parts, name):
    event = event_of(world, name)
    webhooks(event)

    assert event["event"] == name and name in EVENTS

    assert parts.webhook_log.find(dana.id, WEEK_AGO) is None


def test_events_about_content_are_those_of_what_finishes_changes_and_goes_to_the_trash():
    names = {"meeting.aic_transcript_completed", "recording.transcript_completed"}
    names |= {f"meeting.summary_{verb}" for verb in ("completed", "updated", "trashed", "recovered", "deleted")}
    names |= {f"recording.{verb}" for verb in ("completed", "trashed", "recovered", "deleted")}

    assert set(CONTENT_EVENTS) == names


@pytest.mark.parametrize("host", [None, 5, {}, ["x"], "unknown"])
def test_event_with_an_odd_host_clears_no_cache(dana, world, webhooks, host):
    event = event_of(world, "meeting.summary_completed")
    event["payload"]["object"]["meeting_host_id"] = host
    path = f"/zoom/api/v2/meetings/{encode_id(WEEK_AGO)}/meeting_summary"
    before = dana.get(path).json

    webhooks(event)

    world.instances[WEEK_AGO].summary.overview = "A new overview."
    assert dana.get(path).json == before
