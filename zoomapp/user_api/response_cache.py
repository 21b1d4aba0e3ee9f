"""Which of Zoom's raw responses the proxy serves again, and how old they may be: per user and grant, without secrets.

The answer store saves them, clears them after a change, and lets one of many callers fetch the same response.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from zoomapp.errors import UpstreamError
from zoomapp.store import key_names
from zoomapp.user_api.answer_store import RESPONSE_SECONDS, AnswerStore
from zoomapp.user_api.local_lru import CachedResponse
from zoomapp.zoom import call_trace
from zoomapp.zoom.client import Answer, Call
from zoomapp.zoom.content_encoding import decoded
from zoomapp.zoom.credentials import CREDENTIAL_FIELD

#: While Zoom cannot answer, a response of this age is better than none.
STALE_SECONDS = RESPONSE_SECONDS / 2
#: The response headers that are still true later. Those of Zoom's rate limits are not.
HEADERS = ("Content-Type", "Content-Encoding", "Content-Language", "X-Zm-Trackingid")


@dataclass(frozen=True)
class CacheOwner:
    """Whose responses: the user, the grant, and the version that was read with the session."""

    user_id: str
    grant_id: str
    version: bytes


@dataclass(frozen=True)
class CacheResult:
    """``state`` is hit, miss or stale. A miss has Zoom's ``answer``, and ``cached`` if it can be cached."""

    state: str
    age: int = 0
    cached: CachedResponse | None = None
    answer: Answer | None = None


class ResponseCache:
    """The raw responses that the proxy may serve again."""

    def __init__(self, answers: AnswerStore, clock: Callable[[], float]) -> None:
        self._answers = answers
        self._clock = clock

    def get_or_fetch(
        self, owner: CacheOwner, call: Call, seconds: int, fetch: Callable[[], Answer], *, reload: bool = False
    ) -> CacheResult:
        """The response to ``call``, at most ``seconds`` old. ``reload``: always from Zoom.

        Raises what ``fetch`` raises, and StoreUnavailable.
        """
        name = _name(owner, call)
        cached = self._load(owner, name)
        if reload:
            return self._fetch(owner, name, cached, fetch, call)
        if cached is None or self._age(cached) >= seconds:
            with self._answers.turn(owner.user_id, name) as first:
                cached = (None if first else self._load(owner, name)) or cached
                if cached is None or self._age(cached) >= seconds:
                    return self._fetch(owner, name, cached, fetch, call)
        return self._result("hit", cached, call)

    def _load(self, owner: CacheOwner, name: str) -> CachedResponse | None:
        return self._answers.load_response(owner.user_id, name, owner.version)

    def _fetch(
        self, owner: CacheOwner, name: str, cached: CachedResponse | None, fetch: Callable[[], Answer], call: Call
    ) -> CacheResult:
        """Zoom's answer, or the cached response while Zoom fails."""
        stale = cached if cached and self._age(cached) < STALE_SECONDS else None
        try:
            answer = fetch()
        except UpstreamError:
            if stale is None:
                raise
            return self._result("stale", stale, call)
        if stale and (answer.status == 429 or answer.status >= 500):
            answer.close()
            return self._result("stale", stale, call)

        body = answer.whole() if answer.status == 200 else None
        if body is None or not is_cacheable(answer.headers, body):
            if cached and answer.status < 429:
                self._answers.delete_response(owner.user_id, name)
            return CacheResult("miss", answer=answer)

        headers = {header: answer.headers[header] for header in HEADERS if header in answer.headers}
        response = CachedResponse(owner.version, self._clock(), f'"{key_names.digest(body)}"', headers, body)
        self._answers.save_response(owner.user_id, name, response)
        return CacheResult("miss", cached=response, answer=answer)

    def _result(self, state: str, cached: CachedResponse, call: Call) -> CacheResult:
        call_trace.record_cache_hit(call.method, call.path)
        return CacheResult(state, int(self._age(cached)), cached)

    def _age(self, cached: CachedResponse) -> float:
        return max(0.0, self._clock() - cached.at)


def _name(owner: CacheOwner, call: Call) -> str:
    """The name of a response: of one user, one grant, one request target, and the formats its caller accepts."""
    accepted = [call.headers.get(header, "") for header in ("Accept", "Accept-Encoding", "Accept-Language")]
    return key_names.digest("\n".join([owner.user_id, owner.grant_id, call.target, *accepted]))


MAX_BYTES = 128 * 1024
#: A response that is larger than this when decoded is not searched, and so not cached.
MAX_DECODED_BYTES = 4 * 1024 * 1024


def is_cacheable(headers: Mapping[str, str], body: bytes) -> bool:
    """Whether a response is small, is JSON, and holds no secret."""
    if len(body) > MAX_BYTES or not headers.get("Content-Type", "").lower().startswith("application/json"):
        return False
    text = decoded(headers.get("Content-Encoding", ""), body, MAX_DECODED_BYTES)
    return text is not None and not CREDENTIAL_FIELD.search(text)
