"""The page cache of this request, through which its page reads from Zoom."""

from __future__ import annotations

from typing import cast

from flask import g, request

from zoomapp.user_api.page_cache import PageCache
from zoomapp.web.current_user import is_prefetch, services, this_session, user_client, uses_one_time_link
from zoomapp.web.errors import prefers_html
from zoomapp.web.viewer import now


def page_cache() -> PageCache:
    """What this user's pages read from Zoom. It is the same everywhere on a page. Raises NotSignedIn.

    A reload, a one-time link, and the request that signed the user in read what Zoom says now.
    """
    if "page_cache" not in g:
        session = this_session()
        g.page_cache = services().page_caches.of(
            user_client().user_id,
            session.version,
            now(),
            reload=_is_reload() or uses_one_time_link() or not session.stored,
            in_steps=request.method == "GET" and prefers_html() and not uses_one_time_link(),
            prefetch=is_prefetch(),
        )
    return cast(PageCache, g.page_cache)


def _is_reload() -> bool:
    """Whether a person reloads the page. A script that asks for the live part again and again is none."""
    if request.headers.get("Sec-Fetch-Mode", "navigate") != "navigate":
        return False
    wishes = request.headers.get("Cache-Control", "").lower().replace(" ", "").split(",")
    return "no-cache" in wishes or "max-age=0" in wishes
