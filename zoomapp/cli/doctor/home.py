"""Checks the app's home page from outside, through the router in front of it, as Zoom's client does."""

from __future__ import annotations

from collections.abc import Iterator

import requests

from zoomapp.cli.doctor.finding import Finding, fail, ok
from zoomapp.services import Services

#: Zoom's client shows no page without these headers.
#: https://developers.zoom.us/docs/build-flow/security/owasp/
REQUIRED_HEADERS = ("Strict-Transport-Security", "X-Content-Type-Options", "Content-Security-Policy", "Referrer-Policy")
SECONDS = 10
AGENT = "Mozilla/5.0 ZoomWebKit/537.36 ZoomApps/1.0"


def check(services: Services) -> Iterator[Finding]:
    """Findings about the home page's response, and about the session cookie."""
    address = services.settings.public_url + "/api/zoomapp/home"
    with requests.Session() as session:
        session.trust_env = False
        try:
            home = _get(session, address)
            signin = _get(session, services.settings.public_url + "/api/zoomapp/authorize")
        except requests.exceptions.SSLError as error:
            yield fail("home", f"{address} has a certificate that is not trusted ({error}).", "Install a valid chain.")
            return
        except requests.RequestException as error:
            yield fail(
                "home",
                f"{address} cannot be reached ({type(error).__name__}).",
                "Check that the app is running and that the host of PUBLIC_URL resolves to its router.",
            )
            return
    yield from _response(address, home)
    yield from _cookie(services, signin)


def _get(session: requests.Session, address: str) -> requests.Response:
    return session.get(address, headers={"User-Agent": AGENT}, timeout=SECONDS, allow_redirects=False)


def _response(address: str, home: requests.Response) -> Iterator[Finding]:
    if home.is_redirect:
        location = home.headers["Location"]
        yield fail("home", f"{address} redirects to {location}.", "Set PUBLIC_URL to the address it redirects to.")
    elif home.status_code != 200 or "text/html" not in home.headers.get("Content-Type", ""):
        yield fail(
            "home",
            f"{address} answered {home.status_code}, not with the home page.",
            "Check that this app answers there.",
        )
    elif missing := [name for name in REQUIRED_HEADERS if name not in home.headers]:
        yield fail(
            "home.headers",
            f"The home page arrives without {', '.join(missing)}: Zoom's client shows a blank panel.",
            "The app sends them; configure the router in front to pass them on.",
        )
    elif "X-Frame-Options" in home.headers:
        yield fail(
            "home.framing",
            "The router adds X-Frame-Options: Zoom's web client cannot show the page.",
            "Remove it there; the content policy says which sites may frame the app.",
        )
    else:
        yield ok("home", f"{address} answers with every header that Zoom's client requires.")


def _cookie(services: Services, signin: requests.Response) -> Iterator[Finding]:
    """Whether the cookie arrives as the app set it. Without a session other findings say why."""
    if signin.status_code != 200:
        return
    config = services.flask_config
    cookie = signin.headers.get("Set-Cookie", "").lower()
    expected = [f"{config['SESSION_COOKIE_NAME']}=", "HttpOnly", f"SameSite={config['SESSION_COOKIE_SAMESITE']}"]
    expected += ["Secure"] if config["SESSION_COOKIE_SECURE"] else []
    expected += ["Partitioned"] if config["SESSION_COOKIE_PARTITIONED"] else []
    missing = [part for part in expected if part.lower() not in cookie]
    if missing:
        yield fail(
            "cookie",
            f"The session cookie arrives without {', '.join(missing)}: users are signed out at each click.",
            "The app sends it complete; configure the router in front not to change Set-Cookie and not to cache.",
        )
    else:
        yield ok("cookie", "It arrives unchanged.")
