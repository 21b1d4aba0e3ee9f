"""Zoom's API as one user sees it: a refused access token is refreshed once; a short method per endpoint."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from datetime import date
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import msgspec

from zoomapp.errors import UpstreamError
from zoomapp.log_setup import hash_user_id
from zoomapp.tokens.service import TokenService
from zoomapp.user_api.quota_guard import Caller, QuotaGuard
from zoomapp.user_api.refused_endpoints import RefusedEndpoints, endpoint_name
from zoomapp.user_api.response_cache import ResponseCache
from zoomapp.zoom.client import SAFE, WHOLE_BYTES, Answer, Call, ZoomClient, lacks_scope, parse_response
from zoomapp.zoom.content_encoding import decoded
from zoomapp.zoom.models import Meeting, User, text
from zoomapp.zoom.recordings import Recording

log = logging.getLogger(__name__)

#: The most Zoom gives at once.
PAGE_SIZE = 300
#: Zoom's code for an access token it does not accept, with whatever status it comes.
INVALID_ACCESS_TOKEN = 124


class UserClient:
    """What ``user_id`` may do at Zoom. Pages and proxy share this one way."""

    def __init__(
        self,
        user_id: str,
        tokens: TokenService,
        client: ZoomClient,
        record: bytes | None = None,
        answers: ResponseCache | None = None,
        governor: QuotaGuard | None = None,
        refused_endpoints: RefusedEndpoints | None = None,
    ) -> None:
        """``record``: the user's token record, if it was read a moment ago; it serves for the first call.

        ``answers``: what is emptied when this user changes something. ``governor``: who knows what is used up.
        ``refused_endpoints``: where a refusal of a fresh token is remembered.
        """
        self.user_id = user_id
        self._record = record
        self._tokens = tokens
        self._client = client
        self._answers = answers
        self._governor = governor
        self._refused_endpoints = refused_endpoints

    def send(self, call: Call) -> Answer:
        """Zoom's answer with a good token, whatever its status. The answer must be read or closed.

        Raises NotAuthorized, SessionExpired, UpstreamError, StoreUnavailable, or RateLimited without having asked.
        """
        try:
            return self._send(call)
        finally:
            # A write that seems to have failed may have been done.
            if self._answers and call.method not in SAFE:
                self._answers.clear(self.user_id)

    def _send(self, call: Call) -> Answer:
        record, self._record = self._record, None
        token = self._tokens.access_token(self.user_id, record)
        answer = self._ask(call, token, record)
        if not refuses_token(answer):
            return answer
        endpoint = endpoint_name(call.method, call.path)
        return self._repeat(endpoint, answer, token, lambda fresh: self._client.send(call, fresh))

    def _repeat(self, endpoint: str, refusal: Answer, token: str, send: Callable[[str], Answer]) -> Answer:
        """The answer with a fresh token, or ``refusal`` if this endpoint refused a fresh token a moment ago.

        A refusal of a fresh token says nothing about the grant: it is Zoom's answer to the caller.
        """
        tokens, refused = self._tokens.load(self.user_id), self._refused_endpoints
        entry = (self.user_id, tokens.grant_id, endpoint)
        if tokens.access_token == token and refused and refused.refuses_successors(*entry, token):
            return refusal
        refusal.close()
        # Saved before the refresh: a call that uses the fresh token from now on must not cost another refresh.
        if refused:
            refused.add(*entry, token)
        still_refused = False
        try:
            fresh = self._tokens.refresh(self.user_id, rejected=token)
            answer = send(fresh)
            still_refused = refuses_token(answer)
        finally:
            if refused and not still_refused:
                refused.remove(*entry)
        if still_refused:
            log.info("fresh access token refused", extra={"user": hash_user_id(self.user_id), "endpoint": endpoint})
        return answer

    def _ask(self, call: Call, token: str, record: bytes | None) -> Answer:
        if self._governor is None:
            return self._client.send(call, token)
        who = Caller(self.user_id, lambda: self._tokens.load(self.user_id, record).account_id)
        return self._governor.ask(who, call, lambda: self._client.send(call, token))

    def download(self, address: str, byte_range: str = "") -> Answer:
        """A file of this user's at Zoom, as a stream. Raises what ``send`` raises."""
        token = self._tokens.access_token(self.user_id)
        answer = self._client.download(address, token, byte_range)
        if not refuses_token(answer):
            return answer
        endpoint = endpoint_name("GET", urlsplit(address).path)
        return self._repeat(endpoint, answer, token, lambda fresh: self._client.download(address, fresh, byte_range))

    def scopes(self) -> frozenset[str]:
        """What this user granted, as the token endpoint said."""
        return self._tokens.scopes(self.user_id)

    def get(self, path: str, **query: Any) -> Any:
        """The JSON at ``path`` (which begins with ``/v2/``). Raises what ``send`` and ``decipher`` raise."""
        return self._json("GET", path, query)

    def post(self, path: str, body: Any, **query: Any) -> Any:
        return self._json("POST", path, query, body)

    def patch(self, path: str, body: Any, **query: Any) -> Any:
        return self._json("PATCH", path, query, body)

    def put(self, path: str, body: Any, **query: Any) -> Any:
        return self._json("PUT", path, query, body)

    def delete(self, path: str, **query: Any) -> Any:
        return self._json("DELETE", path, query)

    def _json(self, method: str, path: str, query: dict[str, Any], body: Any = None) -> Any:
        given = {name: value for name, value in query.items() if value not in ("", None)}
        target = path + ("?" + urlencode(given) if given else "")
        headers = {"Content-Type": "application/json"} if body is not None else {}
        sent = msgspec.json.encode(body) if body is not None else b""
        return parse_response(self.send(Call(method, target, headers, sent)), self._client.clock())

    # Endpoints: a short method each.

    def me(self) -> User:
        """The signed-in user. Raises UpstreamError for an answer that names nobody."""
        return User.from_api(self.profile())

    def profile(self) -> dict[str, Any]:
        """The signed-in user as Zoom describes them. Raises UpstreamError for an answer that names nobody."""
        body = self.get("/v2/users/me")
        if not isinstance(body, dict) or not text(body, "id"):
            raise UpstreamError("users/me without an id")
        return body

    def meetings(self, kind: str = "upcoming", page_token: str = "") -> Any:
        """One page of the user's meetings: ``kind`` is upcoming, live, scheduled or previous_meetings."""
        return self.get("/v2/users/me/meetings", type=kind, page_size=PAGE_SIZE, next_page_token=page_token)

    def meeting(self, meeting_id: int, occurrence_id: str = "", *, past_dates: bool = False) -> Meeting:
        """``past_dates``: of a recurring meeting those dates, too, that are over."""
        query = {"occurrence_id": occurrence_id, "show_previous_occurrences": "true" if past_dates else ""}
        return Meeting.from_api(self.get(f"/v2/meetings/{meeting_id}", **query))

    def create_meeting(self, body: dict[str, Any]) -> Meeting:
        return Meeting.from_api(self.post("/v2/users/me/meetings", body))

    def update_meeting(self, meeting_id: int, changes: dict[str, Any], occurrence_id: str = "") -> None:
        self.patch(f"/v2/meetings/{meeting_id}", changes, occurrence_id=occurrence_id)

    def delete_meeting(self, meeting_id: int, occurrence_id: str = "") -> None:
        self.delete(f"/v2/meetings/{meeting_id}", occurrence_id=occurrence_id)

    def start_link(self, meeting_id: int) -> str:
        """A link that starts the meeting as its host: a credential, good for two hours, never for a page."""
        return text(self.get(f"/v2/meetings/{meeting_id}"), "start_url")

    def invitation(self, meeting_id: int) -> str:
        return text(self.get(f"/v2/meetings/{meeting_id}/invitation"), "invitation")

    def past_meeting(self, instance: str) -> Any:
        """A held meeting: what it was about, from when to when."""
        return self.get(f"/v2/past_meetings/{segment(instance)}")

    def past_instances(self, meeting_id: int) -> Any:
        """The held instances of a meeting's number."""
        return self.get(f"/v2/past_meetings/{meeting_id}/instances")

    def live_participants(self, instance: str, page_token: str = "") -> Any:
        """One page of who is and was in a running meeting. Needs a Business plan and an admin's scope."""
        return self._participants("metrics/meetings", instance, page_token, type="live")

    def past_participants(self, instance: str, page_token: str = "") -> Any:
        """One page of who was in a past meeting."""
        return self._participants("past_meetings", instance, page_token)

    def report_participants(self, instance: str, page_token: str = "") -> Any:
        """The same from Zoom's report, which only an admin's grant may read."""
        return self._participants("report/meetings", instance, page_token, include_fields="registrant_id")

    def _participants(self, kind: str, instance: str, page_token: str, **query: str) -> Any:
        path = f"/v2/{kind}/{segment(instance)}/participants"
        return self.get(path, page_size=PAGE_SIZE, next_page_token=page_token, **query)

    def recordings(self, first: date, last: date, page_token: str = "") -> Any:
        """One page of the recordings of these days, both included: at most a month, Zoom cuts the rest off."""
        days = {"from": first.isoformat(), "to": last.isoformat()}
        return self.get("/v2/users/me/recordings", page_size=PAGE_SIZE, next_page_token=page_token, **days)

    def trashed_recordings(self, page_token: str = "") -> Any:
        """One page of the trash, whatever the day."""
        return self.get("/v2/users/me/recordings", trash="true", page_size=PAGE_SIZE, next_page_token=page_token)

    def recording(self, uuid: str) -> Recording:
        return Recording.from_api(self.get(f"/v2/meetings/{segment(uuid)}/recordings"))


