"""The cached responses that one process used last, in memory."""

from __future__ import annotations

import sys
import threading
from collections import OrderedDict
from dataclasses import dataclass

#: The size of the cache of one process.
LOCAL_BYTES = 8 * 1024 * 1024
#: What a response takes beside its texts: its objects and its place in the dictionary.
ENTRY_BYTES = 448


@dataclass(frozen=True)
class CachedResponse:
    """Zoom's response with status 200, received ``at`` (epoch seconds), valid for one ``version`` of a user's data."""

    version: bytes
    at: float
    etag: str
    headers: dict[str, str]
    body: bytes


class LocalLRU:
    """A least-recently-used cache of up to ``max_bytes`` of memory."""

    def __init__(self, max_bytes: int = LOCAL_BYTES) -> None:
        self._max_bytes = max_bytes
        self._lock = threading.Lock()
        self._bytes = 0
        #: By name: the response and the memory it takes.
        self._entries: OrderedDict[str, tuple[CachedResponse, int]] = OrderedDict()

    def get(self, name: str) -> CachedResponse | None:
        with self._lock:
            entry = self._entries.get(name)
            if entry is None:
                return None
            self._entries.move_to_end(name)
            return entry[0]

    def put(self, name: str, response: CachedResponse) -> None:
        size = _bytes_in_memory(name, response)
        with self._lock:
            self._remove(name)
            self._entries[name] = (response, size)
            self._bytes += size
            while self._bytes > self._max_bytes:
                self._bytes -= self._entries.popitem(last=False)[1][1]

    def delete(self, name: str) -> None:
        with self._lock:
            self._remove(name)

    def _remove(self, name: str) -> None:
        if (entry := self._entries.pop(name, None)) is not None:
            self._bytes -= entry[1]


def _bytes_in_memory(name: str, response: CachedResponse) -> int:
    texts = [name, response.version, response.etag, response.body, *response.headers.values()]
    return ENTRY_BYTES + sys.getsizeof(response.headers) + sum(map(sys.getsizeof, texts))
