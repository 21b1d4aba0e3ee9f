"""The shapes a secret may take when it leaks: as it is, percent-encoded, in hex, in base64 at any offset."""

import base64
from collections.abc import Iterable
from urllib.parse import quote

SHORTEST = 6


def forms(secret: bytes) -> set[bytes]:
    """Every spelling to look for. Raises ValueError for a secret too short to be told from chance."""
    if len(secret) < SHORTEST:
        raise ValueError("too short to look for")
    percent = "".join(f"%{byte:02x}" for byte in secret).encode()
    plain = {secret, quote(secret).encode(), quote(secret, safe="").encode(), percent, percent.upper()}
    return plain | {secret.hex().encode(), secret.hex().upper().encode()} | base64s(secret)


def base64s(secret: bytes) -> set[bytes]:
    """What base64 makes of it wherever it stands in a longer text: the letters no neighbour changes."""
    found = set()
    for offset, first in ((0, 0), (1, 2), (2, 3)):
        whole = base64.b64encode(bytes(offset) + secret)
        # The last letter mixes with what follows, unless the text fills it up.
        last = len(whole.rstrip(b"=")) - (1 if (offset + len(secret)) % 3 else 0)
        found |= {whole[first:last], whole[first:last].replace(b"+", b"-").replace(b"/", b"_")}
    return found


def leaks(secrets: dict[str, bytes], where: Iterable[tuple[str, bytes]]) -> list[str]:
    """``secret in place``, for each one found; the secret itself is not repeated."""
    wanted = [(name, form) for name, secret in secrets.items() for form in forms(secret)]
    return sorted({f"{name} in {place}" for place, text in where for name, form in wanted if form in text})
