"""The app's manifest in the Marketplace: read, check, update. For the account of its developer only."""

from __future__ import annotations

from typing import Any

from flask import current_app

from offline_zoom.errors import ZoomError, current_world, refuse
from offline_zoom.manifests import Problem, manifest_of, problems, store
from offline_zoom.oauth.scopes import READ_APPS, WRITE_APPS
from offline_zoom.rest.endpoints import EndpointRule, current_account, endpoint
from offline_zoom.rest.meeting_validation import json_body
from offline_zoom.world import APP_ID

JSON = dict[str, Any]


@endpoint("GET", "/marketplace/apps/<app_id>/manifest", EndpointRule(READ_APPS, "Medium"))
def get_manifest(app_id: str) -> JSON:
    """The manifest of an app that is not published."""
    check_app(app_id)
    if current_world().switches.app_published:
        refuse(404, 1500, "You can only export Draft General app's manifest now")
    return {"manifest": manifest_of(current_world())}


@endpoint("POST", "/marketplace/apps/manifest/validate", EndpointRule(READ_APPS, "Medium"))
def validate_manifest() -> JSON:
    """What is wrong with a manifest. The status is 200 for each."""
    found = problems(json_body().get("manifest"))
    return {"ok": not found, "error": "invalid_manifest" if found else "", "errors": errors_json(found) or None}


@endpoint("PUT", "/marketplace/apps/<app_id>/manifest", EndpointRule(WRITE_APPS, "Heavy"))
def update_manifest(app_id: str) -> tuple[str, int]:
    """Replace the manifest of an app that is not published. Zoom was seen to answer 200, and documents 204."""
    check_app(app_id)
    world = current_world()
    if world.switches.app_published:
        refuse(400, 1500, "You can only update Draft General app now")
    manifest: Any = json_body().get("manifest")
    if found := problems(manifest, rtms=True):
        raise ZoomError(400, 300, "invalid_manifest", errors_json(found))
    with world.lock:
        store(world, manifest)
    if sender := current_app.extensions.get("webhooks"):
        sender.send_to(world.webhook_url)
    return "", world.switches.manifest_update_status


def check_app(app_id: str) -> None:
    """Check that the caller's account develops the app. Raises ZoomError."""
    if app_id != APP_ID:
        refuse(404, 1401, f"App does not exist: {app_id}.")
    account = current_account()
    developer = next(iter(current_world().accounts.values()))
    if account is None or account.id != developer.id:
        refuse(403, 403, "You do not have permission to access this app.")


def errors_json(found: list[Problem]) -> list[dict[str, str]]:
    return [{"setting": setting, "message": message} for setting, message in found]
