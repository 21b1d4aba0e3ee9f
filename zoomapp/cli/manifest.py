"""`flask manifest`: the app's manifest for Zoom's Marketplace, as JSON or as fields to paste.

https://developers.zoom.us/docs/build-flow/manifests/
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import IO, Any
from urllib.parse import urlsplit

import click
from flask.cli import with_appcontext

from zoomapp.attendance import webhook_log
from zoomapp.cli import manifest_push
from zoomapp.cli.scopes import scopes_to_select
from zoomapp.cli.support import current_services, report_errors
from zoomapp.config import Settings, origin
from zoomapp.user_api import answer_store
from zoomapp.web.middleware.security_headers import FRONTEND_NEEDS
from zoomapp.zoom import tolerant_reader
from zoomapp.zoom.endpoints import SEND_CHAT_MESSAGE
from zoomapp.zoom.scopes import Source, name_for

#: The SDK APIs that the app's pages use: exactly these must be selected in the Marketplace.
SDK_APIS = (
    *("authorize", "onAuthorized", "getAppContext", "promptAuthorize", "openUrl", "sendMessageToChat"),
    *("startRTMS", "stopRTMS", "getRTMSStatus", "onRTMSStatusChange", "getMeetingParticipants", "onParticipantChange"),
    *("getMeetingContext", "getMeetingUUID", "onMyUserContextChange", "onRunningContextChange"),
    *("getWaitingRoomParticipants", "onWaitingRoomParticipantJoin", "onWaitingRoomParticipantLeave"),
    *("admitParticipantFromWaitingRoom", "onAppVisibilityChange", "onMeeting", "getUserContext"),
    *("getRunningContext", "onBreakoutRoomChange"),
    *("getWaitingRoomState", "setWaitingRoomState", "onWaitingRoomStateChange"),
)
#: The webhook events that the app handles.
EVENTS = ("app_deauthorized", *webhook_log.EVENTS, *answer_store.EVENTS)
#: What the media stream on the page /tools needs at Zoom, besides an account that has RTMS.
RTMS_SCOPES = ("meeting:read:meeting_transcript", "rtms:read:rtms_started", "rtms:read:rtms_stopped")
RTMS_EVENTS = ("meeting.rtms_started", "meeting.rtms_stopped")
TUNNEL_NOTE = "Note: set PUBLIC_URL to {} as well, and restart the app."
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
    """The manifest of a general app that its users add themselves, or that an admin manages.

    It holds only what Zoom accepts: a user-managed app has no chatbot, an admin-managed one is not shown in meetings.
    RTMS is missing: Zoom refuses its events in a manifest, and its scopes in accounts without RTMS.
    """
    uses = [use for use in scopes_to_select(settings, by_admin) if by_admin or use is not SEND_CHAT_MESSAGE]
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
            "scopes": [{"scope": name_for(use, by_admin), "optional": not use.required} for use in uses],
            "scope_description": SCOPES_FOR
            + "; ".join(f"{name_for(use, by_admin)} to {use.verb}" for use in uses)
            + ".",
        },
        "features": {
            **(_without_surface(uses) if by_admin else _surface(settings)),
            "zoom_client_support": {"mobile": {"enable": False}, "pwa_client": {"enable": False}},
            "team_chat_subscription": {"enable": False},
            "event_subscription": {
                "enable": bool(settings.zoom_webhook_secret),
                "events": _events(settings, events, by_admin),
            },
        },
    }


def _surface(settings: Settings) -> dict[str, Any]:
    """The app inside Zoom's client, for users and for guests."""
    home = f"{settings.public_url}/api/zoomapp/home"
    return {
        "products": ["ZOOM_MEETING"],
        "development_home_uri": home,
        "production_home_uri": home,
        "domain_allow_list": [{"domain": host, "explanation": why} for host, why in _domains(settings)],
        "in_client_feature": {
            "zoom_app_api": {"enable": True, "zoom_app_apis": list(SDK_APIS)},
            "guest_mode": {"enable": True, "enable_test_guest_mode": True},
            "in_client_oauth": {"enable": True},
            "collaborate_mode": {"enable": False},
        },
    }


def _without_surface(uses: list[Source]) -> dict[str, Any]:
    """No part of Zoom's client: Zoom hides admin-managed apps there. Without products, Zoom allows no home URL."""
    return {
        "products": ["ZOOM_CHAT"] if SEND_CHAT_MESSAGE in uses else [],
        "domain_allow_list": [],
        "in_client_feature": {
            "zoom_app_api": {"enable": False, "zoom_app_apis": []},
            "guest_mode": {"enable": False, "enable_test_guest_mode": False},
            "in_client_oauth": {"enable": False},
        },
    }