def segment(uuid: str) -> str:
    """A meeting UUID as one path segment: encoded, and encoded again if it begins with ``/`` or holds ``//``.

    https://developers.zoom.us/docs/api/using-zoom-apis/
    """
    once = quote(uuid, safe="")
    return quote(once, safe="") if uuid.startswith("/") or "//" in uuid else once


#: The code in a body that is not JSON, such as one with unescaped quotes in its message.
_CODE = re.compile(r'"code"\s*:\s*"?(\d+)')


def refuses_token(answer: Answer) -> bool:
    """Whether Zoom refused the access token itself: 401, or code 124 with another status of the 4xx.

    A missing scope, too, has been seen with 401 and with code 124: a refresh cannot help there.
    """
    if not 400 <= answer.status < 500 or answer.status == 429:
        return False
    encoding = answer.headers.get("Content-Encoding", "")
    body = (decoded(encoding, answer.fill(), WHOLE_BYTES) or b"").decode("utf-8", "replace")
    return not lacks_scope(body) and (answer.status == 401 or _error_code(body) == INVALID_ACCESS_TOKEN)


def _error_code(body: str) -> int:
    """Zoom's code in the body of a refusal; 0 where there is none."""
    try:
        decoded = msgspec.json.decode(body)
        code = str(decoded.get("code", "")) if isinstance(decoded, dict) else ""
    except (msgspec.DecodeError, RecursionError):
        found = _CODE.search(body)
        code = found[1] if found else ""
    return int(code) if code.isascii() and code.isdigit() and len(code) < 10 else 0
