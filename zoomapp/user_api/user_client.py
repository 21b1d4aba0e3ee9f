"""Zoom's API as one user: one method per endpoint. A refused access token is refreshed once."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import date
from typing import Any, TypeVar
from urllib.parse import urlsplit

import msgspec

from zoomapp.errors import UpstreamError
from zoomapp.log_setup import hash_user_id
from zoomapp.tokens.service import TokenService
from zoomapp.user_api.answer_store import AnswerStore
from zoomapp.user_api.quota_guard import Caller, QuotaGuard
from zoomapp.user_api.refused_endpoints import RefusedEndpoints, endpoint_name
from zoomapp.zoom import endpoints
from zoomapp.zoom.client import SAFE, Answer, Call, ZoomClient
from zoomapp.zoom.endpoint_types import Endpoint
from zoomapp.zoom.meeting_content import MeetingTranscript
from zoomapp.zoom.models import Meeting, User
from zoomapp.zoom.recordings import Recording
from zoomapp.zoom.refusals import lacks_scope, parse_response
from zoomapp.zoom.tolerant_reader import JsonObject, read_rows, refusal_words

log = logging.getLogger(__name__)

Value = TypeVar("Value")

#: Zoom's name for the user whose token a call has.
ME = "me"
#: Zoom's largest page.
PAGE_SIZE = 300
#: Zoom's code for an access token that it does not accept. It comes with different statuses.
INVALID_ACCESS_TOKEN = 124


class UserClient:
    """Zoom's API as ``user_id``. The pages and the proxy both use it."""

    def __init__(
        self,
        user_id: str,
        tokens: TokenService,
        client: ZoomClient,
        record: bytes | None = None,
        answers: AnswerStore | None = None,
        quota_guard: QuotaGuard | None = None,
        refused_endpoints: RefusedEndpoints | None = None,
    ) -> None:
        """``record``: the user's token record, if the caller has just read it; the first call uses it.

        ``answers``: cleared when this user changes something. ``quota_guard``: holds back calls while a quota is
        exhausted. ``refused_endpoints``: remembers that an endpoint refused a fresh token.
        """
        self.user_id = user_id
        self._record = record
        self._tokens = tokens
        self._client = client
        self._answers = answers
        self._quota_guard = quota_guard
        self._refused_endpoints = refused_endpoints

    def send(self, call: Call) -> Answer:
        """Zoom's response with any status. The caller reads or closes it.

        Raises NotAuthorized, SessionExpired, UpstreamError, StoreUnavailable, or RateLimited without a call to Zoom.
        """
        try:
            return self._send(call)
        finally:
            # Zoom may have done a write that seems to have failed.
            if self._answers and call.method not in SAFE:
                self._answers.clear(self.user_id)

    def _send(self, call: Call) -> Answer:
        record, self._record = self._record, None
        token = self._tokens.access_token(self.user_id, record)
        answer = self._send_within_quota(call, token, record)
        if not refuses_token(answer):
            return answer
        endpoint = endpoint_name(call.method, call.path)
        return self._repeat(endpoint, answer, token, lambda fresh: self._client.send(call, fresh))

    def _repeat(self, endpoint: str, refusal: Answer, token: str, send: Callable[[str], Answer]) -> Answer:
        """The response to a fresh token, or ``refusal`` if this endpoint refused a fresh token a moment ago.

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

    def _send_within_quota(self, call: Call, token: str, record: bytes | None) -> Answer:
        if self._quota_guard is None:
            return self._client.send(call, token)
        return self._quota_guard.send(self._caller(record), call, lambda: self._client.send(call, token))

    def _caller(self, record: bytes | None) -> Caller:
        return Caller(self.user_id, lambda: self._tokens.load(self.user_id, record).account_id)

    def download(self, address: str, byte_range: str = "") -> Answer:
        """A file of this user's at Zoom, as a stream. Raises what ``send`` raises."""
        token = self._tokens.access_token(self.user_id)
        answer = self._client.download(address, token, byte_range)
        if not refuses_token(answer):
            return answer
        endpoint = endpoint_name("GET", urlsplit(address).path)
        return self._repeat(endpoint, answer, token, lambda fresh: self._client.download(address, fresh, byte_range))

    def scopes(self) -> frozenset[str]:
        """The scopes this user granted, as the token endpoint named them."""
        return self._tokens.scopes(self.user_id)

    def call(self, endpoint: Endpoint, body: Any = None, **arguments: Any) -> Any:
        """The JSON that an endpoint returns. ``arguments``: the ids in its path, and the query.

        ``user_id`` is ``me`` by default. Raises what ``send`` and ``parse_response`` raise.
        """
        target = endpoint.target(**{"user_id": ME, **arguments} if "{user_id}" in endpoint.path else arguments)
        headers = {"Content-Type": "application/json"} if body is not None else {}
        content = msgspec.json.encode(body) if body is not None else b""
        answer = self.send(Call(endpoint.method, target, headers, content))
        if self._quota_guard:
            self._quota_guard.remember_scarcity(self.user_id, answer)
        return parse_response(answer, self._client.clock())

    # One method per endpoint and use.

    def me(self) -> User:
        """The signed-in user. Raises UpstreamError for a response without a user id."""
        return _required(User.from_api(self.profile()), "user")

    def profile(self) -> JsonObject:
        """The signed-in user as Zoom describes them. Raises UpstreamError for a response without a user id."""
        user = self._object("user", endpoints.READ_USER)
        if not user.text("id"):
            raise UpstreamError("users/me without an id")
        return user

    def meetings(self, kind: str = "upcoming", page_token: str = "") -> Any:
        """One page of the user's meetings. ``kind``: upcoming, live, scheduled or previous_meetings."""
        return self.call(endpoints.LIST_MEETINGS, type=kind, page_size=PAGE_SIZE, next_page_token=page_token)

    def meeting_fields(self, meeting_id: int, *, past_dates: bool = False) -> dict[str, Any]:
        """One meeting as Zoom sends it. Raises UpstreamError for a response without an id."""
        query = {"show_previous_occurrences": "true" if past_dates else ""}
        found = self._object("meeting", endpoints.READ_MEETING, meeting_id=meeting_id, **query)
        _meeting(found)
        return found.fields

    def meeting(self, meeting_id: int, occurrence_id: str = "", *, past_dates: bool = False) -> Meeting:
        """One meeting. ``past_dates``: with the past occurrences of a recurring meeting."""
        query = {"occurrence_id": occurrence_id, "show_previous_occurrences": "true" if past_dates else ""}
        return _meeting(self._object("meeting", endpoints.READ_MEETING, meeting_id=meeting_id, **query))

    def create_meeting(self, body: dict[str, Any]) -> Meeting:
        """Create a meeting and return it."""
        return _meeting(self._object("meeting", endpoints.CREATE_MEETING, body))

    def update_meeting(self, meeting_id: int, changes: dict[str, Any], occurrence_id: str = "") -> None:
        """Change a meeting, or one occurrence of it."""
        self.call(endpoints.UPDATE_MEETING, changes, meeting_id=meeting_id, occurrence_id=occurrence_id)

    def delete_meeting(self, meeting_id: int, occurrence_id: str = "") -> None:
        """Delete a meeting, or one occurrence of it."""
        self.call(endpoints.DELETE_MEETING, meeting_id=meeting_id, occurrence_id=occurrence_id)

    def start_link(self, meeting_id: int) -> str:
        """A link that starts the meeting as its host: a credential, valid for two hours, never shown on a page."""
        return self._object("meeting", endpoints.READ_MEETING, meeting_id=meeting_id).text("start_url")

    def invitation(self, meeting_id: int) -> str:
        """The text of a meeting's invitation."""
        found = self._object("invitation", endpoints.READ_INVITATION, meeting_id=meeting_id)
        return _required(found.text("invitation"), "invitation")

    def past_meeting(self, instance: str) -> Any:
        """A past meeting as Zoom sends it: its topic, start and end. Raises UpstreamError if the UUID is missing."""
        found = self._object("past meeting", endpoints.READ_PAST_MEETING, instance=instance)
        _required(found.text("uuid"), "past meeting")
        return found.fields

    def meeting_summary(self, uuid: str) -> Any:
        """The AI Companion summary of one meeting instance. Zoom takes no meeting number here."""
        return self.call(endpoints.READ_SUMMARY, instance=uuid)

    def transcript(self, uuid: str) -> MeetingTranscript:
        """Whether one meeting instance has an AI Companion transcript, and where its file is."""
        return MeetingTranscript.from_api(self._object("transcript", endpoints.READ_TRANSCRIPT, instance=uuid))

    def polls(self, meeting_id: int) -> Any:
        """The polls of a meeting, with all choices. Zoom takes no UUID here."""
        return self.call(endpoints.LIST_POLLS, meeting_id=meeting_id)

    def poll_results(self, uuid: str) -> Any:
        """What people answered in the polls of one meeting instance."""
        return self.call(endpoints.LIST_POLL_RESULTS, instance=uuid)

    def questions(self, uuid: str) -> Any:
        """The Q&A of one meeting instance."""
        return self.call(endpoints.READ_QUESTIONS, instance=uuid)

    def question_report(self, uuid: str) -> Any:
        """The same from Zoom's report, with times and a status."""
        return self.call(endpoints.READ_QUESTION_REPORT, instance=uuid)

    def registrants(
        self,
        meeting_id: int,
        status: str = "approved",
        page_token: str = "",
        occurrence_id: str = "",
        page_size: int = PAGE_SIZE,
    ) -> Any:
        """One page of the registrants with a status: pending, approved or denied. Zoom takes no UUID here."""
        query = {"status": status, "page_size": page_size, "next_page_token": page_token}
        return self.call(endpoints.LIST_REGISTRANTS, meeting_id=meeting_id, occurrence_id=occurrence_id, **query)

    def registration_questions(self, meeting_id: int) -> Any:
        """The questions of a meeting's registration form."""
        return self.call(endpoints.LIST_REGISTRATION_QUESTIONS, meeting_id=meeting_id)

    def update_registrant_status(self, meeting_id: int, body: dict[str, Any], occurrence_id: str = "") -> None:
        """Approve, deny or cancel at most 30 registrants."""
        arguments = {"meeting_id": meeting_id, "occurrence_id": occurrence_id}
        self.call(endpoints.UPDATE_REGISTRANT_STATUS, body, **arguments)

    def add_registrant(self, meeting_id: int, body: dict[str, Any]) -> Any:
        """Register one person."""
        return self.call(endpoints.ADD_REGISTRANT, body, meeting_id=meeting_id)

    def add_registrants(self, meeting_id: int, body: dict[str, Any]) -> Any:
        """Register at most 30 people for a scheduled meeting that does not repeat."""
        return self.call(endpoints.ADD_REGISTRANTS, body, meeting_id=meeting_id)

    def past_instances(self, meeting_id: int) -> Any:
        """The past instances of a meeting's number. Raises UpstreamError for a response without the list."""
        body = self.call(endpoints.LIST_PAST_INSTANCES, meeting_id=meeting_id)
        read_rows(body, "meetings", lambda row: row.text("uuid") or None, "past instance")
        return body

    def live_participants(self, instance: str, page_token: str = "") -> Any:
        """One page of the participants of a running meeting, also those who left. Needs an admin's scope."""
        return self._participants(endpoints.LIST_LIVE_PARTICIPANTS, instance, page_token, type="live")

    def past_participants(self, instance: str, page_token: str = "") -> Any:
        """One page of the participants of a past meeting."""
        return self._participants(endpoints.LIST_PAST_PARTICIPANTS, instance, page_token)

    def report_participants(self, instance: str, page_token: str = "") -> Any:
        """One page of the participants of a past meeting, from Zoom's report. Needs an admin's scope."""
        query = {"include_fields": "registrant_id"}
        return self._participants(endpoints.LIST_REPORT_PARTICIPANTS, instance, page_token, **query)

    def _participants(self, endpoint: Endpoint, instance: str, page_token: str, **query: str) -> Any:
        return self.call(endpoint, instance=instance, page_size=PAGE_SIZE, next_page_token=page_token, **query)

    def recordings(self, first: date, last: date, page_token: str = "") -> Any:
        """One page of the recordings that started on these days of UTC, both included. Zoom returns at most a month."""
        days = {"from": first.isoformat(), "to": last.isoformat()}
        return self.call(endpoints.LIST_RECORDINGS, page_size=PAGE_SIZE, next_page_token=page_token, **days)

    def trashed_recordings(self, page_token: str = "") -> Any:
        """One page of all recordings in the trash."""
        return self.call(endpoints.LIST_RECORDINGS, trash="true", page_size=PAGE_SIZE, next_page_token=page_token)

    def recording_fields(self, uuid: str) -> dict[str, Any]:
        """The recording of one meeting instance as Zoom sends it."""
        return self._object("recording", endpoints.READ_RECORDING, instance=uuid).fields

    def recording(self, uuid: str) -> Recording:
        """The recording of one meeting instance."""
        return _required(Recording.from_api(self.recording_fields(uuid)), "recording")

    def _object(self, kind: str, endpoint: Endpoint, body: Any = None, **arguments: Any) -> JsonObject:
        """The JSON object that an endpoint returns. Raises UpstreamError for another value."""
        answer = self.call(endpoint, body, **arguments)
        if not isinstance(answer, dict):
            raise UpstreamError(f"response that is no {kind}")
        return JsonObject(answer, kind)


def _required(value: Value | None, kind: str) -> Value:
    """The value. Raises UpstreamError without one: such a response is a failure."""
    if not value:
        raise UpstreamError(f"response without a {kind}")
    return value


def _meeting(answer: JsonObject) -> Meeting:
    return _required(Meeting.from_api(answer), "meeting")


def refuses_token(answer: Answer) -> bool:
    """Whether Zoom refused the access token itself: 401, or code 124 with another status of the 4xx.

    Zoom also sends 401 and code 124 for a missing scope: a refresh cannot help there.
    """
    if not 400 <= answer.status < 500 or answer.status == 429:
        return False
    body = answer.refusal()
    if lacks_scope(body.decode("utf-8", "replace")):
        return False
    code, _ = refusal_words(body)
    return answer.status == 401 or code == INVALID_ACCESS_TOKEN
