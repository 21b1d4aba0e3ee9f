"""Pages that read the dashboard and reports with the account's own credentials: for the host, and for nobody else."""

import ast
import base64
import logging
import re

import pytest

from offline_zoom.faults import Fault
from tests.support.people import Person, with_account_credentials
from tests.support.secret_forms import leaks
from tests.test_house import ALL, imports
from tests.web.reading import read
from zoomapp.attendance.hosted_meetings import CHECK_SECONDS
from zoomapp.cli.scopes import scopes_to_select
from zoomapp.zoom.scopes import is_for_admins

METRICS = "GET /v2/metrics/**"
REPORT = "GET /v2/report/**"
MEETING = "GET /v2/meetings/*"
LIST = "GET /v2/past_meetings/*/participants"
TOKEN = "POST /oauth/token"
REVIEW, WEEKLY, JONAS_CRITIQUE, PRIYAS, ADAS = 85000000102, 85512340987, 85000000201, 87000000302, 87000000501
ADMIN_SCOPES = (
    "dashboard:read:list_meeting_participants:admin",
    "report:read:list_meeting_participants:admin",
)


@pytest.fixture
def settings(settings, world):
    """With the account's own credentials. The users' grants have no admin scopes."""
    world.switches.user_managed = True
    return with_account_credentials(settings, world)


@pytest.fixture
def jonas(app, world):
    return connected(app, world, "jonas")


def connected(app, world, name):
    person = Person(app, world, name)
    assert person.connect().status_code == 302
    world.calls.clear()
    return person


def account_calls(world):
    """The calls that had a token of the whole account."""
    kinds = [(call, world.grants.find(call.headers.get("Authorization", "")[7:])) for call in world.calls.all()]
    return [call.path for call, grant in kinds if grant and grant.kind == "account"]


def names(answer):
    return re.findall(r'class="person-name"><bdi>([^<]*)', answer.text)


def past_key(person, uuid_start=""):
    return re.search(rf'href="(/participants/{uuid_start}[\w-]{{22}})"', person.look("/meetings?show=past").text)[1]


def test_host_without_admin_scopes_sees_the_dashboard(dana, parts, world):
    running = world.start_meeting(REVIEW)
    world.join(running, None, "Guest Lee")

    page = dana.look(f"/participants/{REVIEW}")

    assert not any(scope.endswith(":admin") for scope in parts.tokens.scopes(dana.id))
    assert names(page) == ["Guest Lee"]
    assert "From your account’s dashboard" in read(page)
    assert names(dana.get(f"/participants/{REVIEW}/live")) == ["Guest Lee"]
    assert len(account_calls(world)) == world.calls.count(METRICS) == 1


def test_live_events_and_the_accounts_dashboard_are_named_together(dana, world, webhooks):
    running = world.start_meeting(REVIEW)
    world.join(running, None, "Guest Lee")

    assert "From Zoom’s live events and your account’s dashboard" in read(dana.look(f"/participants/{REVIEW}"))


def test_host_without_admin_scopes_sees_the_report(dana, world):
    page = dana.look(past_key(dana))

    assert "Final report, from your account’s reports" in read(page)
    assert len(account_calls(world)) == world.calls.count(REPORT) == 1
    assert world.calls.count(LIST) == 0


def test_viewers_and_views_share_one_token_and_one_check(dana, world):
    world.start_meeting(REVIEW)
    for _ in range(3):
        dana.look(f"/participants/{REVIEW}")
    for _ in range(2):
        dana.look(past_key(dana))

    assert world.calls.count(TOKEN) == 1
    assert world.calls.count(f"GET /v2/meetings/{REVIEW}") == 2  # the check, and the planned times


def test_own_admin_scopes_come_before_the_accounts_credentials(app, world):
    world.switches.user_managed = False
    dana = connected(app, world, "dana")
    world.join(world.start_meeting(REVIEW), None, "Guest Lee")

    assert "From Zoom’s dashboard" in read(dana.look(f"/participants/{REVIEW}"))
    assert account_calls(world) == [] and world.calls.count(TOKEN) == 0


def test_meeting_of_another_host_is_not_read(dana, jonas, world):
    running = world.start_meeting(REVIEW)
    world.join(running, None, "Guest Lee")
    past = past_key(dana)
    key = running.uuid[:22].replace("+", "-").replace("/", "_")
    world.calls.clear()

    for path in (
        f"/participants/{REVIEW}",
        f"/participants/{REVIEW}/live",
        f"/participants/{key}",
        past,
        f"{past}.csv",
    ):
        assert "Guest" not in jonas.get(path).text, path

    assert account_calls(world) == []


def test_colleague_who_may_open_a_meeting_without_hosting_it_is_not_its_host(app, world, clock):
    """The grant reads every meeting of the account, but no dashboard and no report."""
    world.switches.user_managed = False
    world.switches.withheld_scopes = list(ADMIN_SCOPES)
    ada, dana = connected(app, world, "ada"), connected(app, world, "dana")
    past = past_key(dana)
    clock.tick(60)
    world.join(world.start_meeting(REVIEW), None, "Guest Lee")
    world.calls.clear()

    for path in (f"/participants/{REVIEW}", f"/participants/{REVIEW}/live", past):
        ada.get(path)

    assert world.calls.count(f"GET /v2/meetings/{REVIEW}") >= 1
    assert account_calls(world) == []
    dana.get(f"/participants/{REVIEW}")
    assert len(account_calls(world)) == 1


