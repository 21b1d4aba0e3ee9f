"""One answer of Zoom's at a time is replaced: no page is a 500, and the other parts of a page stay."""

import json
import re
from pathlib import Path

import pytest

from offline_zoom.faults import Fault
from offline_zoom.stories.quiet_day import FIXTURES, RETRO, WEEKLY
from tests.web.reading import HEADERS, read, words
from zoomapp import metrics
from zoomapp.zoom.endpoint_types import encode_id

ME = "GET /v2/users/me"
LISTS = "GET /v2/users/me/meetings"
LIVE_LIST = LISTS + "?type=live"
MEETING = "GET /v2/meetings/*"
INVITATION = "GET /v2/meetings/*/invitation"
RECORDINGS = "GET /v2/users/me/recordings"
RECORDING = "GET /v2/meetings/*/recordings"
INSTANCES = "GET /v2/past_meetings/*/instances"
PAST = "GET /v2/past_meetings/*"
PARTICIPANTS = "GET /v2/past_meetings/*/participants"
REPORT = "GET /v2/report/meetings/*/participants"
SUMMARY = "GET /v2/meetings/*/meeting_summary"
TRANSCRIPT = "GET /v2/meetings/*/transcript"
POLL_RESULTS = "GET /v2/past_meetings/*/polls"
POLLS = "GET /v2/meetings/*/polls"
QUESTIONS = "GET /v2/report/meetings/*/qa"
REGISTRANTS = "GET /v2/meetings/*/registrants"
REGISTRATION_QUESTIONS = "GET /v2/meetings/*/registrants/questions"
LIVE = "GET /v2/metrics/meetings/*/participants"
OWN = "/meetings/85000000101"
#: A past meeting with a summary and a transcript.
WEEKLY_SYNC = "/participants/_I84Pj7PRnR0S-zLVAnH1w"

HTML = "<!DOCTYPE html><title>Sign in</title><h1>Sign in</h1>"
#: Whole bodies, each with the status 200.
BODIES = ["", "null", "[]", "{}", '""', '"text"', "7", "-1e300", HTML, "[" * 9000, "[" * 3000 + "]" * 3000, "[null]"]
BODIES += ['{"meetings":{}}', '{"meetings":null,"id":null}', '{"meetings":[null,7,"x",[],{}],"participants":[7,{}]}']
#: Values of a single field.
VALUES = [None, "", 7, -1, 1e300, 10**40, True, [], {}, ["x"], [{}], {"a": {"b": []}}, "\ufffd\u202e<b>", "9999-99-99"]
VALUES += ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "x" * 5000]

PAGES = [
    ("/", ME),
    ("/settings", ME),
    ("/tools", ME),
    ("/", LISTS),
    ("/meetings", LISTS),
    ("/meetings?show=live", LISTS),
    ("/meetings?show=scheduled", LISTS),
    ("/meetings?show=past", LISTS),
    ("/participants", LISTS),
    ("/participants/85000000101", LISTS),
    (OWN, MEETING),
    (f"{OWN}/delete", MEETING),
    (f"{OWN}/passcode", MEETING),
    (f"{OWN}/start", MEETING),
    (f"{OWN}.ics", MEETING),
    (f"{OWN}/invitation", INVITATION),
    ("/", RECORDINGS),
    ("/recordings", RECORDINGS),
    ("/recordings.csv", RECORDINGS),
    ("/recordings/trash", RECORDINGS),
    ("/recordings/storage", RECORDINGS),
    ("/participants/85000000101/times", INSTANCES),
    ("/participants/85000000101", PAST),
    ("/participants/85000000101", PARTICIPANTS),
    ("/participants/85000000101", REPORT),
    ("/participants/85000000101", MEETING),
    (f"{WEEKLY_SYNC}/summary", SUMMARY),
    (f"{WEEKLY_SYNC}/summary.md", SUMMARY),
    (f"{WEEKLY_SYNC}/summary?view=transcript", TRANSCRIPT),
    (f"{WEEKLY_SYNC}/transcript.vtt", TRANSCRIPT),
    (f"{WEEKLY_SYNC}/polls", POLL_RESULTS),
    (f"{WEEKLY_SYNC}/polls", POLLS),
    (f"{WEEKLY_SYNC}/qa", QUESTIONS),
    (f"{WEEKLY_SYNC}/polls.csv", POLL_RESULTS),
    (f"{WEEKLY_SYNC}/qa.csv", QUESTIONS),
    (f"/meetings/{RETRO}/registrants", REGISTRANTS),
    (f"/meetings/{RETRO}/registrants", REGISTRATION_QUESTIONS),
    (f"/meetings/{RETRO}/registrants.csv", REGISTRANTS),
    (f"{WEEKLY_SYNC}/registrants", REGISTRANTS),
    (f"{WEEKLY_SYNC}/registrants", MEETING),
    (f"/series/{WEEKLY}", INSTANCES),
    (f"/series/{WEEKLY}", REPORT),
    (f"/series/{WEEKLY}.csv", REPORT),
    (f"/series/{WEEKLY}/roster", REPORT),
]
#: Where the rows of a list are read by this part of the app, and an answer of Zoom's whose fields can be replaced.
FIELDS = [pair for pair in PAGES if pair[1] not in (PARTICIPANTS, REPORT, LIVE)]


