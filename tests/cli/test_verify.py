"""`flask verify`: each check has the right result for a Zoom of either kind, and leaves nothing behind."""

import json
import os
import signal
from collections import Counter
from dataclasses import replace

import pytest

from offline_zoom.faults import Fault
from tests.support.people import Person, building, with_account_credentials
from tests.support.servers import ROOT
from zoomapp import create_app
from zoomapp.cli.verify import CHECKS, verify
from zoomapp.cli.verify.account import Account
from zoomapp.cli.verify.masking import mask
from zoomapp.cli.verify.untestable import UNTESTABLE

STAND_UP = 85000000101
TABLE = [line for line in (ROOT / "docs/unknowns.md").read_text().splitlines() if line.startswith("| ")]
ROWS = [line.split("|")[1].strip() for line in TABLE[1:]]
ALL = [check.name for check in CHECKS]
#: What the offline Zoom cannot show as this user.
NOT_TESTABLE = {
    "dana": {"missing-scope", "own-meetings", "registration-plan", "alternative-hosts"},
    "priya": {
        *("running-uuid", "dashboard-running", "absent-summary", "polling-id", "poll-choices", "finished-files"),
        *("registration-plan", "alternative-hosts"),
    },
}
LIST, MEETING, REGISTRANTS = "GET /v2/users/me/meetings", "/v2/meetings/*", "/v2/meetings/*/registrants"
PEOPLE = [{"id": "a", "email": "first@example.com"}, {"id": "b", "email": "second@example.com"}]
SUMMARY = {"summary_content": "## Recap\n\nText"}
NO_SCOPE = {"code": 4711, "message": "Invalid access token, does not contain scopes:[meeting:write:registrant]."}
ANSWERED = [{"question_details": [{"polling_id": "another"}]}]


@pytest.fixture
def full(settings, world, clock):
    """An app with Server-to-Server credentials, whose webhooks arrive."""
    with building(with_account_credentials(settings, world), world, clock) as parts:
        world.on_event(lambda event: (parts.webhook_queue.add(event), parts.webhook_queue.process()))
        yield parts


@pytest.fixture
def check(full, world, clock):
    """The rows of some checks, run as a user who is signed in: ``check("dana", "language")``."""

    def run(name, *checks, change=lambda world: None, may_write=lambda check: True, wait=clock.tick):
        person = Person(create_app(full), world, name)
        assert person.connect().status_code == 302
        change(world)
        if name == "dana":
            world.join(world.start_meeting(STAND_UP), "dana")
        account = Account(full, person.id, wait)
        selected = [each for each in CHECKS if each.name in checks or not checks]
        return {row.name: row for row in verify(selected, account, may_write)}

    return run


def test_every_row_of_the_unknowns_is_checked_or_listed_with_a_reason():
    beginnings = [check.row for check in CHECKS] + [row for rows in UNTESTABLE.values() for row in rows]

    found = {row: [text for text in beginnings if row.startswith(text)] for row in ROWS}

    assert {row: texts for row, texts in found.items() if len(texts) != 1} == {}
    assert set(beginnings) - {text for texts in found.values() for text in texts} == set()
    assert Counter(beginnings).most_common(1)[0][1] == 1 and len(set(ALL)) == len(ALL)


@pytest.mark.parametrize("name", ["dana", "priya"])
def test_the_offline_zoom_confirms_each_assumption_and_keeps_no_meeting(check, world, name):
    priya = world.user("priya")
    world.meetings[priya.pmi] = replace(world.meetings[world.user("dana").pmi], id=priya.pmi, host_id=priya.id)
    before = set(world.meetings)

    rows = check(name)

    expected = {row: "not testable" if row in NOT_TESTABLE[name] else "confirmed" for row in ALL}
    assert {row.name: row.outcome for row in rows.values()} == expected, rows
    assert [world.meetings[number].deleted for number in set(world.meetings) - before].count(False) == 0
    assert len(world.meetings) > len(before)
    assert "…@…" not in str(rows) and "@example" not in str(rows)


