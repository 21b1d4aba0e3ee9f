"""Which fields of Zoom's JSON let a person in, and JSON without their values."""

from __future__ import annotations

import re
from typing import Any

_NAMES = "start_url|zak|passw|passcode|host_key|access_token"
_NAME = re.compile(_NAMES, re.IGNORECASE)
#: A field of such a name anywhere in JSON text.
CREDENTIAL_FIELD = re.compile(rf'"[^"]*(?:{_NAMES})[^"]*"\s*:'.encode(), re.IGNORECASE)
#: Stands for a value that was removed, so that a page still knows that there is one.
WITHHELD = "withheld"


def without_credentials(value: Any) -> Any:
    """The same JSON value with the texts of credential fields replaced by ``WITHHELD``."""
    if isinstance(value, dict):
        return {
            name: WITHHELD if part and isinstance(part, str) and _NAME.search(name) else without_credentials(part)
            for name, part in value.items()
        }
    if isinstance(value, list | tuple):
        return [without_credentials(part) for part in value]
    return value