@pytest.mark.parametrize("hosts", ["ada@example.com", "Jonas@example.com; ADA@example.com"])
def test_alternative_host_sees_the_dashboard(app, world, hosts):
    world.switches.user_managed = False
    world.switches.withheld_scopes = list(ADMIN_SCOPES)
    ada = connected(app, world, "ada")
    world.meetings[REVIEW].settings["alternative_hosts"] = hosts
    world.join(world.start_meeting(REVIEW), None, "Guest Lee")

    assert names(ada.look(f"/participants/{REVIEW}")) == ["Guest Lee"]
    assert len(account_calls(world)) == 1


def test_alternative_hosts_address_must_be_the_whole_address(app, world):
    world.switches.user_managed = False
    world.switches.withheld_scopes = list(ADMIN_SCOPES)
    ada = connected(app, world, "ada")
    world.meetings[REVIEW].settings["alternative_hosts"] = "not-ada@example.com;ada@example.com.evil.example"
    world.join(world.start_meeting(REVIEW), None, "Guest Lee")

    assert names(ada.look(f"/participants/{REVIEW}")) == []
    assert account_calls(world) == []


@pytest.mark.parametrize(
    "fault",
    [
        Fault(MEETING, 404, body={"code": 3001, "message": "Meeting does not exist."}),
        Fault(MEETING, 400, body={"code": 4711, "message": "Invalid access token, does not contain scopes:[x]."}),
        Fault(MEETING, 502, body="gone"),
        Fault(MEETING, drop="before"),
        Fault(MEETING, 429, {"Retry-After": "5"}, {"code": 429, "message": "slow"}),
        Fault(MEETING, 200, body="not JSON"),
        Fault(MEETING, 200, body=[]),
        Fault(MEETING, 200, body={"id": REVIEW}),
        Fault(MEETING, 200, body={"id": REVIEW, "host_id": None, "settings": {"alternative_hosts": [None]}}),
        Fault(MEETING, 200, body={"id": PRIYAS, "host_id": "Zq1r5T9pQ0uVbXcD3eFgHA"}),
    ],
    ids=["deleted", "scope", "outage", "dropped", "limit", "text", "list", "no-host", "odd-host", "another-meeting"],
)
def test_without_a_clear_answer_the_credentials_are_not_used(dana, world, fault):
    past = past_key(dana)
    world.join(world.start_meeting(REVIEW), None, "Guest Lee")
    world.faults.append(fault)

    for path in (f"/participants/{REVIEW}", past):
        assert "account’s" not in dana.look(path).text

    assert world.calls.count(MEETING) >= 1
    assert account_calls(world) == [] and world.calls.count(TOKEN) == 0


def test_check_is_repeated_after_ten_minutes(dana, world, clock):
    world.join(world.start_meeting(REVIEW), None, "Guest Lee")
    dana.look(f"/participants/{REVIEW}")
    world.faults.append(Fault(MEETING, 404, body={"code": 3001, "message": "Meeting does not exist."}))
    clock.tick(CHECK_SECONDS)
    world.calls.clear()

    assert "Guest Lee" not in dana.look(f"/participants/{REVIEW}").text
    assert account_calls(world) == []


def test_host_in_another_account_gets_nothing_from_this_one(priya, world):
    world.start_meeting(PRIYAS)

    priya.look(f"/participants/{PRIYAS}")

    assert account_calls(world) == [] and world.calls.count(TOKEN) == 0


def test_proxy_and_batch_never_use_the_accounts_credentials(dana, world):
    world.start_meeting(REVIEW)
    dana.look(f"/participants/{REVIEW}")
    world.calls.clear()
    paths = (
        f"/metrics/meetings/{REVIEW}/participants?type=live",
        f"/report/meetings/{WEEKLY}/participants",
        "/metrics/meetings?type=past&from=2026-03-01&to=2026-03-02",
        "/users",
    )

    answers = [dana.get(f"/zoom/api/v2{path}") for path in paths]
    batch = dana.post("/zoom/api/batch", json={"requests": list(paths)}).json["answers"]

    assert {answer.json["code"] for answer in answers} == {4711}
    assert {answer["body"]["code"] for answer in batch} == {4711}
    assert account_calls(world) == [] and world.calls.count(TOKEN) == 0


def test_only_attendance_pages_import_the_accounts_client():
    wanted = {"zoomapp.user_api.account_client", "zoomapp.tokens.account_tokens"}
    importers = {
        name
        for name, path in ALL.items()
        if any(found in wanted or found.rpartition(".")[0] in wanted for found in imports(path))
    }

    assert importers == {
        "zoomapp.services",
        "zoomapp.user_api.account_client",
        *(f"zoomapp.attendance.{name}" for name in ("dashboard", "hosted_meetings", "past", "past_run", "sources")),
    }
    uses = {name for name, path in ALL.items() if _reads_attribute(path, "account_client")}
    assert uses == {"zoomapp.attendance.hosted_meetings", "zoomapp.web.components.attendance"}


def _reads_attribute(path, name):
    tree = ast.walk(ast.parse(path.read_text()))
    return any(isinstance(node, ast.Attribute) and node.attr == name for node in tree)


def refuse_credentials(world):
    world.account_app.client_secret = "another secret"


def withhold_scopes(world):
    world.account_app.scopes = ["user:read:list_users:admin"]


def refuse_tokens(world):
    refused = {"code": 124, "message": "Invalid access token."}
    world.faults.append(Fault(METRICS, 401, body=refused))
    world.faults.append(Fault(REPORT, 401, body=refused))


@pytest.mark.parametrize("refuse", [refuse_credentials, withhold_scopes, refuse_tokens])
def test_refused_credentials_leave_pages_as_they_are_without_them(dana, world, webhooks, refuse):
    refuse(world)
    running = world.start_meeting(REVIEW)
    world.join(running, None, "Guest Lee")
    past = past_key(dana)
    world.calls.clear()

    for _ in range(4):
        live, final = dana.look(f"/participants/{REVIEW}"), dana.look(past)

    assert names(live) == ["Guest Lee"]
    assert "From Zoom’s live events · as of" in read(live)
    assert "Final report from Zoom" in read(final)
    assert world.calls.count(TOKEN) <= 2


def test_refused_credentials_without_webhooks_name_the_missing_permission(dana, world):
    refuse_credentials(world)
    world.start_meeting(REVIEW)

    assert "Zoom must allow dashboard:read:list_meeting_participants:admin" in read(
        dana.look(f"/participants/{REVIEW}")
    )


def test_token_that_ended_early_is_replaced_once(dana, world, clock):
    world.join(world.start_meeting(REVIEW), None, "Guest Lee")
    dana.look(f"/participants/{REVIEW}")
    world.grants.app_tokens.clear()
    clock.tick(600)

    assert names(dana.look(f"/participants/{REVIEW}")) == ["Guest Lee"]
    assert world.calls.count(TOKEN) == 2


def test_daily_limit_of_the_credentials_does_not_hold_back_a_users_own_calls(app, dana, world):
    world.switches.user_managed = False
    ada = connected(app, world, "ada")
    message = "You have reached the maximum daily rate limit for this API."
    world.faults.append(Fault(METRICS, 429, {}, {"code": 429, "message": message}, count=1))
    world.join(world.start_meeting(REVIEW), None, "Guest Lee")

    assert "daily limit" in read(dana.look(f"/participants/{REVIEW}"), 429)
    assert names(ada.look(f"/participants/{REVIEW}")) == ["Guest Lee"]
    world.calls.clear()
    dana.look(f"/participants/{REVIEW}")
    dana.look(past_key(dana))
    assert account_calls(world) == []


def test_call_trace_shows_which_credential_was_used(dana, world, caplog):
    caplog.set_level(logging.INFO)
    world.start_meeting(REVIEW)
    dana.look(f"/participants/{REVIEW}")

    rows = re.findall(r"<li>\s*<span class=\"call-path\">.*?</li>", dana.look("/calls").text, re.DOTALL)

    by_account = [row for row in rows if "account’s credentials" in row]
    assert len(by_account) == 1 and f"/v2/metrics/meetings/{REVIEW}/participants" in by_account[0]
    upstream = [call for record in caplog.records for call in getattr(record, "upstream", [])]
    assert [call["credential"] for call in upstream if "credential" in call] == ["account"]


def test_no_admin_scope_is_requested_of_users(settings):
    assert not any(is_for_admins(use) for use in scopes_to_select(settings))


def test_no_answer_log_line_or_record_holds_the_secret_or_the_token(dana, jonas, world, parts, settings, caplog):
    caplog.set_level(logging.DEBUG)
    world.start_meeting(REVIEW)
    past = past_key(dana)
    paths = (
        f"/participants/{REVIEW}",
        f"/participants/{REVIEW}/live",
        past,
        f"{past}.json",
        "/calls",
        "/help",
        "/privacy",
    )
    answers = [(path, person.get(path).data) for path in paths for person in (dana, jonas)]
    (token,) = world.grants.app_tokens
    refuse_credentials(world)
    world.grants.app_tokens.clear()
    answers += [("refused", dana.look(path).data) for path in paths]

    basic = base64.b64encode(f"{settings.zoom_s2s_client_id}:{settings.zoom_s2s_client_secret}".encode())
    secrets = {"secret": settings.zoom_s2s_client_secret.encode(), "token": token.encode(), "basic": basic}
    lines = [(record.name, f"{record.getMessage()} {vars(record)!r}".encode()) for record in caplog.records]
    stored = [(str(key), key + (parts.redis.dump(key) or b"")) for key in parts.redis.scan_iter("*")]
    assert len(lines) > 10 and any(b"account-token" in key for _, key in stored)
    assert leaks(secrets, [*answers, *lines, *stored]) == []
