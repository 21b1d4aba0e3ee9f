"""Deep links that open the app in the client."""

from __future__ import annotations

from typing import Any

from offline_zoom.errors import current_world, refuse
from offline_zoom.oauth.scopes import RequiredScopes
from offline_zoom.rest.endpoints import EndpointRule, current_grant, endpoint
from offline_zoom.rest.meeting_validation import json_body

JSON = dict[str, Any]


@endpoint("POST", "/zoomapp/deeplink", EndpointRule(RequiredScopes(("zoomapp:inmeeting",), ("zoomapp:inmeeting",))))
def make_deeplink() -> JSON:
    """Create a deep link that opens the app in the client with an action in its context."""
    body = json_body()
    action = body.get("action", "")
    if not isinstance(action, str):
        refuse(400, 300, "Validation Failed.", [{"field": "action", "message": "Invalid field."}])
    return {"deeplink": current_world().deeplink(current_grant().user_id, action)}
