"""Checks Zoom from this deployment: both hosts, credentials and redirect URI accepted, clocks in agreement."""

from __future__ import annotations

from collections.abc import Iterator
from email.utils import parsedate_to_datetime

from zoomapp.cli.doctor.finding import Finding, fail, ok, warn
from zoomapp.errors import UpstreamError
from zoomapp.services import Services
from zoomapp.zoom.client import Call
from zoomapp.zoom.client_secrets import ClientSecrets
from zoomapp.zoom.endpoints import READ_USER
from zoomapp.zoom.oauth import UNISSUED_TOKEN

#: With a larger difference between the clocks the app refreshes tokens too late.
SKEW_SECONDS = 30


def check(services: Services) -> Iterator[Finding]:
    """Findings about Zoom's OAuth server, the credentials, the redirect URI and the API."""
    try:
        probe = services.oauth.probe()
    except UpstreamError as error:
        yield fail(
            "zoom",
            f"{services.settings.zoom_host} cannot be reached ({error.detail}).",
            "Allow this machine to reach it by https. Behind a proxy with its own certificates set ZOOM_CA_BUNDLE.",
        )
        return
    yield ok("zoom", f"{services.settings.zoom_host} answers.")
    yield _clock(services, probe.date)
    credentials = _credentials(probe.error, probe.reason, services.oauth.client_secrets)
    yield credentials
    if credentials.state == "ok" or not services.oauth.client_secrets.newest_in_use:
        yield _redirect(services)
    yield _api(services)


def _credentials(error: str, reason: str, client_secrets: ClientSecrets) -> Finding:
    if error == "invalid_client" or "client_id" in reason:
        return fail(
            "zoom.credentials",
            "Zoom does not accept ZOOM_CLIENT_ID with ZOOM_CLIENT_SECRET.",
            "Copy both from the app's page in the Marketplace; development and production have different ones.",
        )
    if error == "invalid_grant" or reason == "Invalid Token!":
        return _secret_in_use(client_secrets)
    return warn(
        "zoom.credentials", f"Zoom's response says nothing about the credentials ({error}).", "Try again later."
    )


def _secret_in_use(client_secrets: ClientSecrets) -> Finding:
    """Which secret of ZOOM_CLIENT_SECRET Zoom accepted."""
    if len(client_secrets) == 1:
        return ok("zoom.credentials", "Zoom accepts the client ID and its secret.")
    if client_secrets.newest_in_use:
        return ok("zoom.credentials", "Zoom accepts the first of the two secrets in ZOOM_CLIENT_SECRET.")
    return warn(
        "zoom.credentials",
        "Zoom accepts only the second of the two secrets in ZOOM_CLIENT_SECRET.",
        "Create the new secret in the Marketplace; if you did, copy it again and put it first.",
    )


def _redirect(services: Services) -> Finding:
    uri = services.settings.redirect_uri
    try:
        status = services.oauth.consent_status()
    except UpstreamError as error:
        return warn("zoom.redirect", f"The consent page did not answer ({error.detail}).", "Try again later.")
    if _unavailable(status):
        return warn(
            "zoom.redirect",
            f"The consent page answered {status}, which says nothing about this app.",
            "Try again later.",
        )
    if status >= 400:
        return fail(
            "zoom.redirect",
            f"Zoom's consent page refuses the redirect URI {uri}.",
            "Enter it in the Marketplace: OAuth redirect URL, and OAuth allow list.",
        )
    return ok("zoom.redirect", f"Zoom's consent page accepts {uri}.")


def _api(services: Services) -> Finding:
    host = services.settings.zoom_api_host
    todo = "Set ZOOM_API_HOST to the REST host that belongs to ZOOM_HOST; normally set neither."
    try:
        answer = services.client.send(Call(READ_USER.method, READ_USER.target(user_id="me")), UNISSUED_TOKEN)
    except UpstreamError as error:
        return fail("zoom.api", f"{host} cannot be reached ({error.detail}).", todo)
    answer.close()
    if _unavailable(answer.status):
        return warn(
            "zoom.api", f"{host} answered {answer.status}, which says nothing about this app.", "Try again later."
        )
    if answer.status != 401:
        return fail("zoom.api", f"{host} is not Zoom's API: it answered {answer.status} to a bad token.", todo)
    return ok("zoom.api", f"{host} answers.")


def _unavailable(status: int) -> bool:
    """Whether Zoom is overloaded or failing: such a status says nothing about this deployment."""
    return status == 429 or status >= 500


def _clock(services: Services, date: str) -> Finding:
    try:
        skew = round(services.clock() - parsedate_to_datetime(date).timestamp())
    except ValueError:
        return warn("clock", "Zoom's response has no date to compare the clock with.", "Try again later.")
    if abs(skew) <= SKEW_SECONDS:
        return ok("clock", "It agrees with Zoom's.")
    says = f"This machine's clock is {abs(skew)} seconds {'ahead of' if skew > 0 else 'behind'} Zoom's"
    todo = "Synchronize it with NTP."
    if abs(skew) > services.settings.webhook_window_seconds:
        return fail("clock", f"{says}: events and app contexts are refused.", todo)
    return warn("clock", f"{says}: tokens are refreshed at the wrong time.", todo)
