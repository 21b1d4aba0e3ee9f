"""`flask manifest --push` and Zoom's own check: what is shown, asked, stored and kept."""

import json
from dataclasses import replace

import pytest

from offline_zoom.faults import Fault
from tests.support.people import building, with_account_credentials
from zoomapp import create_app
from zoomapp.cli.manifest import EVENTS, RTMS_SCOPES, manifest, with_tunnel
from zoomapp.cli.manifest_merge import difference, merged, not_stored

APP = "sandbox-app-id"
ADDRESS, TUNNEL = "https://rollcall.example", "https://new.tunnel.example"
SCOPES = ["marketplace:read:app:admin", "marketplace:write:app:admin"]


@pytest.fixture
def own(settings):
    return replace(settings, public_url=ADDRESS)


@pytest.fixture
def run(own, world, clock):
    """The command in an app with Server-to-Server credentials that may manage apps."""
    world.account_app.scopes = list(SCOPES)
    with building(with_account_credentials(own, world), world, clock) as parts:
        runner = create_app(parts).test_cli_runner()
        yield lambda *words, **more: runner.invoke(args=["manifest", *words], **more)


def test_push_shows_the_difference_asks_updates_and_then_finds_nothing_to_do(run, world, own):
    declined = run("--push", APP, input="n\n")
    before = world.manifest
    pushed = run("--push", APP, input="y\n")
    world.manifest["oauth_information"]["scopes"].reverse()
    again = run("--push", APP)

    assert (declined.exit_code, before) == (1, {})
    assert f'+    "development_home_uri": "{ADDRESS}/api/zoomapp/home"' in declined.stdout
    assert pushed.exit_code == 0 and "Zoom has the new manifest." in pushed.stdout
    stored, sent = world.manifest, manifest(own, sorted(EVENTS))
    assert list(not_stored(sent, stored)) == []
    assert world.redirect_uris == [f"{ADDRESS}/api/zoomapp/auth", ADDRESS]
    assert (again.exit_code, again.stdout) == (0, "Zoom already has this manifest.\n")


@pytest.mark.parametrize("status", [200, 204])
def test_push_with_a_tunnel_leaves_the_old_address_nowhere(run, world, status):
    world.switches.change({"manifest_update_status": status})
    assert run("--push", APP, "--yes").exit_code == 0
    world.manifest["display_information"] |= {
        "config_url": f"{ADDRESS}/settings",
        "privacy_url": "https://law.example/",
    }
    world.manifest["features"]["sdk_domain_allow_list"] = ["rollcall.example", "cdn.example"]

    result = run("--push", APP, "--yes", "--tunnel", TUNNEL)

    assert result.exit_code == 0, result.output
    assert "rollcall.example" not in json.dumps(world.manifest)
    assert world.manifest["display_information"]["config_url"] == f"{TUNNEL}/settings"
    assert world.manifest["display_information"]["privacy_url"] == "https://law.example/"
    assert world.manifest["features"]["sdk_domain_allow_list"] == ["new.tunnel.example", "cdn.example"]
    addresses = {"new.tunnel.example"}
    assert {entry["domain"] for entry in world.manifest["features"]["domain_allow_list"]} == addresses
    assert (world.home_url, world.webhook_url) == (f"{TUNNEL}/api/zoomapp/home", f"{TUNNEL}/api/zoomapp/webhook")


def test_fields_that_zoom_did_not_store_are_named_in_any_order_of_lists():
    sent = {"a": {"b": [{"name": "x", "on": True}, {"name": "y"}]}, "c": 1}

    assert (
        list(not_stored(sent, {"a": {"b": [{"name": "y", "id": 7}, {"name": "x", "on": True}]}, "c": 1, "d": 2})) == []
    )
    assert list(not_stored(sent, {"a": {"b": [{"name": "y"}, {"name": "x", "on": False}]}})) == ["/a/b[0]", "/c"]


