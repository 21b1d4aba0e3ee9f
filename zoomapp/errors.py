"""The exceptions of this app, each with status, code and message. The last column says who has to act.

ZoomAppError              500  internal_error      we act
├── TokenError            401  unauthorized        the person authorizes (again)
│   ├── NotSignedIn       401  unauthorized        no user in the session
│   ├── NotAuthorized     401  unauthorized        no tokens stored for this user
│   └── SessionExpired    401  session_expired     Zoom refused the refresh token
│       └── RefreshRefused 401 session_expired     Zoom refused the refresh for another reason; the record is kept
├── SignInError           400  sign_in_failed      the person starts again
│   ├── StateMismatch     400  sign_in_failed      state unknown, used, or another session's
│   ├── SignInDenied      400  sign_in_failed      the person, or Zoom, said no
│   └── ContextRefused    400  sign_in_failed      the app context is not ours, or not fresh
├── TooManySignIns        429  rate_limited        wait
├── BadRequest            400  bad_request         the author of the request
│   ├── TooLarge          413  too_large
│   ├── RequestTimeout    408  request_timeout     the sender, who was too slow
│   └── UriTooLong        414  uri_too_long
├── CrossSite             403  cross_site          no action: the request comes from another site
├── BadSignature          401  bad_signature       no action: the event is not Zoom's, or too old
├── ZoomRefused           (Zoom's)                 depends on Zoom's answer (pages only)
│   ├── MissingScope                               an admin adds a scope, the person connects again
│   ├── PlanRequired                               a plan or a role is missing
│   ├── AccountRefused                             the operator: Zoom refused the account's own credentials
│   ├── InvalidFields                              the person corrects a form
│   └── NotFound          404  not_found           no action: it was deleted
│       └── ContentAbsent 404  not_found           depends on the reason: no summary, or no transcript
├── NoFixedTime           404  not_found           no action: the meeting has no start
├── UpstreamError         502  upstream_error      wait
│   ├── UpstreamTimeout   504  upstream_timeout    wait
│   ├── FileRefused       502  upstream_error      an admin, if the account allows viewing only
│   │   ├── FileIncomplete 502 upstream_error      wait: Zoom sent only a part of the file
│   │   └── FileNotReady  404  not_found           wait: Zoom is still recording or processing
│   ├── FrontendAway      502  upstream_error      its developer starts its server
│   ├── Redirected        502  upstream_error      an operator: the endpoint is not for this app
│   └── RateLimited       429  rate_limited        wait ``retry_after`` seconds
├── StoreUnavailable      503  store_unavailable   the operator
├── Busy                  503  busy                wait a moment
├── ShuttingDown          503  restarting          no action: another worker serves the repeated request
└── ConfigError                                    the operator; stops the start

``message`` is for the person and holds no ids; ``detail`` is for the log.
"""

from __future__ import annotations

from typing import ClassVar


class ZoomAppError(Exception):
    """A failure with a status, a code for machines (a contract) and a sentence for people."""

    status = 500
    code = "internal_error"
    title = "That didn’t work, and it’s our fault"
    message = "An error occurred while processing your request."

    def __init__(self, detail: str = "") -> None:
        super().__init__(detail or self.message)
        self.detail = detail

    @property
    def headers(self) -> dict[str, str]:
        """The headers of the response, beside the usual ones."""
        return {}

    def body(self, request_id: str) -> dict[str, object]:
        """The JSON object of the response."""
        return {"error": self.code, "message": self.message, "request_id": request_id}


class TokenError(ZoomAppError):
    status = 401
    code = "unauthorized"
    title = "Connect your Zoom account"
    message = "Please authorize the app to access Zoom."


class NotSignedIn(TokenError):
    """No user in the session."""


class NotAuthorized(TokenError):
    """No tokens are stored for this user."""


class SessionExpired(TokenError):
    """Zoom refused the refresh token (``invalid_grant``, RFC 6749 5.2)."""

    code = "session_expired"
    title = "Zoom signed you out"
    message = "Your session has expired. Please sign in again."


class RefreshRefused(SessionExpired):
    """Zoom refused to refresh for another reason than an ended grant, such as a disabled app. The record is kept."""


class SignInError(ZoomAppError):
    """``needs_cookie``: whether the reason may be that the browser did not send the session cookie."""

    status = 400
    code = "sign_in_failed"
    needs_cookie = False
    title = "The sign-in didn’t work"
    message = "Zoom didn’t complete the sign-in. Start again from Connect."


class StateMismatch(SignInError):
    """The state is unknown, was used before, or belongs to another session."""

    needs_cookie = True
    message = "This sign-in was started somewhere else, took too long, or was used before. Start again from Connect."


class SignInDenied(SignInError):
    """The person declined on Zoom's consent page, or Zoom refused the request."""

    title = "Connection canceled"
    message = "Zoom was not connected. Nothing was changed."


