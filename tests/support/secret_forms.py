"""All encodings in which a secret could leak: unchanged, percent-encoded, in hex, in base64 at any offset."""

import base64
from collections.abc import Iterable
from urllib.parse import quote

SHORTEST = 6


def forms(secret: bytes) -> set[bytes]:
    """Every encoding of the secret. Raises ValueError for a secret so short that it could occur by chance."""
    if len(secret) < SHORTEST:
        raise ValueError("too short to look for")
    percent = "".join(f"%{byte:02x}" for byte in secret).encode()
    plain = {secret, quote(secret).encode(), quote(secret, safe="").encode(), percent, percent.upper()}
    return plain | {secret.hex().encode(), secret.hex().upper().encode()} | base64s(secret)


def base64s(secret: bytes) -> set[bytes]:
    """The characters of its base64 form that do not depend on the bytes around it, at each of the three offsets."""
    found = set()
    for offset, first in ((0, 0), (1, 2), (2, 3)):
        whole = base64.b64encode(bytes(offset) + secret)
        # The last character also encodes bits of the next byte, unless the secret ends on a boundary.
        last = len(whole.rstrip(b"=")) - (1 if (offset + len(secret)) % 3 else 0)
        found |= {whole[first:last], whole[first:last].replace(b"+", b"-").replace(b"/", b"_")}
    return found


def leaks(secrets: dict[str, bytes], where: Iterable[tuple[str, bytes]]) -> list[str]:
    """``name in place`` for each secret that was found. The secret itself is not in the result."""
    wanted = [(name, form) for name, secret in secrets.items() for form in forms(secret)]
    return sorted({f"{name} in {place}" for place, text in where for name, form in wanted if form in text})
