"""`flask manifest --validate` and `--push`: check a manifest here and at Zoom, and update the app at Zoom."""

from __future__ import annotations

from typing import Any, NoReturn

import click

from zoomapp.cli import manifest_rules
from zoomapp.cli.manifest_merge import difference, merged, not_stored
from zoomapp.cli.support import current_services
from zoomapp.errors import AccountRefused, MissingScope, UpstreamError, ZoomRefused
from zoomapp.zoom.endpoint_types import Endpoint
from zoomapp.zoom.endpoints import READ_MANIFEST, UPDATE_MANIFEST, VALIDATE_MANIFEST
from zoomapp.zoom.manifest_api import ManifestApi
from zoomapp.zoom.scopes import name_for

VALID = "The manifest follows all of Zoom's rules that this app knows."
NO_CREDENTIALS = (
    "--push needs ZOOM_ACCOUNT_ID, ZOOM_S2S_CLIENT_ID and ZOOM_S2S_CLIENT_SECRET of a Server-to-Server app that may "
    "manage apps: docs/marketplace.md."
)


def check(document: Any) -> None:
    """Print each fault by our rules and, with credentials, by Zoom's. Exits with 1 if there is one."""
    _end_with(manifest_rules.faults(document))
    click.echo(VALID)
    if current_services().account_tokens is None:
        return
    try:
        faults = manifest_api().validate(document)
    except MissingScope:
        click.echo(f"Zoom was not asked: {_lacks(VALIDATE_MANIFEST)}", err=True)
    except (ZoomRefused, UpstreamError) as error:
        click.echo(f"Zoom was not asked: {error.detail or error}.", err=True)
    else:
        _end_with([f"Zoom: {fault}" for fault in faults])
        click.echo("Zoom’s own check accepts it.")


def push(app_id: str, document: dict[str, Any], rtms_scopes: tuple[str, ...], yes: bool) -> None:
    """Show what would change at Zoom, ask, update, and compare what Zoom has afterwards."""
    _end_with(manifest_rules.faults(document))
    if current_services().account_tokens is None:
        raise click.UsageError(NO_CREDENTIALS)
    try:
        api = manifest_api()
        at_zoom = api.read(app_id)
    except MissingScope as error:
        raise click.ClickException(_lacks(READ_MANIFEST)) from error
    except ZoomRefused as error:
        _refused(error)
    new = merged(at_zoom, document, rtms_scopes)
    lines = difference(at_zoom, new)
    if not lines:
        click.echo("Zoom already has this manifest.")
        return
    click.echo("\n".join(lines))
    if not yes:
        click.confirm("Update the app at Zoom?", abort=True, err=True)
    _update(api, app_id, new)


def _update(api: ManifestApi, app_id: str, new: dict[str, Any]) -> None:
    try:
        _end_with([f"Zoom: {fault}" for fault in api.update(app_id, new)])
    except MissingScope as error:
        raise click.ClickException(_lacks(UPDATE_MANIFEST)) from error
    except ZoomRefused as error:
        _refused(error)
    # Zoom accepts what it then drops.
    _end_with([f"Zoom did not store {path}." for path in not_stored(new, api.read(app_id))])
    click.echo("Zoom has the new manifest.")


def manifest_api() -> ManifestApi:
    """Raises AccountRefused, UpstreamError."""
    services = current_services()
    assert services.account_tokens
    return ManifestApi(services.client, services.account_tokens.new_tokens().access_token)


def _refused(error: ZoomRefused) -> NoReturn:
    """End with Zoom's own words: the person who runs the command develops the app."""
    words = error.detail if isinstance(error, AccountRefused) else error.zoom_message
    raise click.ClickException(f"Zoom refused: {words or error}") from error


def _lacks(endpoint: Endpoint) -> str:
    return f"the Server-to-Server app lacks the scope {name_for(endpoint, by_admin=True)}."


def _end_with(faults: list[str]) -> None:
    """Print the faults and end the command, if there are any."""
    for fault in faults:
        click.echo(fault)
    if faults:
        raise click.exceptions.Exit(1)
