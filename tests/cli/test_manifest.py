"""`flask manifest`: the manifest agrees with what the code uses."""

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from zoomapp import create_app
from zoomapp.cli.manifest import EVENTS, SDK_APIS, fields, manifest, with_tunnel
from zoomapp.cli.manifest_rules import faults

ROOT = Path(__file__).resolve().parents[2]
#: Functions of the SDK that need no capability.
NO_CAPABILITY = {"config", "addEventListener", "removeEventListener"}


@pytest.fixture
def document(settings):
    return manifest(replace(settings, public_url="https://rollcall.example"), sorted(EVENTS))


def read(*folders):
    return "\n".join(path.read_text() for folder in folders for path in (ROOT / folder).rglob("*.[jh][st]*"))


def test_manifest_lists_the_sdk_apis_that_the_scripts_use():
    scripts = read("static/js")
    called = set(re.findall(r"zoomSdk\.(\w+)\(", scripts)) | set(re.findall(r'turn\("(\w+)"\)', scripts))
    heard = set(re.findall(r'(?:addEventListener|heard)\("(on[A-Z]\w+)"', scripts))

    assert set(SDK_APIS) == (called | heard) - NO_CAPABILITY


def test_manifest_lists_the_sdk_apis_that_the_pages_declare():
    everywhere = re.search(r"const BASE = \[(.+)\]", read("static/js"))[1]
    declared = set(re.findall(r'"(\w+)"', everywhere))
    for names in re.findall(r'data-(?:host-)?capabilities="([^"]+)"', read("templates")):
        declared |= set(names.split())

    assert set(SDK_APIS) == declared


def test_manifest_addresses_are_routes_of_the_app(document, app):
    features, oauth = document["features"], document["oauth_information"]
    addresses = [features["production_home_uri"], oauth["production_redirect_uri"]]
    addresses += [each["production_webhook_url"] for each in features["event_subscription"]["events"]]

    routes = {rule.rule for rule in app.url_map.iter_rules()}

    assert len(addresses) == 3
    assert {address.removeprefix("https://rollcall.example") for address in addresses} <= routes


def test_manifest_lists_only_the_apps_own_domain(document):
    assert [each["domain"] for each in document["features"]["domain_allow_list"]] == ["rollcall.example"]


def test_manifest_lists_the_domains_that_a_custom_frontend_loads(settings):
    document = manifest(replace(settings, public_url="https://rollcall.example", frontend_dir="/build"), [])

    domains = [each["domain"] for each in document["features"]["domain_allow_list"]]

    assert domains == ["rollcall.example", "appssdk.zoom.us", "images.unsplash.com"]


def test_manifest_notes_that_a_custom_frontends_sdk_apis_are_unknown(parts):
    def run(**settings):
        own = replace(parts, settings=replace(parts.settings, **settings))
        return create_app(own).test_cli_runner().invoke(args=["manifest"])

    assert "add what its scripts call" in run(frontend_dir="/build").stderr
    assert json.loads(run(frontend_dir="/build").stdout)
    assert run().stderr == ""


def test_strict_mode_is_on_if_in_client_codes_come_from_one_address(settings, document):
    fixed = replace(settings, in_client_redirect="https://rollcall.example/connect")

    assert not document["oauth_information"]["strict_mode"]
    assert manifest(fixed, [])["oauth_information"]["strict_mode"]
    assert "https://rollcall.example/connect" in manifest(fixed, [])["oauth_information"]["oauth_allow_list"]


def test_a_user_managed_app_requests_no_admin_scope(document):
    requested = document["oauth_information"]["scopes"]

    assert not [each for each in requested if each["scope"].endswith(":admin")]
    assert [each["scope"] for each in requested if not each["optional"]] == ["user:read:user", "zoomapp:inmeeting"]


def test_an_admin_managed_app_requests_admin_scopes_only(settings):
    document = manifest(settings, ["app_deauthorized"], by_admin=True)

    names = [each["scope"] for each in document["oauth_information"]["scopes"]]
    assert document["oauth_information"]["usage"] == "ADMIN_MANAGEMENT"
    assert [name for name in names if not name.endswith(":admin")] == []
    assert "dashboard:read:list_meeting_participants:admin" in names
    assert document["features"]["event_subscription"]["events"][0]["event_usage"] == "EVENT_FOR_ADMIN"