def answering(world, route, body):
    text = body if isinstance(body, str) else json.dumps(body)
    world.faults[:] = [Fault(route, 200, {"Content-Type": "application/json"}, text)]


def check(answer, at):
    """Check that the page is no internal error and follows the rules of every page."""
    assert answer.status_code != 500, (at, answer.text[:500])
    for name in HEADERS:
        assert answer.headers[name], at
    if answer.mimetype == "text/html" and answer.status_code < 300:
        read(answer, answer.status_code)
    return answer


def real_answers(person):
    """What Zoom answers: an object for each route."""
    zoom, own = "/zoom/api/v2", "85000000101"
    past = person.get(f"{zoom}/users/me/meetings?type=previous_meetings").json["meetings"][0]["uuid"]
    paths = {
        ME: "/users/me",
        LISTS: "/users/me/meetings?type=scheduled",
        MEETING: f"/meetings/{own}",
        INVITATION: f"/meetings/{own}/invitation",
        RECORDINGS: "/users/me/recordings?from=2026-02-02&to=2026-03-02",
        INSTANCES: f"/past_meetings/{own}/instances",
        PAST: f"/past_meetings/{past}",
        SUMMARY: f"/meetings/{encode_id(FIXTURES[2])}/meeting_summary",
        TRANSCRIPT: f"/meetings/{encode_id(FIXTURES[2])}/transcript",
        POLL_RESULTS: f"/past_meetings/{encode_id(FIXTURES[2])}/polls",
        POLLS: f"/meetings/{WEEKLY}/polls",
        REGISTRANTS: f"/meetings/{RETRO}/registrants?status=pending",
        REGISTRATION_QUESTIONS: f"/meetings/{RETRO}/registrants/questions",
        QUESTIONS: f"/report/meetings/{encode_id(FIXTURES[2])}/qa",
    }
    return {route: person.get(zoom + path).json for route, path in paths.items()}


def variants(body):
    """The answer with each field replaced: of the object, and of the first row of each list in it."""
    for number, name in enumerate(body):
        yield {**body, name: VALUES[number % len(VALUES)]}
        if isinstance(body[name], list) and body[name] and isinstance(body[name][0], dict):
            yield from ({**body, name: [row, *body[name][1:]]} for row in variants(body[name][0]))
            yield from ({**body, name: [row]} for row in VALUES[::2])
    for value in VALUES[::2]:
        yield dict.fromkeys(body, value)


@pytest.mark.parametrize(("path", "route"), PAGES)
def test_no_unexpected_answer_breaks_a_page(dana, world, path, route):
    for body in BODIES:
        answering(world, route, body)
        check(dana.look(path), body[:60])


@pytest.mark.parametrize(("path", "route"), FIELDS)
def test_no_unexpected_field_value_breaks_a_page(dana, world, path, route):
    body = real_answers(dana)[route]
    for variant in variants(body):
        answering(world, route, variant)
        check(dana.look(path), str(variant)[:200])