def test_a_basic_users_registration_is_refused_and_a_paid_one_is_not(check, world):
    assert check("finn", "registration-plan")["registration-plan"].outcome == "confirmed"
    world.faults.add(Fault(f"GET {REGISTRANTS}", 200, body={"registrants": []}))

    assert check("finn", "registration-plan")["registration-plan"].outcome == "different"


def switch(**switches):
    return lambda world: world.switches.change(switches)


def fault(route, status=None, body=None, **more):
    return lambda world: world.faults.add(Fault(route, status, body=body, **more))


def speak_unknown_language(world):
    world.user("dana").language = "English"


def two_hosts(separator):
    def change(world):
        world.meetings[STAND_UP].settings["alternative_hosts"] = f"jonas@example.com{separator}ada@example.com"

    return change


def name_people_of_the_anonymous_poll(world):
    for instance in world.instances.values():
        for statements in instance.poll_answers:
            statements.name = "Dana"


def join_choices_with_a_space(world):
    for instance in world.instances.values():
        for statements in instance.poll_answers:
            for detail in statements.details:
                detail["answer"] = detail["answer"].replace(";", "; ")


def allow_every_redirect(world):
    world.redirect_uris.append("https://unknown.invalid/auth")


@pytest.mark.parametrize(
    ("row", "name", "change"),
    [
        ("missing-scope", "priya", switch(missing_scope_code=4700)),
        ("missing-scope", "priya", switch(missing_scope_code=104)),
        ("missing-scope", "priya", fault("GET /v2/users", 200, {"users": []})),
        ("missing-scope", "priya", fault("GET /v2/users", 403, {"code": 1, "message": "Forbidden"})),
        ("unknown-redirect", "dana", allow_every_redirect),
        ("wrong-credentials", "dana", fault("POST /oauth/token", 400, {"error": "invalid_request"})),
        ("wrong-account-credentials", "dana", fault("POST /oauth/token", 400, {"error": "invalid_request"})),
        ("account-tokens", "dana", switch(access_lifetime=7200)),
        ("account-tokens", "dana", fault("GET /v2/metrics/**", 401, {"code": 124, "message": "Invalid access token."})),
        ("refresh-token", "dana", switch(refresh_lifetime=30 * 86400)),
        ("refresh-token", "dana", switch(omit_refresh_token=True)),
        ("deep-link", "priya", fault("POST /v2/zoomapp/deeplink", 200, {"deeplink": "https://zoom.example/a"})),
        ("trace-header", "dana", fault(LIST, 400, {"code": 300, "message": "Unknown header."})),
        ("identifiers", "dana", fault(LIST, mutate=["not-objects"])),
        ("body-length", "dana", fault(LIST, chunked=True, count=1)),
        ("language", "dana", speak_unknown_language),
        ("running-uuid", "dana", fault(LIST, 200, {"meetings": [{"id": STAND_UP, "uuid": "another"}]})),
        ("dashboard-running", "dana", fault("GET /v2/metrics/meetings/*", 200, {"uuid": "another"})),
        ("recorded-fields", "dana", fault("GET /v2/users/me/recordings", 200, {"meetings": [{"uuid": "a"}]})),
        ("file-order", "dana", fault("GET /v2/meetings/*/recordings", 200, {"recording_files": [{}]}, count=1)),
        ("download-size", "dana", fault("GET /storage/*", shorten=10)),
        ("download-size", "dana", fault("GET /rec/download/*", 200, {"errorCode": 124})),
        ("page-token", "dana", switch(page_token_lifetime=60)),
        ("absent-summary", "dana", fault(f"GET {MEETING}/meeting_summary", 404, {"code": 3322, "message": "None."})),
        ("summary-headings", "dana", fault(f"GET {MEETING}/meeting_summary", 200, SUMMARY)),
        ("empty-polls", "dana", fault("GET /v2/past_meetings/*/polls", 404, {"code": 404, "message": "No polls."})),
        ("poll-choices", "dana", join_choices_with_a_space),
        ("poll-choices", "dana", name_people_of_the_anonymous_poll),
        ("finished-files", "dana", fault("GET /v2/users/me/recordings", mutate=["odd-files"])),
        ("alternative-hosts", "dana", two_hosts(" and ")),
        ("polling-id", "dana", fault("GET /v2/past_meetings/*/polls", 200, {"questions": ANSWERED})),
        ("listed-at-once", "dana", fault(f"{LIST}?type=upcoming", 200, {"meetings": []})),
        ("own-meetings", "priya", fault(f"GET {MEETING}", 404, {"code": 3001, "message": "Meeting does not exist."})),
        ("session-id", "dana", fault(f"GET {MEETING}", 200, {"occurrences": [{"occurrence_id": "1"}]})),
        ("series-start", "dana", fault(f"PATCH {MEETING}", 204)),
        ("no-registration", "dana", fault(f"GET {REGISTRANTS}", 200, {"registrants": []})),
        ("refused-together", "dana", fault(f"PUT {REGISTRANTS}/status", 204)),
        ("added-twice", "dana", fault(f"GET {REGISTRANTS}", 200, {"registrants": PEOPLE}, count=1)),
        ("registrant-total", "dana", fault(f"GET {REGISTRANTS}", 200, {"registrants": PEOPLE[:1], "total_records": 1})),
        ("session-registrants", "dana", fault(f"GET {REGISTRANTS}", 200, {"registrants": PEOPLE})),
    ],
)
def test_a_zoom_of_another_kind_is_called_different(check, world, row, name, change):
    before = set(world.meetings)

    found = check(name, row, change=change)[row]

    assert found.outcome == "different", found
    assert all(world.meetings[number].deleted for number in set(world.meetings) - before)


