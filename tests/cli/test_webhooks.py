"""`flask webhooks --app-id`: what Zoom's own log says it could not deliver."""

import pytest

from offline_zoom.faults import Fault
from offline_zoom.webhooks.delivery import Attempt
from offline_zoom.webhooks.sender import WebhookSender
from tests.offline_zoom.conftest import caller
from tests.support.people import adapter, building, with_account_credentials
from zoomapp import create_app

APP, SCOPE, DAY = "sandbox-app-id", "marketplace_app:read:admin", 86400
LOG = f"/marketplace/apps/{APP}/webhook_logs"


@pytest.fixture
def zoom(world, clock):
    """The offline Zoom, which sends webhooks and lets a Server-to-Server app read their log."""
    world.account_app.scopes = [SCOPE]
    zoom = adapter(world)
    zoom.app.extensions["webhooks"] = WebhookSender("https://app.example/hook", "secret", clock)
    return zoom


@pytest.fixture
def run(settings, zoom, world, clock):
    """The command in an app with Server-to-Server credentials."""
    with building(with_account_credentials(settings, world), world, clock) as parts:
        runner = create_app(parts).test_cli_runner()
        yield lambda: runner.invoke(args=["webhooks", "--app-id", APP])


@pytest.fixture
def deliver(zoom):
    """Lets the offline Zoom have tried to deliver an event, with these attempts."""
    sender = zoom.app.extensions["webhooks"]

    def deliver(event, *attempts):
        sender.enqueue({"event": event, "event_ts": 1, "payload": {"object": {"topic": "Secret"}}})
        sender.deliveries()[-1].attempts += attempts

    return deliver


def test_command_lists_the_failed_tries_newest_first_without_their_bodies(run, deliver, clock):
    deliver("meeting.started", Attempt(clock() - 8 * DAY, 500, 1))
    deliver("meeting.ended", Attempt(clock() - 900, 500, 1), Attempt(clock() - 600, 0, 3000, "ReadTimeout"))
    deliver("meeting.created", Attempt(clock() - 60, 204, 1))

    result = run()

    assert result.exit_code == 0 and result.stdout.startswith("Counted since")
    rows = [line.split() for line in result.stdout.splitlines() if line.startswith("meeting.")]
    assert rows == [
        ["meeting.ended", "read", "timeout", "2026-03-02", "09:50", "2"],
        ["meeting.ended", "500", "2026-03-02", "09:45", "1"],
    ]
    assert "Secret" not in result.output


def test_command_reads_all_pages_and_odd_rows(run, deliver, world, clock):
    deliver("meeting.started", *[Attempt(clock() - 60, 500, 1)] * 301)
    long = run()
    odd = {"webhook_logs": [{"event": None, "status": "404", "date_time": 7, "retry_num": []}, "x"]}
    world.faults.add(Fault(f"GET /v2{LOG}", 200, body=odd, count=1))
    strange = run()

    assert "251 older ones are not shown." in long.stdout
    assert ["-", "404", "-", "1"] in [line.split() for line in strange.stdout.splitlines()]
    assert "The rest of Zoom's list could not be read." in strange.stdout


def test_command_says_why_there_is_no_list_and_prints_ours(run, app, world):
    empty = run()
    world.account_app.scopes = []
    without_scope = run()
    world.account_app.client_secret = "another"
    refused = run()
    alone = app.test_cli_runner().invoke(args=["webhooks", "--app-id", APP])

    results = (empty, without_scope, refused, alone)
    assert all(result.exit_code == 0 and "No webhook has arrived." in result.stdout for result in results)
    assert "Zoom lists no webhook that failed in the last 7 days." in empty.stdout
    assert "lacks the scope" in without_scope.stdout and SCOPE in without_scope.stdout
    assert "Zoom's own log was not read: invalid_client" in refused.stdout
    assert "ZOOM_S2S_CLIENT_ID" in alone.stdout


def test_offline_zoom_filters_its_log_and_refuses_what_zoom_refuses(zoom, world, deliver, clock):
    deliver("meeting.started", Attempt(clock() - 60, 500, 1), Attempt(clock() - 30, 204, 1))
    token = {"Authorization": f"Bearer {caller(world, 'ada', [SCOPE]).access_token}"}

    def get(query=""):
        return zoom.app.test_client().get(f"/v2{LOG}?{query}", headers=token)

    def statuses(query=""):
        return [row["status"] for row in get(query).json["webhook_logs"]]

    assert [statuses(f"type={kind}") for kind in (1, 2, 3)] == [[204, 500], [500], [204]]
    assert (statuses(), statuses("retry_num=1"), statuses("event=meeting.ended")) == ([500], [], [])
    queries = (
        "retry_num=4",
        "from=2026-03-01",
        "from=2026-03-02T09:00:00Z&to=2026-03-01T09:00:00Z",
        "from=2026-01-01T00:00:00Z",
    )
    assert [get(query).json["code"] for query in queries] == [1506, 1501, 1502, 1503]
