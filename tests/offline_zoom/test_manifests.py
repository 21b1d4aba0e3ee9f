"""The app's manifest at the offline Zoom: what it refuses, what it lets through, and what an update changes."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from offline_zoom.app import create_app
from offline_zoom.commands.options import create_world
from offline_zoom.commands.serve import parser
from offline_zoom.manifests import problems
from offline_zoom.webhooks.sender import WebhookSender
from tests.offline_zoom.conftest import caller, refusal

APP = "/marketplace/apps/sandbox-app-id/manifest"
CHECK = "/marketplace/apps/manifest/validate"
SCOPES = ["marketplace:read:app:admin", "marketplace:write:app:admin"]
GOOD: dict[str, Any] = {
    "display_information": {"display_name": "Example"},
    "oauth_information": {
        "usage": "USER_OPERATION",
        "development_redirect_uri": "https://app.example/auth",
        "production_redirect_uri": "https://app.example/auth",
        "oauth_allow_list": ["https://app.example/auth", "https://app.example"],
        "scopes": [{"scope": "user:read:user", "optional": False}],
    },
    "features": {
        "products": ["ZOOM_MEETING"],
        "development_home_uri": "https://app.example/home",
        "domain_allow_list": [{"domain": "app.example", "explanation": "The app."}],
        "team_chat_subscription": {"enable": False},
        "event_subscription": {
            "enable": True,
            "events": [
                {
                    "subscription_name": "Live",
                    "event_types": ["meeting.started"],
                    "development_webhook_url": "https://app.example/hook",
                }
            ],
        },
    },
}


def changed(path: str, value: Any) -> dict[str, Any]:
    """A copy of the manifest with another value at a path such as ``features.products``."""
    manifest = copy.deepcopy(GOOD)
    *parents, last = path.split(".")
    part: Any = manifest
    for name in parents:
        part = part[int(name) if name.isdigit() else name]
    part[last] = value
    return manifest


def scopes(*names: str, optional: bool = False) -> list[dict[str, Any]]:
    return [{"scope": name, "optional": optional} for name in names]


@pytest.mark.parametrize(
    ("path", "value", "setting"),
    [
        ("display_information.display_name", "x" * 50, "/display_information/display_name"),
        ("oauth_information.usage", "ACCOUNT_OPERATION", "/oauth_information/usage"),
        ("oauth_information.scopes", scopes("user:read:user:admin"), "/oauth_information/scopes[0]"),
        ("oauth_information.scopes", scopes("user:read:user", "imchat:bot"), "/oauth_information/scopes[1]"),
        ("oauth_information.scopes", scopes("user:read"), "/oauth_information/scopes[0]"),
        ("oauth_information.scopes", scopes("marketplace:write:event_subscription"), "/oauth_information/scopes[0]"),
        ("oauth_information.scopes", scopes("user:read:user", optional=True), "/oauth_information/scopes"),
        ("features.products", ["ZOOM_MEETINGS"], "/features/products[0]"),
        ("features.products", [], "/features/development_home_uri"),
        ("features.domain_allow_list", ["app.example"], "/features/domain_allow_list[0]"),
        ("features.team_chat_subscription", {"enable": True}, "/features/team_chat_subscription"),
        (
            "features.team_chat_subscription",
            {"shortcuts": [{"action_type": "x"}]},
            "/features/team_chat_subscription/shortcuts[0]",
        ),
        (
            "features.event_subscription.events.0.event_types",
            ["meeting.started", "meeting.rtms_started"],
            "/features/event_subscription/events[0]/event_types[1]",
        ),
    ],
)
def test_check_names_the_setting_that_zoom_refuses(path, value, setting):
    assert problems(GOOD) == []
    assert setting in [name for name, _ in problems(changed(path, value))]


def test_check_accepts_what_zoom_accepts_although_it_does_not_work():
    """Seen in 2026: no scopes, no redirect URI, an allow list without it, no features, unknown sections."""
    without_scopes = changed("oauth_information.scopes", [])
    twice = changed("oauth_information.scopes", [*scopes("user:read:user"), *scopes("user:read:user")])
    as_text = changed("oauth_information.scopes", [{"scope": "user:read:user", "optional": "false"}])

    odd = [without_scopes, twice, as_text, changed("oauth_information.oauth_allow_list", []), {**GOOD, "colour": "red"}]
    odd += [changed("oauth_information.production_redirect_uri", "nonsense"), {**GOOD, "features": {}}]
    assert [problems(manifest) for manifest in odd] == [[]] * len(odd)
    assert problems({"manifest": GOOD}) and problems("text")
    by_admin = changed("oauth_information.scopes", scopes("user:read:user:admin", "imchat:bot"))
    by_admin["oauth_information"]["usage"] = "ADMIN_MANAGEMENT"
    assert problems(by_admin) == []


def test_manifest_is_read_checked_and_updated(world):
    ada = caller(world, "ada", SCOPES)
    bad = changed("oauth_information.usage", "other")
    rtms = changed("features.event_subscription.events.0.event_types", ["meeting.rtms_started"])

    valid, invalid = (ada.call("POST", CHECK, {"manifest": manifest}).json() for manifest in (GOOD, bad))
    refused = ada.call("PUT", APP, {"manifest": bad})
    stored = ada.call("PUT", APP, {"manifest": {**rtms, "colour": "red"}})

    assert valid == {"ok": True, "error": "", "errors": None}
    assert invalid["error"] == "invalid_manifest" and invalid["errors"][0]["setting"] == "/oauth_information/usage"
    assert refused.status_code == 400 and refused.json()["message"] == "invalid_manifest"
    # An update stores the events that the check refuses, and drops unknown sections.
    assert (stored.status_code, stored.text) == (200, "")
    assert ada.json(APP) == {"manifest": rtms}
    assert world.redirect_uris == ["https://app.example/auth", "https://app.example"]
    assert (world.home_url, world.webhook_url) == ("https://app.example/home", "https://app.example/hook")
    world.switches.change({"manifest_update_status": 204})
    assert ada.call("PUT", APP, {"manifest": GOOD}).status_code == 204


def test_updated_manifest_changes_where_events_go(world, clock):
    app, ada = create_app(world), caller(world, "ada", SCOPES)
    sender = app.extensions["webhooks"] = WebhookSender("http://127.0.0.1:9/", "secret", clock)
    sender.validated_until = clock() + 60
    token = {"Authorization": f"Bearer {ada.access_token}"}

    app.test_client().put(f"/v2{APP}", json={"manifest": GOOD}, headers=token)
    assert (sender.url, sender.validated_until) == ("https://app.example/hook", 0)
    unsubscribed = changed("features.event_subscription.enable", False)
    app.test_client().put(f"/v2{APP}", json={"manifest": unsubscribed}, headers=token)
    sender.enqueue({"event": "meeting.started", "payload": {}})

    assert (sender.url, world.webhook_url, sender.deliveries(), sender.run_due()) == ("", "", [], 0)


def test_server_to_server_app_may_read_and_update_the_manifest():
    world = create_world(parser().parse_args(["--server-to-server"]))

    ada = caller(world, "ada", world.account_app.scopes)

    assert ada.call("PUT", APP, {"manifest": GOOD}).status_code == 200
    assert ada.get(APP).status_code == 200


def test_manifest_of_another_account_or_of_a_published_app_is_refused(world):
    ada, priya = (caller(world, name, SCOPES) for name in ("ada", "priya"))

    assert refusal(priya.get(APP)) == (403, 403)
    assert refusal(ada.get("/marketplace/apps/unknown/manifest")) == (404, 1401)
    assert refusal(caller(world, "dana").get(APP)) == (400, 4711)
    ada = caller(world, "ada", SCOPES)
    world.switches.change({"app_published": True})
    assert refusal(ada.get(APP)) == (404, 1500)
    assert refusal(ada.call("PUT", APP, {"manifest": GOOD})) == (400, 1500)
    with pytest.raises(ValueError, match="200 or 204"):
        world.switches.change({"manifest_update_status": 500})