@pytest.mark.parametrize("body", BODIES)
def test_no_answer_to_a_form_breaks_the_page(dana, world, body):
    form = {"topic": "A", "date": "2026-03-09", "time": "14:00", "zone": "UTC", "duration": "30", "repeat": ""}
    accept = {"Accept": "text/html"}
    answering(world, "POST /v2/users/me/meetings", body)
    created = check(dana.post("/meetings/new", data={**form, "interval": "1", "count": "1"}, headers=accept), body[:60])
    answering(world, "PATCH /v2/meetings/*", body)
    check(dana.post(OWN, data={"shown": "mute_upon_entry"}, headers=accept), body[:60])
    answering(world, "DELETE /v2/meetings/*", body)
    check(dana.post(f"{OWN}/delete", headers=accept), body[:60])

    assert created.status_code == 502
    assert "We don’t know whether Zoom created the meeting" in words(created.text)


@pytest.mark.parametrize("body", BODIES)
def test_a_sign_in_without_a_readable_user_is_an_outage(anyone, world, body):
    callback = anyone.consent(anyone.get("/api/zoomapp/install").location)
    answering(world, ME, body)

    answer = anyone.get(callback)

    assert (answer.status_code, answer.json["error"]) == (502, "upstream_error")


@pytest.mark.parametrize("body", [body for body in BODIES if not body.startswith('{"meetings":[')])
def test_an_answer_without_the_list_is_an_outage_and_not_an_empty_list(dana, world, body):
    answering(world, LISTS, body)

    for path in ("/meetings", "/meetings?show=past", "/meetings?show=live", "/participants"):
        text = read(dana.look(path), 502)
        assert "We couldn’t reach Zoom" in text
        assert not re.search("Nothing planned|No past meetings|No meeting is running", text)


def test_an_unreadable_answer_leaves_the_other_sections_of_the_overview(dana, world):
    recordings = read(dana.look("/")).partition("All recordings")[2]
    assert re.search("[A-Z][a-z]+", recordings)
    assert "None in the last 30 days" not in recordings
    answering(world, LISTS, "[]")

    text = read(dana.look("/"))

    assert "Last updated" in text
    assert text.partition("All recordings")[2] == recordings


def test_an_answer_without_the_list_shows_the_saved_list(dana, world):
    assert "Weekly sync" in read(dana.look("/meetings"))
    answering(world, LISTS, "[]")

    text = read(dana.look("/meetings"))

    assert "Weekly sync" in text
    assert "Last updated" in text


def test_a_failing_live_list_is_reported_beside_the_list_that_works(dana, world):
    world.faults.append(Fault(LIVE_LIST, 502, body="gone"))

    text = read(dana.look("/meetings"))

    assert "We don’t know which meetings are running" in text
    assert "Weekly sync" in text


def test_an_empty_list_beside_a_failing_live_list_is_not_called_nothing_planned(dana, world):
    world.faults.append(Fault(LIVE_LIST, 502, body="gone"))
    world.faults.append(Fault(LISTS, 200, {}, {"meetings": []}))

    text = read(dana.look("/meetings"))

    assert "We don’t know which meetings are running" in text
    assert "Nothing planned" not in text


def test_two_failing_lists_are_reported_once(dana, world):
    world.faults.append(Fault(LISTS, 502, body="gone"))

    assert read(dana.look("/meetings"), 502).count("We couldn’t reach Zoom") == 1


ROW = {"id": 85000000999, "topic": "Readable", "type": 2, "start_time": "2026-03-02T12:00:00Z", "duration": 30}


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        ([ROW, "x", {"topic": "no id"}], "2 entries from Zoom could not be read, so this list is not complete."),
        ([ROW, None], "1 entry from Zoom could not be read, so this list is not complete."),
    ],
)
def test_a_list_with_unreadable_entries_says_that_it_is_incomplete(dana, world, rows, sentence):
    world.faults.append(Fault(LIVE_LIST, 200, {}, {"meetings": []}))
    world.faults.append(Fault(LISTS, 200, {}, {"meetings": rows}))

    page = read(dana.look("/meetings"))

    assert "Readable" in page
    assert sentence in page
    assert "Showing" not in page


