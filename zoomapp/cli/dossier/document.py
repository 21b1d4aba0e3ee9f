"""The dossier in Markdown. Its facts come from the tables that the app itself runs on; nothing here repeats them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from urllib.parse import urlsplit

from zoomapp.cli.dossier.sources import packages, promises, scripts, section
from zoomapp.cli.manifest import DESCRIPTION, EVENTS, LONG_DESCRIPTION, SDK_APIS, manifest
from zoomapp.cli.scopes import scopes_to_select
from zoomapp.config import CALLBACK_PATH, Settings
from zoomapp.store.encrypted_records import ALL, Owner, PrivacyNote, privacy_notes
from zoomapp.web.middleware.security_headers import of_answers
from zoomapp.webhooks import deauthorization
from zoomapp.zoom.endpoint_types import Endpoint
from zoomapp.zoom.endpoints import ACCOUNT_SOURCES, IN_USE, REQUEST_TOKEN, REVOKE_TOKEN
from zoomapp.zoom.scopes import Source

#: What only the operator knows: what to fill in, by section.
BLANKS = {
    "Organization": ("legal name and address", "technical contact", "security contact", "support address"),
    "Hosting": ("provider and region", "who can reach the machines and Redis", "backups and how long they are kept"),
    "Review": ("privacy policy and terms", "test accounts and test plan", "penetration test and its date"),
}
ACCOUNT_CALLS = "dashboard and reports of the operator’s account, for the host of a meeting"
_OWNERS = {
    Owner.USER: "yes",
    Owner.MEETING: "yes, with the grant that fetched it",
    Owner.BROWSER: "no, it expires",
    Owner.APP: "no, it expires or is processed",
}


def markdown(settings: Settings) -> str:
    """All sections."""
    sections = (
        _overview,
        _data_flow,
        _scopes,
        _calls,
        _allow_lists,
        _stored_data,
        _deauthorization,
        _security,
        _dependencies,
        _blanks,
    )
    parts = [line for part in sections for line in ("", *part(settings))]
    return "\n".join([f"# {settings.app_name}: documents for Zoom’s review", *parts])


def _overview(settings: Settings) -> Iterator[str]:
    yield "## What the app does"
    yield ""
    yield f"{DESCRIPTION} {LONG_DESCRIPTION}"


def _data_flow(settings: Settings) -> Iterator[str]:
    """Who connects to whom."""
    redis = urlsplit(settings.redis_url).scheme
    to_zoom = f"{_transport(settings.zoom_host)}, client secret or access token"
    redis_protection = "TLS" if redis.startswith("rediss") else "no TLS: FILL IN how this connection is protected"
    yield "## Technical design: data flow"
    yield ""
    yield from _table(
        ("from", "to", "what", "protected by"),
        [
            ("browser or Zoom client", settings.public_url, "pages and API calls", _transport(settings.public_url)),
            ("app", settings.zoom_host, f"tokens: `{REQUEST_TOKEN.path}`, `{REVOKE_TOKEN.path}`", to_zoom),
            ("app", settings.zoom_api_host, "REST calls as the user", to_zoom),
            *([("app", settings.zoom_api_host, ACCOUNT_CALLS, to_zoom)] if settings.zoom_account_id else []),
            ("Zoom", settings.public_url, "webhooks", "TLS, signature" if settings.zoom_webhook_secret else "off"),
            ("app", f"Redis (`{redis}://`)", "the records below; the app encrypts with AES-256-GCM", redis_protection),
        ],
    )
    yield ""
    yield section("Threat model in brief").partition("\n\n|")[0]
    yield ""
    yield "Headers of every page:"
    yield ""
    yield from _table(("header", "value"), [(name, f"`{value}`") for name, value in of_answers(settings)])


def _transport(address: str) -> str:
    return "TLS" if address.startswith("https://") else "plain http: for development only"


def _scopes(settings: Settings) -> Iterator[str]:
    """The scopes of the user-managed app, and of the account's own credentials if there are any."""
    yield "## Scopes and what each is for"
    yield ""
    yield from _table(("scope", "kind", "used to", "pages"), [_scope_row(use) for use in scopes_to_select(settings)])
    if settings.zoom_account_id:
        yield ""
        yield "A second, Server-to-Server app of the operator’s own account reads, for the host of a meeting only:"
        yield ""
        yield from _table(("scope", "kind", "used to", "pages"), [_scope_row(use) for use in ACCOUNT_SOURCES])


def _scope_row(use: Source) -> tuple[str, ...]:
    pages = ", ".join(f"`{page}`" for page in use.pages)
    return f"`{use.scope}`", "required" if use.required else "optional", use.verb, pages


