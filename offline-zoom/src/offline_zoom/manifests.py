"""The app's manifest: what Zoom refuses in it, and what changes when it is stored.

Zoom accepts much that does not work, such as no scopes or a redirect URI that is not on the allow list.
https://developers.zoom.us/docs/build-flow/manifests/
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator
from typing import Any

from offline_zoom.world import World

JSON = dict[str, Any]
Problem = tuple[str, str]
USER, ADMIN = "USER_OPERATION", "ADMIN_MANAGEMENT"
PRODUCTS = [
    f"ZOOM_{name}" for name in ("MEETING", "CHAT", "PHONE", "ROOM", "WEBINAR", "CONTACT_CENTER", "WHITEBOARD", "EVENTS")
]
#: what Zoom stores; it drops other sections
SECTIONS = ("display_information", "oauth_information", "features", "developer_information")
GRANULAR = re.compile(r"[a-z_]+:[a-z_]+:[a-z_]+(:admin)?")
#: scopes that Zoom grants to the app itself
OF_THE_APP = re.compile(r"marketplace:(write:event_subscription|update:client_secret|write:websocket_connection).*")
CHATBOT, IN_MEETING = "imchat:bot", "zoomapp:inmeeting"
RTMS = ("meeting.rtms_", "webinar.rtms_", "rtms.concurrency_")


def problems(manifest: Any, *, rtms: bool = False) -> list[Problem]:
    """Why Zoom refuses a manifest: pairs of a setting and a message. ``rtms``: whether events of RTMS may be in it."""
    if not isinstance(manifest, dict):
        return [("/", "manifest is not an object")]
    display, oauth, features = (objects_in(manifest, name) for name in SECTIONS[:3])
    return [
        *display_problems(display),
        *scope_problems(oauth),
        *feature_problems(features),
        *([] if rtms else rtms_problems(features)),
    ]


def display_problems(display: JSON) -> Iterator[Problem]:
    name = display.get("display_name")
    if not isinstance(name, str) or not 0 < len(name) < 50:
        yield "/display_information/display_name", "display_name must have 1 to 49 characters"


def scope_problems(oauth: JSON) -> Iterator[Problem]:
    usage, scopes = oauth.get("usage"), list_in(oauth, "scopes")
    if usage not in (USER, ADMIN):
        yield "/oauth_information/usage", f"usage must be {USER} or {ADMIN}"
        return
    for position, entry in enumerate(scopes):
        name = str(entry.get("scope", "")) if isinstance(entry, dict) else ""
        if not scope_allowed(name, usage):
            yield f"/oauth_information/scopes[{position}]", f"{name} is not a valid scope name when usage is {usage}"
    if scopes and all(isinstance(entry, dict) and entry.get("optional") is True for entry in scopes):
        yield "/oauth_information/scopes", "at least one scope must be required"


def scope_allowed(name: str, usage: str) -> bool:
    if name == CHATBOT:
        return usage == ADMIN
    if name == IN_MEETING:
        return usage == USER
    if OF_THE_APP.fullmatch(name) or not GRANULAR.fullmatch(name):
        return False
    return name.endswith(":admin") == (usage == ADMIN)


def feature_problems(features: JSON) -> Iterator[Problem]:
    products, domains = list_in(features, "products"), list_in(features, "domain_allow_list")
    for position, product in enumerate(products):
        if product not in PRODUCTS:
            yield f"/features/products[{position}]", f"{product} is not a product"
    if not products and features.get("development_home_uri"):
        yield "/features/development_home_uri", "development_home_uri is not allowed without products"
    if not products and domains:
        yield "/features/domain_allow_list", "domain_allow_list is not allowed without products"
    for position, entry in enumerate(domains):
        if not isinstance(entry, dict) or not isinstance(entry.get("domain"), str):
            yield f"/features/domain_allow_list[{position}]", "an entry must have domain and explanation"
    chat = objects_in(features, "team_chat_subscription")
    slash = objects_in(chat, "slash_command")
    if chat.get("enable") and not (chat.get("development_message_url") or slash.get("development_message_url")):
        yield "/features/team_chat_subscription", "development_message_url is required"
    for position, entry in enumerate(list_in(chat, "shortcuts")):
        if not isinstance(entry, dict) or not isinstance(entry.get("action_types"), list):
            yield f"/features/team_chat_subscription/shortcuts[{position}]", "action_types is required"


def rtms_problems(features: JSON) -> Iterator[Problem]:
    """Events that Zoom's check refuses, and that an update stores."""
    for place, entry in enumerate(list_in(objects_in(features, "event_subscription"), "events")):
        for position, name in enumerate(list_in(entry, "event_types") if isinstance(entry, dict) else []):
            if str(name).startswith(RTMS):
                setting = f"/features/event_subscription/events[{place}]/event_types[{position}]"
                yield setting, f"{name} is not a valid event type"


def objects_in(parent: JSON, name: str) -> JSON:
    """An object in an object; empty for any other value."""
    value = parent.get(name)
    return value if isinstance(value, dict) else {}


def list_in(parent: JSON, name: str) -> list[Any]:
    """A list in an object; empty for any other value."""
    value = parent.get(name)
    return value if isinstance(value, list) else []


def manifest_of(world: World) -> JSON:
    """The stored manifest; before the first update one with the addresses of the world."""
    if world.manifest:
        return copy.deepcopy(world.manifest)
    redirect_uri = next(iter(world.redirect_uris), "")
    address = {"development_webhook_url": world.webhook_url, "production_webhook_url": world.webhook_url}
    return {
        "display_information": {"display_name": "Sandbox app"},
        "oauth_information": {
            "usage": ADMIN if world.admin_managed else USER,
            "development_redirect_uri": redirect_uri,
            "production_redirect_uri": redirect_uri,
            "oauth_allow_list": list(world.redirect_uris),
            "scopes": [],
        },
        "features": {
            "products": ["ZOOM_MEETING"],
            "development_home_uri": world.home_url,
            "production_home_uri": world.home_url,
            "domain_allow_list": [],
            "event_subscription": {
                "enable": bool(world.webhook_url),
                "events": [{"subscription_id": "sandbox-subscription", "event_types": [], **address}]
                if world.webhook_url
                else [],
            },
        },
    }


def store(world: World, manifest: JSON) -> None:
    """Store a manifest. From now on the world has its addresses: redirect URIs, home page, webhooks."""
    world.manifest = copy.deepcopy({name: manifest[name] for name in SECTIONS if name in manifest})
    oauth, features = objects_in(manifest, "oauth_information"), objects_in(manifest, "features")
    addresses = [oauth.get("development_redirect_uri"), *list_in(oauth, "oauth_allow_list")]
    world.redirect_uris = [address for address in dict.fromkeys(addresses) if isinstance(address, str) and address]
    world.home_url = str(features.get("development_home_uri") or "")
    subscription = objects_in(features, "event_subscription")
    events = list_in(subscription, "events") if subscription.get("enable") else []
    first = events[0] if events and isinstance(events[0], dict) else {}
    world.webhook_url = str(first.get("development_webhook_url") or "")