def with_tunnel(settings: Settings, address: str) -> Settings:
    """The settings with another public address, in every setting that holds it. Raises ValueError."""
    public_url = origin(address)
    redirect = settings.in_client_redirect
    if redirect == settings.public_url or redirect.startswith(settings.public_url + "/"):
        redirect = public_url + redirect.removeprefix(settings.public_url)
    return replace(settings, public_url=public_url, in_client_redirect=redirect)


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
            "development_event_custom_header": None,
            "production_event_custom_header": None,
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
    if "production_home_uri" in features:
        yield "Features > Surface", "Home URL", features["production_home_uri"]
    for domain in features["domain_allow_list"]:
        yield "Features > Surface", "Domain Allow List", domain["domain"]
    in_client = features["in_client_feature"]
    for name, feature in (("Guest mode", "guest_mode"), ("In-client OAuth", "in_client_oauth")):
        yield "Features > Surface", name, "on" if in_client[feature]["enable"] else "off"
    for name in in_client["zoom_app_api"]["zoom_app_apis"]:
        yield "Features > Surface", "Zoom App SDK, add API", name
    for subscription in features["event_subscription"]["events"]:
        yield "Features > Access", "Event notification endpoint URL", subscription["production_webhook_url"]
        for name in subscription["event_types"]:
            yield "Features > Access", "Event", name
    for scope in oauth["scopes"]:
        yield "Scopes", "Optional scope" if scope["optional"] else "Scope", scope["scope"]
    yield "Scopes", "Scope description", oauth["scope_description"]
    if oauth["usage"] == "USER_OPERATION":
        yield from (("Scopes", "If your account has RTMS", scope) for scope in RTMS_SCOPES)
        yield from (("Features > Access", "Event, if your account has RTMS", name) for name in RTMS_EVENTS)


@click.command("manifest")
@click.option("--format", "form", type=click.Choice(["json", "fields"]), default="json", show_default=True)
@click.option("--admin", "by_admin", is_flag=True, help="For an admin-managed app.")
@click.option("--tunnel", metavar="URL", help="Use this public address instead of PUBLIC_URL.")
@click.option("--validate", is_flag=True, help="Check the manifest, or the one in FILE, against Zoom's rules.")
@click.option("--push", "app_id", metavar="APP_ID", help="Update the app at Zoom. Asks first.")
@click.option("--yes", is_flag=True, help="With --push: do not ask first.")
@click.argument("file", type=click.File("rb"), required=False)
@with_appcontext
@report_errors
def print_manifest(
    form: str, by_admin: bool, tunnel: str | None, validate: bool, app_id: str | None, yes: bool, file: IO[bytes] | None
) -> None:
    """Print the app manifest for the Marketplace. With --format fields, print what to paste where.

    --validate prints one sentence per problem and exits with 1 if there are any. With Server-to-Server
    credentials whose app has the scope marketplace:read:app:admin it also asks Zoom. --push needs
    marketplace:write:app:admin as well.
    """
    if file and not validate:
        raise click.UsageError("FILE is only for --validate.")
    if app_id and validate:
        raise click.UsageError("--push checks the manifest, too: leave --validate out.")
    settings = current_services().settings
    if tunnel:
        try:
            settings = with_tunnel(settings, tunnel)
        except ValueError as error:
            raise click.BadParameter(str(error), param_hint="--tunnel") from error
        click.echo(TUNNEL_NOTE.format(settings.public_url), err=True)
    document = manifest(settings, sorted(EVENTS), by_admin)
    if validate:
        manifest_push.check(_read(file) if file else document)
        return
    if settings.has_frontend:
        click.echo(FRONTEND_APIS, err=True)
    if app_id:
        manifest_push.push(app_id, document, RTMS_SCOPES, yes)
        return
    if form == "json":
        click.echo(json.dumps(document, indent=2, ensure_ascii=False))
        return
    for page, name, value in fields(document):
        click.echo(f"{page:<20} {name:<34} {value}")


def _read(file: IO[bytes]) -> Any:
    try:
        return tolerant_reader.decode(file.read())
    except ValueError as error:
        raise click.ClickException(f"{file.name} is not JSON.") from error
