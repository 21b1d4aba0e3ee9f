"""Paths of this app to return to, which come from an address or a form and so may be wrong on purpose."""

from __future__ import annotations

MAX_LENGTH = 2000


def own_path(address: str) -> str:
    """The address if it is a path of this app, else an empty text. Prevents an open redirect."""
    safe = address.startswith("/") and not address.startswith("//") and "\\" not in address and address.isprintable()
    return address if safe and len(address) <= MAX_LENGTH else ""


def page_path(address: str) -> str:
    """The address if it is the path of a page of this app, else an empty text. No page is below ``/api/``."""
    path = own_path(address)
    return "" if path.startswith("/api/") else path
