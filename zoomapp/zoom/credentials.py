"""Which fields of Zoom's JSON let a person in, and JSON without their values.

A join link stays as it is: Zoom puts an encrypted passcode into it, and people share it.
"""

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
            name: WITHHELD if _is_credential(name, part) else without_credentials(part) for name, part in value.items()
        }
    if isinstance(value, list | tuple):
        return [without_credentials(part) for part in value]
    return value


def _is_credential(name: str, value: Any) -> bool:
    """Whether a field holds a credential. Settings such as ``meeting_password_requirement`` are objects or flags."""
    return (
        bool(value) and isinstance(value, str | int | float | list) and value is not True and bool(_NAME.search(name))
    )