@pytest.mark.parametrize(
    ("row", "name", "change", "reason"),
    [
        ("wrong-credentials", "dana", switch(invalid_client_status=401), "confirmed"),
        ("absent-summary", "dana", switch(summary="missing"), "confirmed"),
        ("absent-summary", "dana", switch(summary="off"), "setting of the account"),
        ("absent-summary", "dana", switch(summary="trashed"), "setting of the account"),
        ("absent-summary", "dana", switch(summary="not-shared"), "setting of the account"),
        ("summary-headings", "dana", switch(summary="missing"), "has a summary"),
        ("polling-id", "dana", switch(polls="missing"), "None of the last"),
        ("poll-choices", "dana", switch(polls="missing"), "several choices"),
        ("alternative-hosts", "dana", two_hosts(";"), "confirmed 2 hosts: “…@…;…@…”"),
        ("alternative-hosts", "dana", two_hosts(", "), "confirmed"),
        ("polling-id", "dana", switch(polls="deleted"), "None of the last"),
        ("empty-polls", "dana", switch(polls="off"), "confirmed"),
        ("empty-polls", "dana", switch(polls="not-shared"), "setting of the account"),
        ("empty-polls", "dana", switch(questions="not-shared"), "setting of the account"),
        ("empty-polls", "dana", switch(questions="missing"), "confirmed"),
        ("download-size", "dana", switch(download_refusal="401"), "confirmed"),
        (
            "added-twice",
            "dana",
            fault(f"POST {REGISTRANTS}", 400, NO_SCOPE),
            "lacks a scope: meeting:write:registrant.",
        ),
        ("page-token", "finn", fault(LIST, 200, {"meetings": []}), "no list of two meetings"),
        ("empty-polls", "dana", fault("GET /v2/past_meetings/*/polls", 500, {}), "did not answer"),
    ],
)
def test_a_check_says_why_it_cannot_be_made(check, row, name, change, reason):
    found = check(name, row, change=change)[row]

    assert reason in f"{found.outcome} {found.found}"


def test_checks_that_write_run_only_if_they_may(check, world):
    world.calls.clear()

    rows = check("dana", may_write=lambda check: False)

    writes = {check.name for check in CHECKS if check.writes}
    assert {rows[name].outcome for name in writes} == {"not testable"} and len(writes) > 10
    reads = ("GET", "HEAD")
    assert {call.path for call in world.calls.matching("* /v2/**") if call.method not in reads} == set()


def test_checks_wait_for_a_limit_per_second(check, world, clock):
    waits = []

    def wait(seconds):
        waits.append(seconds)
        clock.tick(seconds)

    rows = check("finn", change=switch(limits="plan"), wait=wait)

    assert [row for row in rows.values() if "did not answer" in row.found] == []
    assert waits.count(1) > 5


def test_ctrl_c_while_a_meeting_is_being_created_deletes_it_too(check, world):
    before = set(world.meetings)
    world.sleep = lambda seconds: os.kill(os.getpid(), signal.SIGINT)
    world.faults.add(Fault("POST /v2/users/me/meetings", delay=1, count=1))

    with pytest.raises(KeyboardInterrupt):
        check("dana", "listed-at-once")

    (created,) = set(world.meetings) - before
    assert world.meetings[created].deleted


def interrupt(seconds):
    raise KeyboardInterrupt


def test_ctrl_c_deletes_what_a_check_created(check, world):
    before = set(world.meetings)
    world.faults.add(Fault(f"{LIST}?type=upcoming", 200, body={"meetings": []}))

    with pytest.raises(KeyboardInterrupt):
        check("dana", "listed-at-once", wait=interrupt)

    (created,) = set(world.meetings) - before
    assert world.meetings[created].deleted


def test_a_meeting_whose_response_was_lost_is_deleted(check, world):
    before = set(world.meetings)
    world.faults.add(Fault("POST /v2/users/me/meetings", drop="after"))

    found = check("dana", "listed-at-once")["listed-at-once"]

    (created,) = set(world.meetings) - before
    assert world.meetings[created].deleted and "did not answer" in found.found


def test_command_asks_writes_a_report_and_exits_by_what_differs(app, dana, world, tmp_path):
    run = app.test_cli_runner().invoke
    path = tmp_path / "report.json"
    args = ["verify", dana.id, "--only", "session-id", "--only", "language", "--report", str(path)]

    same = run(args=args, input="y\n")
    document = json.loads(path.read_text())
    declined = run(args=args, input="n\n")
    world.user("dana").language = "English"
    different = run(args=[*args, "--yes"])

    assert [same.exit_code, declined.exit_code, different.exit_code] == [0, 0, 1]
    assert "session-id creates a series" in same.stderr and "did not allow it" in declined.stdout
    assert "session-id creates" not in different.stderr and "different" in different.stdout
    assert document["counts"]["confirmed"] == 2 and len(document["rows"]) == 2 + sum(map(len, UNTESTABLE.values()))
    assert "Different: 1\n- `language` of a user" in path.with_suffix(".txt").read_text()
    secrets = (dana.id, "dana", "Okoye", world.grants.by_user[dana.id].access_token, world.client_secret)
    for text in (path.read_text(), path.with_suffix(".txt").read_text(), json.dumps(document)):
        assert not [secret for secret in secrets if secret in text]


def test_command_with_a_wrong_user_or_check_exits_with_2_and_after_ctrl_c_with_130(app, dana, world):
    run = app.test_cli_runner().invoke

    assert run(args=["verify", "nobody"]).exit_code == 2
    assert run(args=["verify", dana.id, "--only", "nothing"]).exit_code == 2
    assert run(args=["verify"]).exit_code == 2
    assert run(args=["verify", dana.id, "--only", "session-id"], input="").exit_code == 130
    world.faults.add(Fault("* /v2/**", 503))
    assert run(args=["verify", dana.id, "--only", "language"]).exit_code == 2


def test_help_lists_the_checks(app):
    shown = app.test_cli_runner().invoke(args=["verify", "--help"]).stdout

    assert [name for name in ALL if f"  {name} " not in shown] == []


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("Meeting 85000000101 of dana@example.com", "Meeting … of …@…"),
        ("refused with 400 unsupported_grant_type", "refused with 400 unsupported_grant_type"),
        ("user Zq1r5T9pQ0uVbXcD3eFgHA", "user …"),
    ],
)
def test_mask_hides_addresses_and_ids(text, masked):
    assert mask(text) == masked
