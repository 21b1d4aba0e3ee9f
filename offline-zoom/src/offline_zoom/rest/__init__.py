"""Zoom's REST API below ``/v2``: one module per resource. Importing this package registers the endpoints of all."""

from importlib import import_module
from pkgutil import iter_modules

from offline_zoom.rest.endpoints import bp, check, with_rate_headers

__all__ = ["bp", "check", "with_rate_headers"]

for _name in sorted(module.name for module in iter_modules(__path__)):
    import_module(f"{__name__}.{_name}")
