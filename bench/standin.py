"""The dynamic part of the benchmark's Zoom: tokens, users, slow responses.

The upstream's nginx, which speaks TLS, passes requests to it. The code names the person: ``c-ada`` signs Ada
in. A refresh token can be used once, as at Zoom. Access tokens of people named ``brief…`` expire after a second.
"""

from __future__ import annotations

import asyncio
import json
import sys
from urllib.parse import parse_qs

BRIEF_SECONDS = 1
#: How long a refresh takes.
RENEWAL_SECONDS = 0.15
#: Zoom's access tokens have about 690 characters.
PADDING = "x" * 660


class Zoom:
    def __init__(self) -> None:
        self._generation: dict[str, int] = {}
        #: Number of refreshes per person.
        self.renewals: dict[str, int] = {}

    async def answer(self, target: str, token: str, form: dict[str, str]) -> tuple[int, object]:
        """Status, and JSON or the bytes of it."""
        path = target.partition("?")[0]
        if path == "/oauth/token":
            return await self._tokens(form)
        if path == "/v2/users/me":
            return 200, {"id": token.split("-")[1], "account_id": "account"}
        if path.startswith("/v2/slow/"):
            await asyncio.sleep(int(path.rpartition("/")[2]) / 1000)
            return 200, {"slept": path}
        return 200, self.renewals

    async def _tokens(self, form: dict[str, str]) -> tuple[int, object]:
        if form["grant_type"] == "authorization_code":
            who = form["code"].partition("-")[2]
            self._generation[who] = 0
            return 200, self._pair(who, BRIEF_SECONDS if who.startswith("brief") else 3600)
        _, who, generation = form["refresh_token"].split("-")
        self.renewals[who] = self.renewals.get(who, 0) + 1
        if int(generation) != self._generation[who]:
            return 400, {"error": "invalid_grant", "reason": "Invalid Token!"}
        self._generation[who] += 1
        await asyncio.sleep(RENEWAL_SECONDS)
        return 200, self._pair(who, 3600)

    def _pair(self, who: str, seconds: int) -> dict[str, object]:
        generation = self._generation[who]
        access, refresh = f"a-{who}-{generation}-{PADDING}", f"r-{who}-{generation}"
        return {"access_token": access, "refresh_token": refresh, "expires_in": seconds, "scope": "user:read"}


async def converse(zoom: Zoom, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answer one connection's requests until it ends."""
    try:
        while True:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
            headers = dict(line.lower().split(": ", 1) for line in head[1:] if line)
            body = await reader.readexactly(int(headers.get("content-length", 0)))
            form = {name: values[0] for name, values in parse_qs(body.decode()).items()}
            token = headers.get("authorization", "").partition(" ")[2]
            status, said = await zoom.answer(head[0].split(" ")[1], token, form)
            content = said if isinstance(said, bytes) else json.dumps(said).encode()
            lines = (
                f"HTTP/1.1 {status} -",
                "Content-Type: application/json",
                f"Content-Length: {len(content)}",
                "",
                "",
            )
            writer.write("\r\n".join(lines).encode() + content)
    except (asyncio.IncompleteReadError, ConnectionError):
        writer.close()


async def serve(zoom: Zoom, port: int) -> None:
    """Serve on the loopback address until the process ends."""
    server = await asyncio.start_server(
        lambda reader, writer: converse(zoom, reader, writer), "127.0.0.1", port, backlog=1024
    )
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(Zoom(), int(sys.argv[1])))