def _calls(settings: Settings) -> Iterator[str]:
    selected = {*scopes_to_select(settings), *(ACCOUNT_SOURCES if settings.zoom_account_id else ())}
    yield "## Calls, events and SDK APIs"
    yield ""
    calls = [use for use in IN_USE if isinstance(use, Endpoint) and use in selected]
    yield from _table(
        ("REST call", "scope", "rate limit label"),
        [(f"`{call.method} {call.path}`", f"`{call.scope}`", call.rate_limit) for call in calls],
    )
    yield ""
    yield "Signed-in users can also send calls through the app’s proxy, with their own grant and its scopes only."
    yield ""
    yield "Webhook events: " + (_codes(sorted(EVENTS)) if settings.zoom_webhook_secret else "none.")
    yield ""
    yield "Zoom Apps SDK: " + _codes(SDK_APIS)


def _allow_lists(settings: Settings) -> Iterator[str]:
    document = manifest(settings, sorted(EVENTS))
    oauth, features = document["oauth_information"], document["features"]
    hosts = (f"`{each['domain']}` ({each['explanation']})" for each in features["domain_allow_list"])
    yield "## Allow lists"
    yield ""
    yield f"- Redirect URI: `{settings.public_url}{CALLBACK_PATH}`"
    yield f"- OAuth allow list: {_codes(oauth['oauth_allow_list'])}"
    yield f"- Strict mode: {'on' if oauth['strict_mode'] else 'off'}"
    yield f"- Home URL: `{features['production_home_uri']}`"
    yield f"- Domain allow list: {', '.join(hosts)}"


def _stored_data(settings: Settings) -> Iterator[str]:
    """A row per sentence of the privacy page: how long, whether encrypted, whether a disconnect deletes it."""
    notes = zip(dict.fromkeys(kind.privacy for kind in ALL), privacy_notes(settings), strict=True)
    yield "## Stored data"
    yield ""
    yield "The app stores data in Redis only, nothing on disk. One table of the code declares each kind of record."
    yield ""
    yield from _table(
        ("what", "how long", "encrypted", "deleted on disconnect and removal"),
        [(note.content, note.lifetime, *_facts_of(declared)) for declared, note in notes],
    )


def _facts_of(note: PrivacyNote) -> tuple[str, str]:
    kinds = [kind for kind in ALL if kind.privacy == note]
    encrypted = _combined("yes" if kind.encrypted else "no" for kind in kinds)
    return encrypted, _combined(_OWNERS[kind.owner] for kind in kinds)


def _combined(answers: Iterable[str]) -> str:
    return "; ".join(dict.fromkeys(answers))


def _deauthorization(settings: Settings) -> Iterator[str]:
    deleted = [kind for kind in ALL if kind.owner is Owner.USER]
    yield "## Removal of the app"
    yield ""
    yield f"Zoom’s event `{deauthorization.EVENT}` deletes what is stored of the user: {len(deleted)} kinds of records."
    yield "Disconnect in the app revokes the grant at Zoom and deletes the same records."
    if not settings.zoom_webhook_secret:
        yield ""
        yield "FILL IN: `ZOOM_WEBHOOK_SECRET` is not set, so this event does not arrive."
    yield ""
    yield "Kinds: " + _codes(kind.name for kind in deleted)


def _security(settings: Settings) -> Iterator[str]:
    yield "## Security promises and their tests"
    yield ""
    yield from _table(
        ("", "promise", "tests"),
        [(promise.number, promise.text, _codes(promise.tests)) for promise in promises()],
    )
    yield ""
    yield "### Vulnerabilities"
    yield ""
    yield section("Reporting")


def _dependencies(settings: Settings) -> Iterator[str]:
    yield "## Dependencies"
    yield ""
    yield "Every package is pinned with hashes. `flask dossier --format sbom` prints them as CycloneDX JSON."
    yield ""
    rows = [(package.name, package.version, ", ".join(package.needed_by)) for package in packages()]
    rows += [(script.package, script.version, f"`{script.file}`") for script in scripts()]
    yield from _table(("package", "version", "needed by"), rows)


def _blanks(settings: Settings) -> Iterator[str]:
    yield "## What the operator fills in"
    for title, names in BLANKS.items():
        yield ""
        yield f"### {title}"
        yield ""
        yield from (f"- {name}: FILL IN" for name in names)


def _codes(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    """A table. A bar in a cell would end the cell."""
    yield "| " + " | ".join(head) + " |"
    yield "|" + "---|" * len(head)
    for row in rows:
        yield "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in row) + " |"
