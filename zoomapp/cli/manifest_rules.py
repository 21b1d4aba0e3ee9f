"""Zoom's rules for app manifests, and some that Zoom's own check forgets.

Zoom's check accepts a manifest without scopes, or without the redirect URI on its allow list: such an app does not
work.
https://developers.zoom.us/docs/build-flow/manifests/
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from zoomapp.urls import UnsafeAddress, parse
from zoomapp.zoom import endpoints

USAGES = ("USER_OPERATION", "ADMIN_MANAGEMENT")
PRODUCTS = (
    *("ZOOM_MEETING", "ZOOM_CHAT", "ZOOM_PHONE", "ZOOM_ROOM", "ZOOM_WEBINAR", "ZOOM_CONTACT_CENTER"),
    *("ZOOM_WHITEBOARD", "ZOOM_EVENTS"),
)
BOT_SCOPE, SURFACE_SCOPE = endpoints.SEND_CHAT_MESSAGE.scope, endpoints.OPEN_DEEPLINK.scope
#: Scopes of two parts. All others are granular: service:action:data, and ``:admin`` in an admin-managed app.
SHORT_SCOPES = (BOT_SCOPE, SURFACE_SCOPE)
GRANULAR = re.compile(r"[a-z_]+:[a-z_]+:[a-z_]+(:admin)?")
#: What Zoom grants to the app itself, without asking.
OWN_SCOPES = re.compile(
    r"marketplace:(write:event_subscription|update:client_secret|write:websocket_connection)(:admin)?"
)
RTMS_EVENT = re.compile(r"(meeting|webinar)\.rtms_|rtms\.concurrency_")
EVENT = re.compile(r"[a-z_]+(\.[a-z_]+)*")
REQUIRED = ("display_information", "oauth_information", "features")
SECTIONS = (*REQUIRED, "developer_information")


def faults(manifest: object) -> list[str]:
    """A sentence for each fault; empty for a manifest that Zoom accepts and that works."""
    if not isinstance(manifest, dict):
        return ["The manifest must be a JSON object."]
    if "manifest" in manifest:
        return ['Pass the content of "manifest": Zoom reads an export that is pasted whole as an empty manifest.']
    unknown = [f'Zoom ignores "{name}": there is no such section.' for name in manifest if name not in SECTIONS]
    missing = [f"{name} is missing or empty." for name in REQUIRED if not _object(manifest, name)]
    display, oauth, features = (
        _object(manifest, name) for name in ("display_information", "oauth_information", "features")
    )
    checks = (_display(display), _oauth(oauth), _scopes(oauth), _features(features, oauth), _events(features, oauth))
    return [*unknown, *missing, *(fault for check in checks for fault in check)]


def _display(display: dict[str, Any]) -> Iterator[str]:
    name = display.get("display_name")
    if not isinstance(name, str) or not 0 < len(name) < 50:
        yield "display_name must have 1 to 49 characters."


def _oauth(oauth: dict[str, Any]) -> Iterator[str]:
    if oauth.get("usage") not in USAGES:
        yield f"usage must be one of {', '.join(USAGES)}."
    allowed = _list(oauth, "oauth_allow_list")
    for address in allowed:
        if not _is_public(address):
            yield f"oauth_allow_list holds {address}: it must be a public https address."
    for name in ("development_redirect_uri", "production_redirect_uri"):
        uri = oauth.get(name)
        if not _is_public(uri):
            yield f"{name} must be a public https address."
        elif uri not in allowed:
            yield f"{name} is not in oauth_allow_list."
    for name in ("strict_mode", "subdomain_strict_mode"):
        if not isinstance(oauth.get(name, False), bool):
            yield f"{name} must be true or false."


def _scopes(oauth: dict[str, Any]) -> Iterator[str]:
    entries = _list(oauth, "scopes")
    scopes = [entry if isinstance(entry, dict) else {} for entry in entries]
    names = [str(scope.get("scope", "")) for scope in scopes]
    if not entries:
        yield "scopes is empty: the app could not call anything."
    elif all(scope.get("optional") for scope in scopes):
        yield "All scopes are optional: Zoom requires at least one that is not."
    for scope, name in zip(scopes, names, strict=True):
        yield from _scope(name, str(oauth.get("usage")))
        if not isinstance(scope.get("optional", False), bool):
            yield f"The scope {name} has an optional that is not true or false."
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield f"The scope {name} is listed {names.count(name)} times."


def _scope(name: str, usage: str) -> Iterator[str]:
    by_admin = usage == "ADMIN_MANAGEMENT"
    if OWN_SCOPES.fullmatch(name):
        yield f"The scope {name} is granted automatically: leave it out."
    elif name == BOT_SCOPE and not by_admin:
        yield f"The scope {name} is not valid when usage is USER_OPERATION: a chatbot is an admin-managed app."
    elif name == SURFACE_SCOPE and by_admin:
        yield f"The scope {name} is not valid when usage is ADMIN_MANAGEMENT: Zoom does not show such apps in meetings."
    elif name not in SHORT_SCOPES and not GRANULAR.fullmatch(name):
        yield f"The scope {name or 'without a name'} is not granular, such as meeting:read:meeting."
    elif name not in SHORT_SCOPES and name.endswith(":admin") != by_admin:
        yield f"The scope {name} is not valid when usage is {usage}."


def _features(features: dict[str, Any], oauth: dict[str, Any]) -> Iterator[str]:
    products = _list(features, "products")
    yield from (f"{name} is not a product." for name in products if name not in PRODUCTS)
    homes = [name for name in ("development_home_uri", "production_home_uri") if features.get(name)]
    domains = _list(features, "domain_allow_list")
    if not products and (homes or domains):
        yield "Without products, home URIs and domain_allow_list are not allowed."
    hosts = [domain.get("domain") if isinstance(domain, dict) else None for domain in domains]
    if not all(isinstance(host, str) and "/" not in host and host for host in hosts):
        yield "domain_allow_list must hold objects with domain (a host, without a scheme) and explanation."
    for name in homes:
        if not _is_public(features[name]):
            yield f"{name} must be a public https address."
        elif _host(features[name]) not in hosts:
            yield f"{name} is at {_host(features[name])}, which is not in domain_allow_list."
    yield from _in_client(_object(features, "in_client_feature"), bool(homes), oauth)
    chat = _object(features, "team_chat_subscription")
    if chat.get("enable") and not chat.get("development_message_url"):
        yield "team_chat_subscription is on without a development_message_url."


def _in_client(in_client: dict[str, Any], has_home: bool, oauth: dict[str, Any]) -> Iterator[str]:
    enabled = {name for name in in_client if _object(in_client, name).get("enable")}
    if oauth.get("usage") == "ADMIN_MANAGEMENT":
        yield from (f"{name} is on, but Zoom does not show admin-managed apps in meetings." for name in sorted(enabled))
        return
    api = _object(in_client, "zoom_app_api")
    if "zoom_app_api" in enabled and not _list(api, "zoom_app_apis"):
        yield "zoom_app_api is on without zoom_app_apis."
    if "zoom_app_api" in enabled and not has_home:
        yield "zoom_app_api is on without a home URI."
    if "guest_mode" in enabled and "promptAuthorize" not in _list(api, "zoom_app_apis"):
        yield "guest_mode is on, but guests cannot sign in: zoom_app_apis lacks promptAuthorize."


def _events(features: dict[str, Any], oauth: dict[str, Any]) -> Iterator[str]:
    subscription = _object(features, "event_subscription")
    usage = "EVENT_FOR_ADMIN" if oauth.get("usage") == "ADMIN_MANAGEMENT" else "EVENT_FOR_USER"
    entries = _list(subscription, "events")
    if subscription.get("enable") and not entries:
        yield "event_subscription is on without events."
    for entry in (entry if isinstance(entry, dict) else {} for entry in entries):
        if entry.get("event_usage", usage) != usage:
            yield f"event_usage must be {usage} when usage is {oauth.get('usage')}."
        for name in ("development_webhook_url", "production_webhook_url"):
            if not _is_public(entry.get(name)):
                yield f"{name} must be a public https address."
        names = _list(entry, "event_types")
        if not names:
            yield "A subscription has no event_types."
        for name in map(str, names):
            if RTMS_EVENT.match(name):
                yield f"Zoom refuses the event {name} in a manifest: add it in the Marketplace."
            elif not EVENT.fullmatch(name):
                yield f"{name} is not the name of an event."


def _object(parent: dict[str, Any], name: str) -> dict[str, Any]:
    value = parent.get(name)
    return value if isinstance(value, dict) else {}


def _list(parent: dict[str, Any], name: str) -> list[Any]:
    value = parent.get(name)
    return value if isinstance(value, list) else []


def _is_public(address: object) -> bool:
    """Whether Zoom's servers and clients can reach an address: https, and not on this machine."""
    host = _host(address)
    return str(address).startswith("https://") and "." in host and host != "127.0.0.1"


def _host(address: object) -> str:
    """Host and port of an address as in domain_allow_list; empty for what is no address."""
    try:
        return parse(str(address)).origin.partition("://")[2]
    except UnsafeAddress:
        return ""
