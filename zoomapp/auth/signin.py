"""Code → user whose tokens we keep."""

from __future__ import annotations

import logging
from urllib.parse import unquote, urlsplit

import msgspec

from zoomapp.auth.pending_signins import IN_CLIENT, WEB, PendingSignIn, PendingSignIns
from zoomapp.errors import MissingScope, SignInError, StateMismatch, UpstreamError
from zoomapp.tokens.service import TokenService
from zoomapp.zoom.client import Call, ZoomClient, parse_response
from zoomapp.zoom.endpoints import OPEN_DEEPLINK, READ_USER
from zoomapp.zoom.models import text
from zoomapp.zoom.oauth import ZoomOAuth
from zoomapp.zoom.pkce import code_verifier

log = logging.getLogger(__name__)

CODE_LENGTHS = range(1, 2049)


class SignIn:
    """Both ways in: by redirect through Zoom's consent page, and inside Zoom's client.

    ``browser`` names the browser that began: a sign-in is finished where it was begun, or not at all.
    """

    def __init__(
        self,
        oauth: ZoomOAuth,
        client: ZoomClient,
        tokens: TokenService,
        begun: PendingSignIns,
        public_url: str,
        in_client_redirect: str = "event",
    ) -> None:
        self._oauth = oauth
        self._client = client
        self._tokens = tokens
        self._begun = begun
        self._public_url = public_url
        self._in_client_redirect = in_client_redirect

    def begin_web(self, browser: str, *, restarted: bool = False) -> str:
        """The address of Zoom's consent page, for one sign-in."""
        begun = self._begun.add(browser, WEB, code_verifier(), restarted=restarted)
        return self._oauth.authorize_url(begun.state, begun.verifier)

    def begin_in_client(self, browser: str) -> tuple[str, str]:
        """Code challenge and state for the SDK's ``authorize``.

        Zoom's client knows only the method ``plain``, so the challenge is the verifier: what protects this way are the
        state, bound to the browser, and our client secret.
        https://developers.zoom.us/docs/zoom-apps/authentication/
        """
        begun = self._begun.add(browser, IN_CLIENT, code_verifier())
        return begun.verifier, begun.state

    def was_restarted(self, browser: str) -> bool:
        """Whether a code without state has already sent this browser round once."""
        return any(begun.restarted for begun in self._begun.all(browser))

    def finish_web(self, browser: str, code: str, state: str) -> tuple[str, PendingSignIn]:
        """The user id, and what was begun. Raises StateMismatch, SignInError, UpstreamError."""
        begun = self._begun.take(browser, state)
        if begun is None or begun.in_client:
            raise StateMismatch("state unknown, used, or another browser's")
        return self._exchange(code, begun, self._oauth.redirect_uri), begun

    def finish_in_client(
        self, browser: str, code: str, state: str, redirect_uri: str, href: str, known_user_id: str
    ) -> str:
        """The user id. ``state`` may be empty: Zoom's client does not always give it back.

        Then the code is accepted only while this browser has exactly one sign-in under way; a wrong state never is.
        ``known_user_id`` is who the app context says is there; it stands in when the grant may not read the user.
        """
        begun = self._take_in_client(browser, state)
        return self._exchange(code, begun, self._in_client_redirect_uri(redirect_uri, href), known_user_id)

    def _take_in_client(self, browser: str, state: str) -> PendingSignIn:
        if not state:
            waiting = [begun for begun in self._begun.all(browser) if begun.in_client]
            if len(waiting) != 1:
                raise StateMismatch(f"no state, and {len(waiting)} sign-ins under way")
            state = waiting[0].state
        begun = self._begun.take(browser, state) or self._begun.take(browser, unquote(state))
        if begun is None or not begun.in_client:
            raise StateMismatch("state unknown, used, or another browser's")
        return begun

    def _in_client_redirect_uri(self, redirect_uri: str, href: str) -> str | None:
        """What to send with an in-client code: the address Zoom's client bound it to, as it said, or the page's own."""
        if self._in_client_redirect == "none":
            return None
        if self._in_client_redirect != "event":
            return self._in_client_redirect
        given = redirect_uri or href
        if given and origin_of(given) != self._public_url:
            raise SignInError("redirect URI of another origin")
        return given or None

    def _exchange(self, code: str, begun: PendingSignIn, redirect_uri: str | None, known_user_id: str = "") -> str:
        if len(code) not in CODE_LENGTHS or not code.isascii() or not code.isprintable():
            raise SignInError("malformed code")
        tokens = self._oauth.exchange(code, begun.verifier, redirect_uri)
        user_id, account_id = self._who(tokens.access_token)
        user_id = user_id or known_user_id
        if not user_id:
            raise SignInError("Zoom did not say whose tokens these are")
        self._tokens.save(user_id, tokens, account_id)
        return user_id

    def _who(self, access_token: str) -> tuple[str, str]:
        """User and account; empty when the grant may not read its user."""
        try:
            user = parse_response(
                self._client.send(Call("GET", READ_USER.target(user_id="me")), access_token), self._client.clock()
            )
        except MissingScope:
            return "", ""
        user_id = user.get("id") if isinstance(user, dict) else None
        if not isinstance(user_id, str) or not user_id:
            raise UpstreamError("users/me without an id")
        return user_id, text(user, "account_id")

    def deep_link(self, access_token: str, action: str) -> str:
        """An address that opens the app inside Zoom's client. Raises UpstreamError or ZoomRefused.

        https://developers.zoom.us/docs/zoom-apps/guides/open-zoom-apps-from-native-web-apps/
        """
        body = msgspec.json.encode({"action": action})
        call = Call("POST", OPEN_DEEPLINK.path, {"Content-Type": "application/json"}, body)
        answer = parse_response(self._client.send(call, access_token), self._client.clock())
        link = self._client.hosts.link(text(answer, "deeplink")) if isinstance(answer, dict) else ""
        if not link:
            raise UpstreamError("no deep link of Zoom's in the answer")
        return link


def origin_of(address: str) -> str:
    """Scheme, host and port of an address; empty for what is no address."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    return f"{parts.scheme}://{parts.netloc}"
