"""`flask manifest`: the manifest agrees with what the code uses."""

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from zoomapp import create_app
from zoomapp.cli.manifest import EVENTS, SDK_APIS, fields, manifest

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
    everywhere = re.search(r"const CAPABILITIES = \[(.+)\]", read("static/js"))[1]
    declared = set(re.findall(r'"(\w+)"', everywhere))
    for names in re.findall(r'data-capabilities="([^"]+)"', read("templates")):
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
    assert [name for name in names if not name.endswith(":admin")] == ["zoomapp:inmeeting"]
    assert "dashboard:read:list_meeting_participants:admin" in names
    assert document["features"]["event_subscription"]["events"][0]["event_usage"] == "EVENT_FOR_ADMIN"


def test_the_chatbots_scope_is_requested_only_with_a_chatbot(settings, document):
    with_bot = manifest(replace(settings, zoom_bot_jid="v1@xmpp.zoom.us"), [])

    assert "imchat:bot" not in json.dumps(document)
    assert "imchat:bot" in json.dumps(with_bot)


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