def test_the_chatbots_scope_is_requested_only_by_an_admin_managed_app_with_a_chatbot(settings):
    bot = replace(settings, zoom_bot_jid="v1@xmpp.zoom.us")

    with_bot = manifest(bot, [], by_admin=True)

    assert "imchat:bot" in json.dumps(with_bot) and with_bot["features"]["products"] == ["ZOOM_CHAT"]
    assert "imchat:bot" not in json.dumps(manifest(settings, [], by_admin=True))
    assert "imchat:bot" not in json.dumps(manifest(bot, []))


def test_a_user_managed_app_works_for_guests_and_an_admin_managed_one_has_no_surface(settings, document):
    by_admin = manifest(settings, [], by_admin=True)["features"]

    assert document["features"]["in_client_feature"]["guest_mode"] == {"enable": True, "enable_test_guest_mode": True}
    assert not [feature for feature in by_admin["in_client_feature"].values() if feature["enable"]]
    assert not by_admin["products"] and "production_home_uri" not in by_admin and not by_admin["domain_allow_list"]


@pytest.mark.parametrize("by_admin", [False, True])
@pytest.mark.parametrize("bot", ["", "v1@xmpp.zoom.us"])
@pytest.mark.parametrize("redirect", ["event", "none", "https://rollcall.example/connect"])
@pytest.mark.parametrize("frontend", ["", "/build"])
def test_every_manifest_of_the_app_keeps_zooms_rules(settings, by_admin, bot, redirect, frontend):
    own = replace(settings, public_url="https://rollcall.example", zoom_bot_jid=bot, in_client_redirect=redirect)

    assert faults(manifest(replace(own, frontend_dir=frontend), sorted(EVENTS), by_admin)) == []


def put(document, value, *path):
    """Change a copy of the manifest at a path."""
    document = json.loads(json.dumps(document))
    parent = document
    for name in path[:-1]:
        parent = parent[name]
    parent[path[-1]] = value
    return document


OAUTH, FEATURES, IN_CLIENT = "oauth_information", "features", ("features", "in_client_feature")
SUBSCRIPTION = ("features", "event_subscription", "events", 0)
READ, BOT, READ_AS_ADMIN = (
    {"scope": name, "optional": False} for name in ("user:read:user", "imchat:bot", "user:read:user:admin")
)


@pytest.mark.parametrize(
    ("value", "path", "fault"),
    [
        ({}, ("manifest",), "Pass the content"),
        ({}, ("settings",), 'Zoom ignores "settings"'),
        ("x" * 50, ("display_information", "display_name"), "display_name must have 1 to 49"),
        ("ACCOUNT_OPERATION", (OAUTH, "usage"), "usage must be one of"),
        ([READ, BOT], (OAUTH, "scopes"), "imchat:bot is not valid when usage is USER_OPERATION"),
        ([READ, READ_AS_ADMIN], (OAUTH, "scopes"), "user:read:user:admin is not valid when usage is USER_OPERATION"),
        ([{"scope": "user:read", "optional": False}], (OAUTH, "scopes"), "user:read is not granular"),
        ([READ, {"scope": "marketplace:write:event_subscription"}], (OAUTH, "scopes"), "granted automatically"),
        ([{**READ, "optional": True}], (OAUTH, "scopes"), "All scopes are optional"),
        ([], (OAUTH, "scopes"), "scopes is empty"),
        ([READ, READ], (OAUTH, "scopes"), "listed 2 times"),
        ([READ, {"scope": "meeting:read:meeting", "optional": "false"}], (OAUTH, "scopes"), "not true or false"),
        (["https://rollcall.example"], (OAUTH, "oauth_allow_list"), "is not in oauth_allow_list"),
        ("http://rollcall.example/a", (OAUTH, "production_redirect_uri"), "production_redirect_uri must be a public"),
        ("https://localhost/a", (OAUTH, "development_redirect_uri"), "development_redirect_uri must be a public"),
        (["ZOOM_MEETINGS"], (FEATURES, "products"), "ZOOM_MEETINGS is not a product"),
        ([], (FEATURES, "products"), "Without products"),
        (["rollcall.example"], (FEATURES, "domain_allow_list"), "must hold objects"),
        ("https://other.example/", (FEATURES, "production_home_uri"), "not in domain_allow_list"),
        ([], (*IN_CLIENT, "zoom_app_api", "zoom_app_apis"), "without zoom_app_apis"),
        (["getUserContext"], (*IN_CLIENT, "zoom_app_api", "zoom_app_apis"), "lacks promptAuthorize"),
        ({"enable": True}, (FEATURES, "team_chat_subscription"), "without a development_message_url"),
        ([], (FEATURES, "event_subscription", "events"), "on without events"),
        ("EVENT_FOR_ADMIN", (*SUBSCRIPTION, "event_usage"), "event_usage must be EVENT_FOR_USER"),
        (["meeting.rtms_started"], (*SUBSCRIPTION, "event_types"), "refuses the event meeting.rtms_started"),
        (["Meeting started"], (*SUBSCRIPTION, "event_types"), "is not the name of an event"),
        ("http://127.0.0.1/", (*SUBSCRIPTION, "development_webhook_url"), "development_webhook_url must be a public"),
    ],
)
def test_a_wrong_manifest_is_refused_with_a_sentence(document, value, path, fault):
    assert any(fault in said for said in faults(put(document, value, *path)))


