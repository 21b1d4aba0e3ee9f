"""`flask dossier`: its facts are those of the tables, and nothing secret is in it."""

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from zoomapp.cli.dossier import document, printed
from zoomapp.cli.dossier.sbom import bill_of_materials
from zoomapp.cli.dossier.sources import APP, packages, promises, scripts
from zoomapp.cli.manifest import EVENTS, SDK_APIS, manifest
from zoomapp.cli.scopes import scopes_to_select
from zoomapp.store.encrypted_records import ALL, Owner, privacy_notes
from zoomapp.zoom.endpoints import ACCOUNT_SOURCES

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def text(settings):
    return document.markdown(settings)


def section(text, title):
    return text.partition(f"\n## {title}")[2].partition("\n## ")[0]


def test_scopes_are_those_to_select_with_their_use(text, settings):
    rows = re.findall(r"^\| `([\w:]+)` \| (\w+) \| (.+?) \|", section(text, "Scopes"), re.MULTILINE)

    expected = [(use.scope, "required" if use.required else "optional", use.verb) for use in scopes_to_select(settings)]
    assert rows == expected and len(rows) > 15


def test_account_credentials_add_their_scopes_and_nothing_else(text, settings):
    own = document.markdown(replace(settings, zoom_account_id="a", zoom_s2s_client_id="b", zoom_s2s_client_secret="c"))

    assert not any(use.scope in section(text, "Scopes") for use in ACCOUNT_SOURCES)
    assert all(use.scope in section(own, "Scopes") for use in ACCOUNT_SOURCES)
    assert all(use.path in section(own, "Calls") for use in ACCOUNT_SOURCES)


def test_stored_data_has_each_line_of_the_privacy_page(text, settings):
    shown = section(text, "Stored data")

    for note in privacy_notes(settings):
        assert f"| {note.content} | {note.lifetime} | " in shown
    deleted = [kind.name for kind in ALL if kind.owner is Owner.USER]
    assert f"{len(deleted)} kinds" in text and ", ".join(f"`{name}`" for name in deleted) in text


def test_allow_lists_events_and_sdk_apis_are_those_of_the_manifest(text, settings):
    oauth = manifest(settings, [])["oauth_information"]

    for value in (*oauth["oauth_allow_list"], *EVENTS, *SDK_APIS):
        assert f"`{value}`" in text
    assert "Webhook events: none." in document.markdown(replace(settings, zoom_webhook_secret=""))


def test_every_security_promise_is_there_with_its_tests(text):
    shown = section(text, "Security promises")
    numbers = re.findall(r"^\| (P\d+) \|", (ROOT / "SECURITY.md").read_text(), re.MULTILINE)

    assert [promise.number for promise in promises()] == numbers == re.findall(r"^\| (P\d+) \|", shown, re.MULTILINE)
    for promise in promises():
        assert promise.tests and all(f"`{name}`" in shown for name in promise.tests)


def test_bill_of_materials_has_every_locked_package_and_served_script():
    lock = (ROOT / "requirements.txt").read_text()
    bill = bill_of_materials("Rollcall")

    locked = re.findall(r"^([\w.-]+)==([\w.]+)", lock, re.MULTILINE)
    python = [each for each in bill["components"] if each["purl"].startswith("pkg:pypi/")]
    assert [(each["name"], each["version"]) for each in python] == locked
    hashes = [each["content"] for part in python for each in part["externalReferences"][0]["hashes"]]
    assert sorted(hashes) == sorted(re.findall(r"sha256:([0-9a-f]{64})", lock))
    assert {each["name"] for each in bill["components"]} - {each["name"] for each in python} == {
        script.package for script in scripts()
    }
    assert bill == bill_of_materials("Rollcall")


def test_bill_of_materials_names_what_needs_what():
    bill = bill_of_materials("Rollcall")
    names = {each["bom-ref"] for each in bill["components"]}
    needs = {each["ref"]: each["dependsOn"] for each in bill["dependencies"]}
    direct = re.findall(r"^([\w.-]+)", (ROOT / "requirements.in").read_text(), re.MULTILINE)

    assert (bill["bomFormat"], bill["specVersion"]) == ("CycloneDX", "1.6")
    assert {ref for refs in needs.values() for ref in refs} == names
    of_app = [ref.partition("/")[2].partition("@")[0] for ref in needs[APP] if ref.startswith("pkg:pypi/")]
    assert sorted(of_app) == sorted(name.lower().replace("_", "-") for name in direct)
    flask = next(ref for ref in needs if ref.startswith("pkg:pypi/flask@"))
    assert any(ref.startswith("pkg:pypi/blinker@") for ref in needs[flask])
    assert all(package.needed_by for package in packages())


def test_what_only_the_operator_knows_is_a_marked_blank(text):
    for names in document.BLANKS.values():
        for name in names:
            assert f"- {name}: FILL IN" in text


def test_no_setting_that_is_secret_is_in_it(text, settings):
    secrets = (settings.zoom_client_secret, settings.secret_key, settings.zoom_webhook_secret, settings.redis_url)

    assert not any(secret in text for secret in secrets)


def test_command_prints_markdown_a_page_and_json(app):
    def run(*words):
        result = app.test_cli_runner().invoke(args=["dossier", *words])
        assert result.exit_code == 0, result.output
        return result.stdout

    page = run("--format", "html")
    assert run().startswith("# Rollcall: documents for Zoom’s review")
    assert page.startswith("<!doctype html>") and page.count("<h2>") == run().count("\n## ")
    assert "<script" not in page and not re.search(r"<(link|img|iframe)\b", page)
    assert json.loads(run("--format", "sbom"))["bomFormat"] == "CycloneDX"


def test_markup_in_the_apps_name_is_text_on_the_page(settings):
    name = "<b>App</b>"

    assert "<b>" not in printed.page(name, document.markdown(replace(settings, app_name=name)))