class ContextRefused(SignInError):
    """The app context was not accepted. ``reason``: a key of REASONS, which holds nothing from the context."""

    #: Title and message by reason. All contexts that cannot be decrypted have the same reason.
    REASONS: ClassVar[dict[str, tuple[str, str]]] = {
        "unreadable": (
            "Zoom’s sign-in data could not be read",
            "It is damaged, or it was encrypted for another app. Close the app and open it again from Zoom.",
        ),
        "incomplete": (
            "Zoom’s sign-in data is incomplete",
            "It doesn’t say which app it is for or when it expires. Update the Zoom client and open the app again.",
        ),
        "wrong_issuer": (
            "This sign-in data is not from Zoom’s Marketplace",
            "Open the app from Zoom. If that does not help, the address of Zoom in this app’s settings may be wrong.",
        ),
        "wrong_app": (
            "This sign-in data is for another app",
            "Close the app and open it again from Zoom. If that does not help, this app’s client ID may be wrong.",
        ),
        "expired": (
            "Zoom’s sign-in data is too old",
            "It is valid for two minutes. Close the app and open it again from Zoom.",
        ),
        "not_yet_valid": (
            "Zoom’s sign-in data is dated in the future",
            "The clock of this app or of Zoom’s client may be wrong. Open the app again in a few minutes.",
        ),
        "used_before": (
            "Zoom’s sign-in data was used before",
            "It signs in once. Close the app and open it again from Zoom.",
        ),
        "another_user": (
            "Another user is signed in here now",
            "Zoom’s sign-in data was used before, by another user. Close the app and open it again from Zoom.",
        ),
    }

    def __init__(self, reason: str = "unreadable") -> None:
        super().__init__(f"app context: {reason}")
        self.reason = reason
        self.title, self.message = self.REASONS[reason]

    def body(self, request_id: str) -> dict[str, object]:
        return {**super().body(request_id), "detail": self.detail}


class TooManySignIns(ZoomAppError):
    """Too many sign-ins are pending: no other may start for ``retry_after`` seconds."""

    status = 429
    code = "rate_limited"
    title = "Too many sign-ins at once"
    message = "Too many sign-ins are under way. Try again in a few minutes."

    def __init__(self, retry_after: int) -> None:
        super().__init__("too many pending sign-ins")
        self.retry_after = retry_after

    @property
    def headers(self) -> dict[str, str]:
        return {"Retry-After": str(self.retry_after)}


class BadRequest(ZoomAppError):
    status = 400
    code = "bad_request"
    title = "We couldn’t read this request"
    message = "The request could not be understood."


class TooLarge(BadRequest):
    status = 413
    code = "too_large"
    message = "The request is larger than this app accepts."


class RequestTimeout(BadRequest):
    """The request's body did not arrive in time."""

    status = 408
    code = "request_timeout"
    message = "The request took too long to arrive. Try again."


class UriTooLong(BadRequest):
    status = 414
    code = "uri_too_long"
    message = "The address is longer than this app accepts."


class CrossSite(ZoomAppError):
    """A request that another site made the browser send."""

    status = 403
    code = "cross_site"
    title = "This request came from another site"
    message = "This action can only be started from the app itself."


class BadSignature(ZoomAppError):
    """A webhook event without a valid and fresh signature of Zoom's."""

    status = 401
    code = "bad_signature"
    title = "This event isn’t from Zoom"
    message = "The signature does not verify."


class ZoomRefused(ZoomAppError):
    """Zoom refused the request. ``zoom_code`` has a meaning only together with the path."""

    status = 502
    code = "zoom_refused"
    title = "Zoom refused"
    message = "Zoom refused this request."

    def __init__(self, zoom_status: int, zoom_code: int = 0, zoom_message: str = "") -> None:
        # Zoom's message may contain a name, so it is not in this text for the log.
        super().__init__(f"{zoom_status} {zoom_code}")
        self.zoom_status = zoom_status
        self.zoom_code = zoom_code
        self.zoom_message = zoom_message


class MissingScope(ZoomRefused):
    """The grant lacks a scope (Zoom's codes 4711, 4700, 104). ``scopes``: those Zoom would accept, as it named them."""

    code = "missing_scope"
    title = "One permission is missing"
    message = "Zoom needs one more permission for this."

    def __init__(self, zoom_status: int, zoom_code: int, zoom_message: str, scopes: tuple[str, ...]) -> None:
        super().__init__(zoom_status, zoom_code, zoom_message)
        self.scopes = scopes


class PlanRequired(ZoomRefused):
    """The account's plan, or the user's role, does not include this (Zoom's code 200)."""

    code = "plan_required"
    title = "This needs another Zoom plan"
    message = "Your Zoom plan or role does not include this."


class AccountRefused(ZoomRefused):
    """Zoom refused the Server-to-Server credentials, or their token. ``detail``: Zoom's error, for the log.

    No response has it: pages do without what these credentials read.
    """

    def __init__(self, detail: str) -> None:
        super().__init__(0)
        self.detail = detail