@pytest.mark.parametrize("change", [{"guest_mode": {"enable": True}}, {"zoom_app_api": {"enable": True}}])
def test_an_admin_managed_manifest_with_a_surface_is_refused(settings, change):
    own = replace(settings, public_url="https://rollcall.example")
    document = manifest(own, sorted(EVENTS), by_admin=True)

    (fault,) = faults(put(document, change, *IN_CLIENT))

    assert "does not show" in fault


@pytest.mark.parametrize("document", [None, [], "text", 5])
def test_what_is_no_manifest_is_refused(document):
    assert faults(document) == ["The manifest must be a JSON object."]


@pytest.mark.parametrize("name", ["display_information", "oauth_information", "features"])
@pytest.mark.parametrize("value", [None, [], "text", {}])
def test_sections_of_another_type_are_faults(document, name, value):
    assert faults(put(document, value, name))


def test_validate_prints_each_fault_and_fails(app, document, tmp_path):
    run = app.test_cli_runner().invoke
    right, wrong, broken = (tmp_path / name for name in ("right.json", "wrong.json", "broken.json"))
    right.write_text(json.dumps(document))
    wrong.write_text(json.dumps(put(document, [READ, BOT], OAUTH, "scopes")))
    broken.write_text("{")

    results = [run(args=["manifest", "--validate", str(path)]) for path in (right, wrong, broken)]

    assert [result.exit_code for result in results] == [0, 1, 1]
    assert results[1].stdout.splitlines() == [
        "The scope imchat:bot is not valid when usage is USER_OPERATION: a chatbot is an admin-managed app."
    ]
    assert "is not JSON" in results[2].stderr
    assert run(args=["manifest", str(right)]).exit_code == 2


def test_a_tunnel_changes_every_address(app, settings):
    run = app.test_cli_runner().invoke
    args = ["manifest", "--tunnel", "https://new.tunnel.example"]

    printed = run(args=args)
    pasted = run(args=[*args, "--format", "fields"])

    assert "tunnel" not in settings.public_url and settings.public_url not in printed.stdout + pasted.stdout
    assert faults(json.loads(printed.stdout)) == []
    assert "set PUBLIC_URL to https://new.tunnel.example" in printed.stderr
    assert run(args=[*args, "--validate"]).exit_code == 0 and run(args=["manifest", "--validate"]).exit_code == 1
    assert run(args=["manifest", "--tunnel", "http://new.tunnel.example"]).exit_code == 2


def test_a_tunnel_changes_the_in_client_redirect_too(settings):
    own = replace(settings, in_client_redirect=f"{settings.public_url}/connect")

    assert with_tunnel(own, "https://new.example").in_client_redirect == "https://new.example/connect"
    assert with_tunnel(settings, "https://new.example").in_client_redirect == "event"


def test_manifest_has_no_event_subscription_without_a_webhook_secret(settings):
    subscription = manifest(replace(settings, zoom_webhook_secret=""), [])["features"]["event_subscription"]

    assert subscription == {"enable": False, "events": []}


def test_manifest_events_are_those_that_have_a_handler(app, parts):
    result = app.test_cli_runner().invoke(args=["manifest"])

    (subscription,) = json.loads(result.stdout)["features"]["event_subscription"]["events"]
    handled = {name: [prefix for prefix in parts.subscriptions.names if name.startswith(prefix)] for name in EVENTS}
    assert subscription["event_types"] == sorted(EVENTS)
    assert all(handled.values())
    assert {prefix for prefixes in handled.values() for prefix in prefixes} == parts.subscriptions.names


def test_manifest_fields_contain_every_scope_and_sdk_api(app, document):
    result = app.test_cli_runner().invoke(args=["manifest", "--format", "fields"])

    shown = [value for _, _, value in fields(document)]
    assert {each["scope"] for each in document["oauth_information"]["scopes"]} | set(SDK_APIS) <= set(shown)
    assert len(result.stdout.splitlines()) == len(shown)