@pytest.mark.parametrize("path", ["/", "/participants", "/meetings?show=live"])
def test_every_page_with_an_unreadable_live_entry_says_that_the_list_is_incomplete(dana, world, path):
    world.faults.append(Fault(LIVE_LIST, 200, {}, {"meetings": ["x"]}))
    world.faults.append(Fault(LISTS, 200, {}, {"meetings": []}))

    text = read(dana.look(path))

    assert "1 entry from Zoom could not be read, so this list is not complete." in text
    assert not re.search("Nothing planned, |No meeting is running", text)


def test_a_complete_list_does_not_mention_unreadable_entries(dana):
    for path in ("/", "/meetings", "/recordings"):
        assert "could not be read" not in read(dana.look(path))


def test_an_unreadable_recording_marks_the_page_and_the_csv_as_incomplete(dana, world):
    row = {"uuid": "A" * 22 + "==", "id": 1, "topic": "Readable", "start_time": "2026-03-01T12:00:00Z"}
    world.faults.append(Fault(RECORDINGS, 200, {}, {"meetings": [row, "x"]}))

    assert "Some recordings are missing here" in read(dana.look("/recordings"))
    answer = dana.get("/recordings.csv")
    assert "_partial.csv" in answer.headers["Content-Disposition"]
    assert ",no," in answer.text.splitlines()[1]


def raw_body(content):
    """The text that a fault sends as these bytes."""
    return content.decode("utf-8", "surrogateescape")


@pytest.mark.parametrize("topic", [b"Team \xf0\x9f", b"Team \\ud83d", b"Team \\udc00"])
def test_a_topic_that_is_not_unicode_is_shown_with_a_replacement_character(dana, world, topic):
    row = b'{"id":85000000999,"start_time":"2026-03-02T12:00:00Z","join_url":"","password":"p","topic":"%s"}' % topic
    headers = {"Content-Type": "application/json"}
    world.faults.append(Fault(LISTS, 200, headers, raw_body(b'{"meetings":[%s]}' % row)))
    world.faults.append(Fault(MEETING, 200, headers, raw_body(row)))

    for path in ("/", "/meetings", "/meetings?show=past", "/meetings?show=live"):
        assert "Team \ufffd" in read(dana.look(path)), path
    assert "Team \ufffd" in read(dana.look(OWN))
    assert dana.get(f"{OWN}/passcode").json["text"].startswith("Team \ufffd")
    batch = dana.post("/zoom/api/batch", json={"requests": ["/users/me/meetings"]}).json
    assert batch["answers"][0]["body"]["meetings"][0]["topic"] == "Team \ufffd"


UNESCAPED = (
    '{"code":104,"message":"Invalid access token, does not contain scopes:["a:read:thing","b:read:thing:admin"]."}'
)


@pytest.mark.parametrize("path", ["/meetings", "/meetings?show=live", "/recordings", OWN])
def test_a_missing_scope_in_broken_json_is_named(dana, world, path):
    world.faults.append(Fault("GET /v2/**", 400, {"Content-Type": "application/json"}, UNESCAPED))

    text = read(dana.look(path))

    assert "One permission is missing" in text
    assert "Zoom must allow a:read:thing." in text
    assert world.calls.count("POST /oauth/token") == 0


def test_a_refusal_as_html_is_a_refusal(dana, world):
    world.faults.append(Fault(LISTS, 403, {"Content-Type": "text/html"}, "<title>403 Forbidden</title>"))

    text = read(dana.look("/meetings"))

    assert "Zoom refused" in text
    assert "Zoom says: 403 Forbidden" in text


@pytest.mark.parametrize("status", [301, 302, 307])
def test_a_redirect_of_the_api_is_not_followed_and_says_so(dana, world, status):
    location = {"Location": "https://file.example/clip"}
    world.faults.append(Fault("GET /v2/**", status, location, ""))

    assert "Zoom answered with a redirect, which this app does not follow." in read(dana.look("/meetings"), 502)
    assert "Zoom answered with a redirect, which this app does not follow." in read(dana.look(OWN), 502)
    answer = dana.get("/zoom/api/v2/clips/abc")
    assert (answer.status_code, answer.json["error"]) == (502, "upstream_error")
    assert answer.json["message"] == "Zoom answered with a redirect, which this app does not follow."
    assert "Location" not in answer.headers


