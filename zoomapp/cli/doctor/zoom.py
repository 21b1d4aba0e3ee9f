"""Zoom as this deployment meets it: reachable, with credentials it knows, at the same time of day."""

from __future__ import annotations

from collections.abc import Iterator
from email.utils import parsedate_to_datetime

from zoomapp.cli.doctor.finding import Finding, fail, ok, warn
from zoomapp.errors import UpstreamError
from zoomapp.services import Services
from zoomapp.zoom.client import Call
from zoomapp.zoom.oauth import UNISSUED_TOKEN

#: A clock this far off makes us renew tokens too late.
SKEW_SECONDS = 30


def check(parts: Services) -> Iterator[Finding]:
    try:
        told = parts.oauth.probe()
    except UpstreamError as error:
        yield fail(
            "zoom",
            f"{parts.settings.zoom_host} cannot be reached ({error.detail}).",
            "Let this machine reach it by https; behind a company's own proxy set ZOOM_CA_BUNDLE.",
        )
        return
    yield ok("zoom", f"{parts.settings.zoom_host} answers.")
    yield _clock(parts, told.date)
    known = _credentials(told.error, told.reason)
    yield known
    if known.state == "ok":
        yield _redirect(parts)
    yield _api(parts)


def _credentials(error: str, reason: str) -> Finding:
    if error == "invalid_client" or "client_id" in reason:
        return fail(
            "zoom.credentials",
            "Zoom does not know this pair of ZOOM_CLIENT_ID and ZOOM_CLIENT_SECRET.",
            "Copy both from the app's page in the Marketplace; development and production have different ones.",
        )
    if error == "invalid_grant" or reason == "Invalid Token!":
        return ok("zoom.credentials", "Zoom knows the client id and its secret.")
    return warn("zoom.credentials", f"Zoom's answer tells nothing of the credentials ({error}).", "Try again later.")


def _redirect(parts: Services) -> Finding:
    uri = parts.settings.redirect_uri
    try:
        status = parts.oauth.consent_status()
    except UpstreamError as error:
        return warn("zoom.redirect", f"The consent page did not answer ({error.detail}).", "Try again later.")
    if _in_trouble(status):
        return warn(
            "zoom.redirect", f"The consent page answered {status}, which tells nothing of us.", "Try again later."
        )
    if status >= 400:
        return fail(
            "zoom.redirect",
            f"Zoom's consent page refuses the redirect URI {uri}.",
            "Enter it in the Marketplace: OAuth redirect URL, and OAuth allow list.",
        )
    return ok("zoom.redirect", f"Zoom's consent page takes {uri}.")


def _api(parts: Services) -> Finding:
    host = parts.settings.zoom_api_host
    todo = "Set ZOOM_API_HOST to the REST host that belongs to ZOOM_HOST; normally leave both out."
    try:
        answer = parts.client.send(Call("GET", "/v2/users/me"), UNISSUED_TOKEN)
    except UpstreamError as error:
        return fail("zoom.api", f"{host} cannot be reached ({error.detail}).", todo)
    answer.close()
    if _in_trouble(answer.status):
        return warn("zoom.api", f"{host} answered {answer.status}, which tells nothing of us.", "Try again later.")
    if answer.status != 401:
        return fail("zoom.api", f"{host} is not Zoom's API: it answered {answer.status} to a bad token.", todo)
    return ok("zoom.api", f"{host} answers.")


def _in_trouble(status: int) -> bool:
    """Zoom has enough to do, or a fault of its own: nothing is known of this deployment."""
    return status == 429 or status >= 500


def _clock(parts: Services, date: str) -> Finding:
    try:
        skew = round(parts.clock() - parsedate_to_datetime(date).timestamp())
    except ValueError:
        return warn("clock", "Zoom's answer has no date to compare our clock with.", "Try again later.")
    if abs(skew) <= SKEW_SECONDS:
        return ok("clock", "It agrees with Zoom's.")
    says = f"This machine's clock is {abs(skew)} seconds {'ahead of' if skew > 0 else 'behind'} Zoom's"
    todo = "Let it keep time with NTP."
    if abs(skew) > parts.settings.webhook_window_seconds:
        return fail("clock", f"{says}: events and app contexts are refused.", todo)
    return warn("clock", f"{says}: tokens are renewed at the wrong time.", todo)
