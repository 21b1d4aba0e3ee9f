"""Our own home page from outside, past whatever router stands before it, as Zoom's client looks at it."""

from __future__ import annotations

from collections.abc import Iterator

import requests

from zoomapp.cli.doctor.finding import Finding, fail, ok
from zoomapp.services import Services

#: Zoom's client draws no page that lacks one of them.
#: https://developers.zoom.us/docs/build-flow/security/owasp/
WANTED = ("Strict-Transport-Security", "X-Content-Type-Options", "Content-Security-Policy", "Referrer-Policy")
SECONDS = 10
AGENT = "Mozilla/5.0 ZoomWebKit/537.36 ZoomApps/1.0"


def check(parts: Services) -> Iterator[Finding]:
    address = parts.settings.public_url + "/api/zoomapp/home"
    with requests.Session() as session:
        session.trust_env = False
        try:
            home = _get(session, address)
            begun = _get(session, parts.settings.public_url + "/api/zoomapp/authorize")
        except requests.exceptions.SSLError as error:
            yield fail("home", f"{address} has a certificate that is not trusted ({error}).", "Install a valid chain.")
            return
        except requests.RequestException as error:
            yield fail(
                "home",
                f"{address} cannot be reached ({type(error).__name__}).",
                "Is the app running? Does the name of PUBLIC_URL lead to its router?",
            )
            return
    yield from _answer(address, home)
    yield from _cookie(parts, begun)


def _get(session: requests.Session, address: str) -> requests.Response:
    return session.get(address, headers={"User-Agent": AGENT}, timeout=SECONDS, allow_redirects=False)


def _answer(address: str, home: requests.Response) -> Iterator[Finding]:
    if home.is_redirect:
        where = home.headers["Location"]
        yield fail("home", f"{address} leads on to {where}.", "Set PUBLIC_URL to the address that people end up at.")
    elif home.status_code != 200 or "text/html" not in home.headers.get("Content-Type", ""):
        yield fail(
            "home", f"{address} answered {home.status_code}, not with our page.", "Is it this app that answers there?"
        )
    elif missing := [name for name in WANTED if name not in home.headers]:
        yield fail(
            "home.headers",
            f"The home page arrives without {', '.join(missing)}: Zoom's client shows a blank panel.",
            "The app sends them; let the router in front pass them on.",
        )
    elif "X-Frame-Options" in home.headers:
        yield fail(
            "home.framing",
            "The router adds X-Frame-Options: Zoom's web client cannot show the page.",
            "Take it out there; the content policy says who may frame us.",
        )
    else:
        yield ok("home", f"{address} answers with all that Zoom's client looks for.")


def _cookie(parts: Services, begun: requests.Response) -> Iterator[Finding]:
    """Whether the cookie arrives as we set it; when no session can be begun, others have said why."""
    if begun.status_code != 200:
        return
    config = parts.flask_config
    sent = begun.headers.get("Set-Cookie", "").lower()
    wanted = [f"{config['SESSION_COOKIE_NAME']}=", "HttpOnly", f"SameSite={config['SESSION_COOKIE_SAMESITE']}"]
    wanted += ["Secure"] if config["SESSION_COOKIE_SECURE"] else []
    wanted += ["Partitioned"] if config["SESSION_COOKIE_PARTITIONED"] else []
    lost = [each for each in wanted if each.lower() not in sent]
    if lost:
        yield fail(
            "cookie",
            f"The session cookie arrives without {', '.join(lost)}: people are signed out at each click.",
            "The app sends it whole; let the router in front leave Set-Cookie alone, and cache nothing.",
        )
    else:
        yield ok("cookie", "It arrives as it was set.")