def test_what_was_entered_at_zoom_by_hand_stays(own):
    document = manifest(own, sorted(EVENTS))
    at_zoom = manifest(own, ["meeting.started", "meeting.rtms_started"])
    at_zoom["oauth_information"]["scopes"] += [{"scope": RTMS_SCOPES[0], "optional": True}, {"scope": "old:read:data"}]
    (subscription,) = at_zoom["features"]["event_subscription"]["events"]
    subscription |= {"subscription_id": "abc", "production_event_custom_header": {"key": "X-Key", "value": "hush"}}

    new = merged(at_zoom, document, RTMS_SCOPES)

    (stays,) = new["features"]["event_subscription"]["events"]
    names = [entry["scope"] for entry in new["oauth_information"]["scopes"]]
    assert stays["subscription_id"] == "abc" and stays["production_event_custom_header"]["value"] == "hush"
    assert stays["event_types"] == [*sorted(EVENTS), "meeting.rtms_started"]
    assert names[-1] == RTMS_SCOPES[0] and "old:read:data" not in names
    assert document == manifest(own, sorted(EVENTS))
    assert difference(new, new) == [] and "hush" not in "\n".join(difference(at_zoom, new))
    moved = merged(at_zoom, manifest(with_tunnel(own, TUNNEL), sorted(EVENTS)), RTMS_SCOPES)
    assert "rollcall.example" not in json.dumps(moved)


def test_push_names_what_zoom_drops_or_refuses(run, world):
    update = f"PUT /v2/marketplace/apps/{APP}/manifest"
    errors = [{"setting": "/features", "message": "not allowed"}]
    world.faults.add(Fault(update, 200, count=1))
    dropped = run("--push", APP, "--yes")
    world.faults.add(Fault(update, 400, body={"message": "invalid_manifest", "errors": errors}, count=1))
    refused = run("--push", APP, "--yes")
    world.switches.change({"app_published": True})
    published = run("--push", APP, "--yes")

    assert [result.exit_code for result in (dropped, refused, published)] == [1, 1, 1]
    assert "Zoom did not store /oauth_information/production_redirect_uri." in dropped.stdout
    assert "Zoom: /features: not allowed" in refused.stdout
    assert "Zoom refused: You can only export Draft" in published.stderr


def test_push_without_credentials_or_scope_says_what_is_missing(run, world, app):
    world.account_app.scopes = SCOPES[:1]
    without_write = run("--push", APP, "--yes")
    world.account_app.scopes = []
    without_read = run("--push", APP, "--yes")

    assert "lacks the scope marketplace:write:app:admin" in without_write.stderr
    assert "lacks the scope marketplace:read:app:admin" in without_read.stderr
    assert app.test_cli_runner().invoke(args=["manifest", "--push", APP, "--tunnel", TUNNEL]).exit_code == 2
    # The address of the tests is not public: our own check refuses it first.
    assert app.test_cli_runner().invoke(args=["manifest", "--push", APP]).exit_code == 1
    assert run("--push", APP, "--validate").exit_code == 2
    world.account_app.client_secret = "another"
    assert "Zoom refused: invalid_client" in run("--push", APP, "--yes").stderr


def test_validate_asks_zoom_too(run, world):
    accepted = run("--validate")
    world.faults.add(
        Fault(
            "POST /v2/marketplace/apps/manifest/validate",
            200,
            body={"ok": False, "error": "invalid_manifest", "errors": [{"setting": "/x", "message": "wrong"}]},
            count=1,
        )
    )
    refused = run("--validate")
    world.account_app.scopes = []
    not_asked = run("--validate")

    assert [result.exit_code for result in (accepted, refused, not_asked)] == [0, 1, 0]
    assert "Zoom’s own check accepts it." in accepted.stdout and "Zoom: /x: wrong" in refused.stdout
    assert "Zoom was not asked: the Server-to-Server app lacks the scope" in not_asked.stderr
