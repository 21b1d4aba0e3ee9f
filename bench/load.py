"""Load generators on the loopback address: a closed loop (wrk), and an open loop of our own with a fixed rate."""

from __future__ import annotations

import asyncio
import http.client
import json
import ssl
import subprocess
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from devtools.found import need

#: The headers of a fetch request in a browser.
HEADERS = {
    "Accept": "application/json",
    "Accept-Encoding": "gzip, deflate, br",
    "Accept-Language": "en-GB,en;q=0.9",
    "Cache-Control": "no-cache",
    "Sec-Fetch-Dest": "empty",
    "Sec-Fetch-Mode": "cors",
    "Sec-Fetch-Site": "same-origin",
    "User-Agent": "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0 Safari/537.36",
}
PATIENCE_SECONDS = 30


@dataclass(frozen=True)
class Carried:
    """The result of one run of wrk; latencies in milliseconds."""

    requests: int
    seconds: float
    failed: int
    p50: float
    p99: float

    @property
    def per_second(self) -> float:
        return self.requests / self.seconds


def closed(url: str, cookies: Path, seconds: float, connections: int, headers: dict[str, str]) -> Carried:
    """Run a closed loop: each connection sends its next request when it has the response."""
    said = [part for name, value in headers.items() for part in ("-H", f"{name}: {value}")]
    size = ["-t", "1", "-c", str(connections), "-d", f"{max(1, round(seconds))}s", "--timeout", "10s"]
    script = str(Path(__file__).with_name("load.lua"))
    command = [need("wrk"), *size, *said, "-s", script, url, "--", str(cookies)]
    return carried(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def carried(output: str) -> Carried:
    """Parse the last line of wrk's output, which our script printed."""
    return Carried(**json.loads(output.strip().rpartition("\n")[2]))


@dataclass(frozen=True)
class Answered:
    """One answer of an open loop: the status (0: none), when it was asked for, how long it took; seconds."""

    status: int
    asked_at: float
    seconds: float


def percentile(answers: Sequence[Answered], percent: float) -> float:
    """The latency percentile in milliseconds. A request without a response counts as the slowest."""
    order = sorted(each.seconds if each.status else float("inf") for each in answers)
    return order[min(len(order) - 1, int(len(order) * percent / 100))] * 1000


@dataclass
class Caller:
    """Sends requests at fixed times, also while earlier ones are unanswered."""

    url: str
    cookies: Sequence[str]
    headers: dict[str, str] = field(default_factory=dict)
    trusts: Path | None = None

    def steady(self, rate: float, seconds: float, warm_up_seconds: float = 0.0) -> list[Answered]:
        """Answers to ``rate`` requests a second; those of the warm-up are left out."""
        count = round(rate * (seconds + warm_up_seconds))
        answers = self._run([number / rate for number in range(count)])
        return [each for each in answers if each.asked_at >= warm_up_seconds]

    def burst(self, count: int) -> list[Answered]:
        """Answers to ``count`` requests at once, each on a connection that was opened beforehand."""
        return self._run([0.0] * count, ready=count)

    def _run(self, due: Sequence[float], ready: int = 1) -> list[Answered]:
        """Send the requests from a new thread, because the caller's thread may already run an event loop."""
        with ThreadPoolExecutor(1) as pool:
            return pool.submit(lambda: asyncio.run(self._send(due, ready))).result()

    async def _send(self, due: Sequence[float], ready: int) -> list[Answered]:
        requests = [self._request(cookie) for cookie in self.cookies]
        self._idle = [await self._connect() for _ in range(ready)]
        self._began = time.perf_counter()
        tasks = []
        for number, moment in enumerate(due):
            if (wait := moment - (time.perf_counter() - self._began)) > 0:
                await asyncio.sleep(wait)
            tasks.append(asyncio.create_task(self._ask(requests[number % len(requests)])))
        answers = await asyncio.gather(*tasks)
        for connection in self._idle:
            connection.close()
        return list(answers)

    async def _ask(self, request: bytes) -> Answered:
        began = time.perf_counter()
        status = 0
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                connection = self._idle.pop() if self._idle else await self._connect()
                status = await connection.ask(request)
            self._idle.append(connection)
        except (OSError, TimeoutError):
            pass
        return Answered(status, began - self._began, time.perf_counter() - began)

    async def _connect(self) -> Connection:
        where = urlsplit(self.url)
        tls = ssl.create_default_context(cafile=self.trusts) if where.scheme == "https" else None
        loop = asyncio.get_running_loop()
        _, connection = await loop.create_connection(Connection, where.hostname or "", where.port or 0, ssl=tls)
        return connection

    def _request(self, cookie: str) -> bytes:
        where = urlsplit(self.url)
        headers = {"Host": where.netloc, **self.headers, **({"Cookie": cookie} if cookie else {})}
        lines = [f"GET {where.path}?{where.query} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
        return "\r\n".join([*lines, "", ""]).encode()


class Connection(asyncio.Protocol):
    """One kept-alive connection, one request at a time."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._came = bytearray()
        self._status: asyncio.Future[int] | None = None

    def ask(self, request: bytes) -> asyncio.Future[int]:
        """The status, once the whole answer has come."""
        self._came.clear()
        self._status = asyncio.get_running_loop().create_future()
        if self._transport.is_closing():
            self._status.set_exception(ConnectionResetError())
        self._transport.write(request)
        return self._status

    def close(self) -> None:
        self._transport.close()

    def data_received(self, data: bytes) -> None:
        self._came += data
        if self._status and not self._status.done() and (status := whole(self._came)):
            self._status.set_result(status)

    def connection_lost(self, error: Exception | None) -> None:
        if self._status and not self._status.done():
            self._status.set_exception(error if isinstance(error, OSError) else ConnectionResetError())


def whole(came: bytes | bytearray) -> int:
    """The status of a complete HTTP/1.1 response; 0 if it is incomplete."""
    head, there, body = bytes(came).partition(b"\r\n\r\n")
    if not there:
        return 0
    status = int(head[9:12])
    lower = head.lower()
    if b"\r\ntransfer-encoding: chunked" in lower:
        return status if body.endswith(b"0\r\n\r\n") else 0
    _, named, length = lower.partition(b"\r\ncontent-length:")
    wanted = int(length.partition(b"\r\n")[0]) if named and status not in (204, 304) else 0
    return status if len(body) >= wanted else 0


def fetch(url: str, cookie: str, headers: dict[str, str]) -> dict[str, str]:
    """The headers of one response, with lower-case names."""
    where = urlsplit(url)
    connection = http.client.HTTPConnection(where.hostname or "", where.port, timeout=PATIENCE_SECONDS)
    connection.request("GET", where.path, headers={**headers, "Cookie": cookie})
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return {name.lower(): value for name, value in answer.getheaders()}


def downloads(url: str, cookies: Sequence[str]) -> float:
    """Seconds until all these people, downloading at the same time, have the whole body."""
    began = time.perf_counter()
    with ThreadPoolExecutor(len(cookies)) as pool:
        list(pool.map(lambda cookie: _download(url, cookie), cookies))
    return time.perf_counter() - began


def _download(url: str, cookie: str) -> None:
    where = urlsplit(url)
    connection = http.client.HTTPConnection(where.hostname or "", where.port, timeout=60)
    connection.request("GET", where.path, headers={"Cookie": cookie})
    answer = connection.getresponse()
    buffer, missing_bytes = bytearray(256 * 1024), answer.length or 0
    assert answer.status == 200, f"{url} answered {answer.status}"
    while count := answer.readinto(buffer):
        missing_bytes -= count
    assert not missing_bytes, f"{url} broke off"
    connection.close()