class InvalidFields(ZoomRefused):
    """Zoom rejected what was sent. ``fields``: (name, message) pairs, empty when Zoom named no field."""

    code = "invalid_fields"
    title = "Zoom did not accept this"
    message = "Zoom did not accept what was sent."

    def __init__(
        self, zoom_status: int, zoom_code: int, zoom_message: str, fields: tuple[tuple[str, str], ...] = ()
    ) -> None:
        super().__init__(zoom_status, zoom_code, zoom_message)
        self.fields = fields


class NotFound(ZoomRefused):
    """Zoom does not know it (codes 1001, 3001, 3301), or this app has no such page."""

    status = 404
    code = "not_found"
    title = "Page not found"
    message = "It has ended, was deleted, or never existed."

    def __init__(self, zoom_status: int = 404, zoom_code: int = 0, zoom_message: str = "") -> None:
        super().__init__(zoom_status, zoom_code, zoom_message)


class ContentAbsent(NotFound):
    """A past meeting has no summary or no transcript. ``reason``: a value of ``meeting_content.absence.Absence``."""

    title = "There is nothing to read"
    message = "This meeting has no summary or transcript here."

    def __init__(self, reason: str) -> None:
        super().__init__()
        self.detail = f"no content: {reason}"
        self.reason = reason


class NoFixedTime(ZoomAppError):
    """A meeting without a start has no calendar file."""

    status = 404
    code = "not_found"
    title = "This meeting has no fixed time"
    message = "This meeting has no fixed time, so there is no calendar file. Use its join link."


class UpstreamError(ZoomAppError):
    """Zoom is unreachable, or sent something that is not an answer."""

    status = 502
    code = "upstream_error"
    title = "We couldn’t reach Zoom"
    message = "Zoom could not be reached. Try again in a moment."


class UpstreamTimeout(UpstreamError):
    status = 504
    code = "upstream_timeout"
    title = "Zoom is taking too long"
    message = "Zoom did not answer in time. Try again in a moment."


class FileRefused(UpstreamError):
    """Zoom refused a recording's file, with any status. ``reason``: Zoom's words, for the person."""

    title = "Zoom didn’t provide this file"
    message = "Your administrator may allow viewing only. You can still play the recording."

    def __init__(self, detail: str = "", reason: str = "") -> None:
        # Zoom's message may contain a name, so it is not in this text for the log.
        super().__init__(detail)
        if reason:
            sentence = reason if reason.endswith((".", "!", "?")) else f"{reason}."
            self.message = f"Zoom says: {sentence} {self.message}"


class FileIncomplete(FileRefused):
    """The file has another size than Zoom declared, or no readable size."""

    title = "Zoom did not send the whole file"
    message = "Zoom sent more or fewer bytes than the file has. Try again later. You can still play the recording."


class FileNotReady(FileRefused):
    """Zoom is still recording or processing the file."""

    status = 404
    code = "not_found"
    title = "This file isn’t ready yet"
    message = "Zoom is still recording or processing it. Try again later."


class FrontendAway(UpstreamError):
    """The development server of another frontend does not answer."""

    title = "The frontend is not running"
    message = "Its development server did not answer. Start it, then open the app again."


class Redirected(UpstreamError):
    """Zoom's API answered with a redirect, as it does for clips and phone recordings. It is not followed."""

    title = "Zoom redirected this request"
    message = "Zoom answered with a redirect, which this app does not follow."


class RateLimited(UpstreamError):
    """Zoom asks for a pause of ``retry_after`` seconds; ``daily`` when a day's allowance is used up."""

    status = 429
    code = "rate_limited"
    title = "Zoom asked us to slow down"
    message = "Zoom asked us to slow down. Try again later."

    def __init__(self, retry_after: int, *, daily: bool = False, detail: str = "") -> None:
        super().__init__(detail)
        self.retry_after = retry_after
        self.daily = daily
        if daily:
            self.message = "Zoom’s daily limit for this is used up. Try again when it resets."

    @property
    def headers(self) -> dict[str, str]:
        return {"Retry-After": str(self.retry_after)}


class StoreUnavailable(ZoomAppError):
    """Redis is gone, silent, full or read-only."""

    status = 503
    code = "store_unavailable"
    title = "We can’t reach our storage"
    message = "The app cannot reach its own storage. Try again in a moment."

    @property
    def headers(self) -> dict[str, str]:
        return {"Retry-After": "5"}


class Busy(ZoomAppError):
    """A limit of this app is reached: the places of a pool, or the memory for bodies."""

    status = 503
    code = "busy"
    title = "The app is busy"
    message = "The app is busy. Try again in a moment."

    @property
    def headers(self) -> dict[str, str]:
        return {"Retry-After": "2"}


class ShuttingDown(ZoomAppError):
    """This worker is stopping and starts no work that must not be interrupted."""

    status = 503
    code = "restarting"
    title = "The app is restarting"
    message = "The app is restarting. Try again in a moment."

    @property
    def headers(self) -> dict[str, str]:
        return {"Retry-After": "1"}


class ConfigError(ZoomAppError):
    """The environment is incomplete or wrong. ``problems``: every fault, one sentence each."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems
