"""The audit log: one line for each sign-in, refusal, sign-out, export and deletion, and no line says too much."""

import json
import logging
import re

import pytest

from offline_zoom.faults import Fault
from offline_zoom.stories.quiet_day import FIXTURES, RETRO, WEEKLY
from tests.support.people import OWN, Person
from tests.support.servers import ROOT
from zoomapp.log_setup import JsonLines, audit_log, hash_user_id
from zoomapp.zoom.meeting_ids import key_of

PAST = f"/participants/{key_of(FIXTURES[2])}"
ROSTER = f"/series/{WEEKLY}/roster"


class Lines(logging.Handler):
    """The lines of the audit log, as they are written."""

    def __init__(self):
        super().__init__()
        self.setFormatter(JsonLines())
        self.lines = []

    def emit(self, record):
        self.lines.append(json.loads(self.format(record)))

    def take(self, *fields):
        """These fields of the lines since the last time."""
        taken, self.lines = self.lines, []
        return [tuple(line.get(field) for field in fields) for line in taken]


@pytest.fixture
def audit():
    handler = Lines()
    audit_log.addHandler(handler)
    yield handler
    audit_log.removeHandler(handler)


def test_sign_ins_of_each_channel_have_a_line_with_the_hash_of_the_user(audit, app, world, anyone):
    user = hash_user_id(anyone.id)

    answer = anyone.connect()

    [line] = audit.lines
    assert (line["logger"], line["level"], line["message"]) == ("zoomapp.audit", "INFO", "audit")
    assert line["request_id"] == answer.headers["X-Request-Id"]
    assert audit.take("event", "outcome", "channel", "user") == [("sign_in", "succeeded", "web", user)]
    for sign_in, channel in (("authorize_in_client", "client"), ("open_from_zoom", "context")):
        getattr(Person(app, world, "dana"), sign_in)()
        assert audit.take("event", "outcome", "channel", "user") == [("sign_in", "succeeded", channel, user)]


def test_refused_and_failed_sign_ins_have_a_line_with_the_reason(audit, app, world, anyone):
    fields = ("event", "outcome", "channel", "reason")
    context = {"X-Zoom-App-Context": world.seal_context("dana")}

    anyone.get("/api/zoomapp/auth?code=a-code-of-a-stranger&state=w-unknown")
    anyone.get(anyone.consent(anyone.get("/api/zoomapp/install").location, "decline"))
    anyone.post("/api/zoomapp/onauthorized", json={"code": "a-code", "state": "c-unknown"})
    anyone.get("/api/zoomapp/home", headers=context)
    Person(app, world, "ada").get("/api/zoomapp/home", headers=context)
    Person(app, world, "ada").get("/api/zoomapp/home", headers={"X-Zoom-App-Context": "no context"})
    world.faults.append(Fault("POST /oauth/token", 500, count=1))
    Person(app, world, "priya").connect()

    assert audit.take(*fields) == [
        ("sign_in", "refused", "web", "StateMismatch"),
        ("sign_in", "refused", "web", "SignInDenied"),
        ("sign_in", "refused", "client", "StateMismatch"),
        ("sign_in", "succeeded", "context", None),
        ("sign_in", "refused", "context", "used_before"),
        ("sign_in", "refused", "context", "unreadable"),
        ("sign_in", "failed", "web", "UpstreamError"),
    ]


def test_sign_out_disconnect_and_removal_have_a_line_and_a_visitor_has_none(audit, dana, priya, world, webhooks, clock):
    audit.take()
    for path in ("logout", "disconnect", "logout"):
        dana.post(f"/api/zoomapp/{path}")
        dana.connect() if path == "logout" else None
    clock.tick(5)
    world.deauthorize("priya")

    lines = [line for line in audit.take("event", "outcome", "user", "revoked") if line[0] != "sign_in"]
    user = hash_user_id(dana.id)
    assert lines == [
        ("sign_out", "succeeded", user, None),
        # Zoom reports the end of a revoked grant as well.
        ("deauthorization", "succeeded", user, None),
        ("disconnect", "succeeded", user, True),
        ("deauthorization", "succeeded", hash_user_id(priya.id), None),
    ]


def test_webhook_with_a_wrong_signature_has_a_line_with_a_known_event_only(audit, anyone):
    for event in ("meeting.started", "an event that a stranger made up"):
        body = {"event": event, "payload": {}}
        headers = {"x-zm-signature": "v0=wrong", "x-zm-request-timestamp": "1"}
        assert anyone.post("/api/zoomapp/webhook", json=body, headers=headers).status_code == 401

    assert audit.take("event", "outcome", "reason", "webhook") == [
        ("webhook", "refused", "signature", "meeting.started"),
        ("webhook", "refused", "signature", "other"),
    ]


def test_each_file_of_a_page_has_a_line_with_its_route_and_a_page_has_none(audit, dana, app):
    session = key_of(FIXTURES[2])
    dana.browser.post(ROSTER, data={"list": "Jonas Weber", "session": session}, content_type="multipart/form-data")
    files = {
        f"{PAST}.csv": "/participants/<key>.<any('csv', 'json'):form>",
        f"{PAST}.json": "/participants/<key>.<any('csv', 'json'):form>",
        f"{PAST}/polls.csv": "/participants/<key>/polls.csv",
        f"{PAST}/registrants.csv": "/participants/<key>/registrants.csv",
        f"/meetings/{RETRO}/registrants.csv": "/meetings/<int:meeting_id>/registrants.csv",
        f"{ROSTER}.csv?session={session}": "/series/<key>/roster.csv",
    }
    audit.take()

    for address in files:
        assert dana.get(address).status_code == 200, address
        dana.browser.head(address)
    link = dana.post("/files", json={"address": f"{PAST}.csv"}).json["url"].removeprefix(OWN)
    for _ in range(2):
        app.test_client().get(link)
    dana.look(PAST)
    dana.get("/zoom/api/v2/users/me")

    lines = audit.take("event", "outcome", "user", "route")
    assert [line[:3] for line in lines] == [("export", "succeeded", hash_user_id(dana.id))] * (len(files) + 1)
    assert [line[3] for line in lines[:-1]] == list(files.values())


def test_commands_have_a_line(audit, app, parts, dana, priya):
    account_id = parts.tokens.load(priya.id).account_id
    audit.take()

    for words in (("export", dana.id), ("forget", dana.id), ("forget-account", account_id, "--yes"), ("show", "other")):
        app.test_cli_runner().invoke(args=["tokens", *words])

    assert audit.take("event", "outcome", "user", "account", "people") == [
        ("user_export", "succeeded", hash_user_id(dana.id), None, None),
        ("user_deletion", "succeeded", hash_user_id(dana.id), None, None),
        ("account_deletion", "succeeded", None, hash_user_id(account_id), 1),
    ]


def test_lines_are_written_at_every_log_level():
    assert audit_log.level == logging.INFO and audit_log.isEnabledFor(logging.INFO)


def test_operations_lists_every_event():
    code = "".join(path.read_text() for path in (ROOT / "zoomapp").rglob("*.py"))
    section = (ROOT / "docs" / "operations.md").read_text().partition("## Audit log")[2].partition("\n## ")[0]

    written = set(re.findall(r'(?<!def )\baudit\("(\w+)"', code))
    assert written == set(re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE))
    assert len(written) > 8
