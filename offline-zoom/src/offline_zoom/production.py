"""Recognizes an environment in which the offline Zoom must not start."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

#: environment variables that hosting platforms set
HOSTING_VARIABLES = (
    "DYNO",
    "KUBERNETES_SERVICE_HOST",
    "FLY_APP_NAME",
    "RENDER",
    "K_SERVICE",
    "AWS_EXECUTION_ENV",
    "WEBSITE_INSTANCE_ID",
)


def production_signs(environ: Mapping[str, str]) -> list[str]:
    """The signs of a production environment, empty on a development machine."""
    signs = hosting_signs(environ)
    for name in ("ZOOM_HOST", "ZOOM_API_HOST"):
        host = urlsplit(environ.get(name, "")).hostname or ""
        real = any(host == zoom or host.endswith(f".{zoom}") for zoom in ("zoom.us", "zoomgov.com"))
        if real and environ.get("ZOOM_CLIENT_SECRET"):
            signs.append(f"{name}={host} with a client secret")
    return signs


def hosting_signs(environ: Mapping[str, str]) -> list[str]:
    """The variables of a hosting platform."""
    return [name for name in HOSTING_VARIABLES if environ.get(name)]
