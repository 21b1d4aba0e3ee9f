"""Sign-in with Zoom: starts a sign-in, exchanges the code, and saves the user's tokens."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

import msgspec

from zoomapp.auth.pending_signins import IN_CLIENT, WEB, PendingSignIn, PendingSignIns
from zoomapp.auth.repeated_signins import DONE, FAILED, RepeatedSignIns
from zoomapp.errors import MissingScope, SignInError, StateMismatch, UpstreamError
from zoomapp.tokens.service import TokenService
from zoomapp.zoom.client import Call, ZoomClient
from zoomapp.zoom.endpoints import OPEN_DEEPLINK, READ_USER
from zoomapp.zoom.models import User
from zoomapp.zoom.oauth import ZoomOAuth
from zoomapp.zoom.pkce import code_verifier
from zoomapp.zoom.refusals import parse_response
from zoomapp.zoom.tolerant_reader import JsonObject

log = logging.getLogger(__name__)

CODE_LENGTHS = range(1, 2049)


@dataclass(frozen=True)
class ClientSignIn:
    """A finished sign-in in Zoom's client. Call ``announce`` when the browser has the answer: repeats wait for it."""

    user_id: str
    announce: Callable[[], None]


class SignIn:
    """Sign-in by redirect through Zoom's consent page, and inside Zoom's client.

    ``browser`` is the name of a browser: a sign-in must finish in the browser that started it.
    """

    def __init__(
        self,
        oauth: ZoomOAuth,
        client: ZoomClient,
        tokens: TokenService,
        pending_signins: PendingSignIns,
        repeated_signins: RepeatedSignIns,
        public_url: str,
        in_client_redirect: str = "event",
        save_profile: Callable[[User], None] | None = None,
    ) -> None:
        """``save_profile``: saves what a sign-in reads about the user, so that the next page need not ask again."""
        self._oauth = oauth
        self._client = client
        self._tokens = tokens
        self._pending_signins = pending_signins
        self._repeated_signins = repeated_signins
        self._public_url = public_url
        self._in_client_redirect = in_client_redirect
        self._save_profile = save_profile

    def start_web(self, browser: str, *, restarted: bool = False, next_path: str = "") -> str:
        """Start a sign-in by redirect. Returns the address of Zoom's consent page. Raises TooManySignIns.

        ``next_path``: the page of this app to return to.
        """
        pending = self._pending_signins.add(browser, WEB, code_verifier(), restarted=restarted, next_path=next_path)
        return self._oauth.authorize_url(pending.state, pending.verifier)

    def start_in_client(self, browser: str) -> tuple[str, str]:
        """Start a sign-in in Zoom's client. Returns code challenge and state for the SDK's ``authorize``.

        Zoom's client supports only the method ``plain``, so the challenge is the verifier. The state, which is bound to
        the browser, and the client secret protect this sign-in.
        https://developers.zoom.us/docs/zoom-apps/authentication/
        """
        pending = self._pending_signins.add(browser, IN_CLIENT, code_verifier())
        return pending.verifier, pending.state

    def was_restarted(self, browser: str) -> bool:
        """Whether this browser was sent to Zoom again already, because a code came without a state."""
        return any(pending.restarted for pending in self._pending_signins.all(browser))

    def finish_web(self, browser: str, code: str, state: str) -> tuple[str, PendingSignIn]:
        """The user id and the sign-in. Raises StateMismatch, SignInError, UpstreamError."""
        pending = self._pending_signins.take(browser, state)
        if pending is None or pending.in_client:
            raise StateMismatch("state unknown, used, or another browser's")
        return self._exchange(code, pending, self._oauth.redirect_uri), pending

    def finish_in_client(
        self,
        browser: str,
        code: str,
        state: str,
        redirect_uri: str,
        href: str,
        known_user_id: str,
        former_session_id: str = "",
    ) -> ClientSignIn | None:
        """The sign-in; None for a repeat of one that succeeded. Raises as ``finish_web``, and Busy.

        ``state`` may be empty, because Zoom's client does not always return it. Then the code is accepted only while
        this browser has exactly one pending sign-in. A wrong state is never accepted. ``known_user_id`` is the user of
        the app context; it is used when the grant does not allow reading the user.

        The same post again within a minute waits for the first one and exchanges nothing. A repeat that left before the
        first answer came has ``former_session_id``, which no longer leads to the browser's name.
        """
        owners = tuple(filter(None, (browser, former_session_id)))
        pending = self._find_in_client(browser, state)
        if pending is None or not self._repeated_signins.claim(browser, code, pending.state):
            self._check_repeat(owners, code, state)
            return None
        repeated = (owners, code, pending.state)
        try:
            taken = self._take_in_client(browser, pending.state)
            address = self._in_client_redirect_uri(redirect_uri, href)
            user_id = self._exchange(code, taken, address, known_user_id)
        except BaseException:
            self._repeated_signins.finish(*repeated, FAILED)
            raise
        return ClientSignIn(user_id, lambda: self._repeated_signins.finish(*repeated, DONE))

    def _find_in_client(self, browser: str, state: str) -> PendingSignIn | None:
        """The pending sign-in of this state; without a state, the only one in Zoom's client."""
        in_client = [pending for pending in self._pending_signins.all(browser) if pending.in_client]
        if not state:
            return in_client[0] if len(in_client) == 1 else None
        return next((pending for pending in in_client if pending.state in (state, unquote(state))), None)

    def _take_in_client(self, browser: str, state: str) -> PendingSignIn:
        pending = self._pending_signins.take(browser, state)
        if pending is None or not pending.in_client:
            raise StateMismatch("state unknown, used, or another browser's")
        return pending

    def _check_repeat(self, owners: tuple[str, ...], code: str, state: str) -> None:
        """Do nothing if the first post of this code and state signed in. Raises StateMismatch, Busy."""
        states = (state, unquote(state)) if state else ()
        if self._repeated_signins.result(owners, code, states) != DONE:
            raise StateMismatch("state unknown, used, or another browser's")

    def _in_client_redirect_uri(self, redirect_uri: str, href: str) -> str | None:
        """The redirect URI for an in-client code: as Zoom's client gave it, else the address of the page."""
        if self._in_client_redirect == "none":
            return None
        if self._in_client_redirect != "event":
            return self._in_client_redirect
        client_uri = redirect_uri or href
        if client_uri and origin_of(client_uri) != self._public_url:
            raise SignInError("redirect URI of another origin")
        return client_uri or None

    def _exchange(self, code: str, pending: PendingSignIn, redirect_uri: str | None, known_user_id: str = "") -> str:
        if len(code) not in CODE_LENGTHS or not code.isascii() or not code.isprintable():
            raise SignInError("malformed code")
        tokens = self._oauth.exchange(code, pending.verifier, redirect_uri)
        user = self._read_user(tokens.access_token)
        user_id = user.id if user else known_user_id
        if not user_id:
            raise SignInError("Zoom did not say whose tokens these are")
        self._tokens.save(user_id, tokens, user.account_id if user else "")
        if user and self._save_profile:
            self._save_profile(user)
        return user_id

    def _read_user(self, access_token: str) -> User | None:
        """The user; None when the grant does not allow reading it."""
        try:
            body = parse_response(
                self._client.send(Call("GET", READ_USER.target(user_id="me")), access_token), self._client.clock()
            )
        except MissingScope:
            return None
        user = User.from_api(JsonObject(body, "user"))
        if user is None:
            raise UpstreamError("users/me without an id")
        return user

    def deep_link(self, access_token: str, action: str) -> str:
        """The address that opens the app inside Zoom's client. Raises UpstreamError or ZoomRefused.

        https://developers.zoom.us/docs/zoom-apps/guides/open-zoom-apps-from-native-web-apps/
        """
        body = msgspec.json.encode({"action": action})
        call = Call("POST", OPEN_DEEPLINK.path, {"Content-Type": "application/json"}, body)
        answer = parse_response(self._client.send(call, access_token), self._client.clock())
        link = self._client.hosts.link(JsonObject(answer, "deep link").text("deeplink"))
        if not link:
            raise UpstreamError("no deep link in Zoom's answer")
        return link


def origin_of(address: str) -> str:
    """Scheme, host and port of an address; empty for an invalid one."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    return f"{parts.scheme}://{parts.netloc}"