def test_code_124_with_status_400_costs_one_refresh_and_then_works(dana, world):
    refused = Fault(
        "GET /v2/users/me/meetings", 400, body={"code": 124, "message": "Access token is expired."}, count=1
    )
    world.faults.append(refused)

    text = read(dana.look("/meetings"))

    assert "Weekly sync" in text
    assert world.calls.count("POST /oauth/token") == 1


def test_an_endpoint_that_always_refuses_the_token_leaves_the_other_pages(dana, world):
    world.faults.append(Fault(RECORDINGS, 401, body={"code": 124, "message": "Invalid access token."}))

    for _ in range(3):
        assert "Zoom says: Invalid access token." in read(dana.look("/recordings"))
    assert "Weekly sync" in read(dana.look("/meetings"))

    assert world.calls.count("POST /oauth/token") == 1


def test_a_disabled_app_asks_to_connect_again_and_keeps_the_token_record(dana, world, parts, clock):
    clock.tick(7200)
    reason = "The app has been disabled by the account admin."
    world.faults.append(Fault("POST /oauth/token", 400, body={"reason": reason, "error": "invalid_request"}))

    text = read(dana.look("/meetings"), 401)

    assert "Connect" in text
    tokens = parts.tokens.load(dana.id)
    assert (tokens.ended, bool(tokens.refresh_token)) == (False, True)


@pytest.mark.parametrize("value", [7, True, [], {}, "two words", ""])
def test_an_unreadable_token_answer_keeps_the_grant(dana, world, parts, clock, value):
    before = parts.tokens.load(dana.id)
    clock.tick(7200)
    fields = {"access_token": "fresh", "refresh_token": value, "expires_in": value, "scope": value}
    world.faults.append(Fault("POST /oauth/token", 200, body=fields, count=1))

    parts.user_client(dana.id).scopes()
    parts.tokens.access_token(dana.id)

    after = parts.tokens.load(dana.id)
    assert after.access_token == "fresh"
    if value != 7:
        assert after.expires_at == clock() + 3600
    assert (after.refresh_token, after.grant_id) == (before.refresh_token, before.grant_id)


def unreadable_count(kind, field):
    sample = rf'^zoomapp_unreadable_values_total\{{field="{field}",kind="{kind}"\}} (\S+)$'
    found = re.search(sample, metrics.exposition().decode(), re.MULTILINE)
    return float(found[1]) if found else 0.0


def test_unreadable_values_and_entries_are_counted_by_kind_and_field(dana, world):
    metrics.start()
    before = unreadable_count("meeting", "topic"), unreadable_count("meeting", "")
    world.faults.append(Fault(LISTS, 200, {}, {"meetings": [{**ROW, "topic": ["x"]}, "broken"]}, count=1))

    read(dana.look("/participants"))

    assert (unreadable_count("meeting", "topic"), unreadable_count("meeting", "")) == (before[0] + 1, before[1] + 1)


def test_the_metric_of_unreadable_values_is_documented():
    name = "zoomapp_unreadable_values_total"
    assert name in (Path(__file__).parents[2] / "docs/operations.md").read_text()


@pytest.mark.parametrize(
    "odd", [{}, "x", None, {"uuid": 5}, {"uuid": "a==", "start_time": "0001-01-01T00:00:00Z"}], ids=str
)
@pytest.mark.parametrize(
    "others", [[{"uuid": "b==", "start_time": "2026-02-16T09:00:00Z"}], []], ids=["beside one", "alone"]
)
def test_the_page_of_sessions_counts_sessions_that_cannot_be_read(dana, world, odd, others):
    world.faults.append(Fault(INSTANCES, 200, {}, {"meetings": [*others, odd]}))

    text = read(dana.look("/participants/85512340987/times"))

    assert "1 entry from Zoom could not be read, so this list is not complete." in text
    assert ("16 February" in text) == bool(others)
    assert "Zoom lists no past sessions" not in text
