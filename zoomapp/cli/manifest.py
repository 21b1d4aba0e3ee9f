"""`flask manifest`: the app's manifest for Zoom's Marketplace, as JSON or as fields to paste.

https://developers.zoom.us/docs/build-flow/manifests/
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import click
from flask.cli import with_appcontext

from zoomapp.attendance import webhook_log
from zoomapp.cli.scopes import scopes_to_select
from zoomapp.cli.support import current_services, report_errors
from zoomapp.config import Settings
from zoomapp.user_api import response_cache
from zoomapp.web.middleware.security_headers import FRONTEND_NEEDS

#: The SDK APIs that the app's pages use: exactly these must be selected in the Marketplace.
SDK_APIS = (
    *("authorize", "onAuthorized", "getAppContext", "promptAuthorize", "openUrl", "sendMessageToChat"),
    *("startRTMS", "stopRTMS", "getRTMSStatus", "onRTMSStatusChange", "getMeetingParticipants", "onParticipantChange"),
    *("getMeetingContext", "getMeetingUUID", "onMyUserContextChange", "onRunningContextChange"),
    *("getWaitingRoomParticipants", "onWaitingRoomParticipantJoin", "onWaitingRoomParticipantLeave"),
    *("admitParticipantFromWaitingRoom", "onAppVisibilityChange"),
)
#: The webhook events that the app handles.
EVENTS = ("app_deauthorized", *webhook_log.EVENTS, *response_cache.EVENTS)
FRONTEND_APIS = (
    "Note: these are the SDK APIs of the app's own pages. The app does not know which ones your frontend uses: "
    "add what its scripts call and pass to zoomSdk.config."
)
DESCRIPTION = "Who is here, what is planned, what was recorded."
LONG_DESCRIPTION = (
    "Opens beside a meeting and shows who is in it, who waits and who came late; lists, schedules and changes "
    "meetings; finds and plays cloud recordings."
)
SCOPES_FOR = "Each scope feeds one part of the app, which says so where it is missing: "


def manifest(settings: Settings, events: list[str], by_admin: bool = False) -> dict[str, Any]:
    """The manifest of a general app that its users add themselves, or that an admin manages."""
    home = f"{settings.public_url}/api/zoomapp/home"
    uses = scopes_to_select(settings, by_admin)
    return {
        "display_information": {
            "display_name": settings.app_name[:49],
            "description": DESCRIPTION,
            "long_description": LONG_DESCRIPTION,
        },
        "oauth_information": {
            "usage": "ADMIN_MANAGEMENT" if by_admin else "USER_OPERATION",
            "development_redirect_uri": settings.redirect_uri,
            "production_redirect_uri": settings.redirect_uri,
            "oauth_allow_list": [settings.redirect_uri, *_in_client_addresses(settings)],
            # An in-client code is bound to the page that requested it: strict mode would need a list of all pages.
            "strict_mode": settings.in_client_redirect != "event",
            "subdomain_strict_mode": True,
            "scopes": [{"scope": use.name_for(by_admin), "optional": not use.required} for use in uses],
            "scope_description": SCOPES_FOR
            + "; ".join(f"{use.name_for(by_admin)} to {use.verb}" for use in uses)
            + ".",
        },
        "features": {
            "products": ["ZOOM_MEETING"],
            "development_home_uri": home,
            "production_home_uri": home,
            "domain_allow_list": [{"domain": host, "explanation": why} for host, why in _domains(settings)],
            "in_client_feature": {
                "zoom_app_api": {"enable": True, "zoom_app_apis": list(SDK_APIS)},
                "guest_mode": {"enable": False, "enable_test_guest_mode": False},
                "in_client_oauth": {"enable": True},
                "collaborate_mode": {"enable": False},
            },
            "zoom_client_support": {"mobile": {"enable": False}, "pwa_client": {"enable": False}},
            "embed": {"enable": False},
            "team_chat_subscription": {"enable": False},
            "event_subscription": {
                "enable": bool(settings.zoom_webhook_secret),
                "events": _events(settings, events, by_admin),
            },
        },
    }


def _in_client_addresses(settings: Settings) -> list[str]:
    """The addresses from which in-client codes come: any page of the app, or the one in the settings."""
    if settings.in_client_redirect == "none":
        return []
    return [settings.public_url if settings.in_client_redirect == "event" else settings.in_client_redirect]


def _domains(settings: Settings) -> Iterator[tuple[str, str]]:
    yield urlsplit(settings.public_url).netloc, "The app itself: pages, scripts, styles, pictures."
    if settings.has_frontend:
        hosts = (urlsplit(source).netloc for source in FRONTEND_NEEDS.values())
        yield from ((host, "Loaded by the app's own frontend.") for host in hosts if host)


def _events(settings: Settings, names: list[str], by_admin: bool) -> list[dict[str, Any]]:
    if not settings.zoom_webhook_secret:
        return []
    address = f"{settings.public_url}/api/zoomapp/webhook"
    return [
        {
            "subscription_name": settings.app_name,
            "event_usage": "EVENT_FOR_ADMIN" if by_admin else "EVENT_FOR_USER",
            "event_types": names,
            "development_webhook_url": address,
            "production_webhook_url": address,
        }
    ]


def fields(document: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Page of the Marketplace, field, and the value to paste."""
    display, oauth, features = (document[name] for name in ("display_information", "oauth_information", "features"))
    yield "Basic Information", "App name", display["display_name"]
    yield "Basic Information", "OAuth Redirect URL", oauth["production_redirect_uri"]
    for address in oauth["oauth_allow_list"]:
        yield "Basic Information", "OAuth Allow List", address
    yield "Basic Information", "Strict Mode", "on" if oauth["strict_mode"] else "off"
    yield "Features > Surface", "Home URL", features["production_home_uri"]
    for domain in features["domain_allow_list"]:
        yield "Features > Surface", "Domain Allow List", domain["domain"]
    yield "Features > Surface", "In-client OAuth", "on"
    for name in features["in_client_feature"]["zoom_app_api"]["zoom_app_apis"]:
        yield "Features > Surface", "Zoom App SDK, add API", name
    for subscription in features["event_subscription"]["events"]:
        yield "Features > Access", "Event notification endpoint URL", subscription["production_webhook_url"]
        for name in subscription["event_types"]:
            yield "Features > Access", "Event", name
    for scope in oauth["scopes"]:
        yield "Scopes", "Optional scope" if scope["optional"] else "Scope", scope["scope"]
    yield "Scopes", "Scope description", oauth["scope_description"]


@click.command("manifest")
@click.option("--format", "form", type=click.Choice(["json", "fields"]), default="json", show_default=True)
@click.option("--admin", "by_admin", is_flag=True, help="For an app that an admin manages.")
@with_appcontext
@report_errors
def print_manifest(form: str, by_admin: bool) -> None:
    """Print the app manifest for the Marketplace, or with --format fields what to paste where."""
    settings = current_services().settings
    document = manifest(settings, sorted(EVENTS), by_admin)
    if settings.has_frontend:
        click.echo(FRONTEND_APIS, err=True)
    if form == "json":
        click.echo(json.dumps(document, indent=2, ensure_ascii=False))
        return
    for page, name, value in fields(document):
        click.echo(f"{page:<20} {name:<34} {value}")
