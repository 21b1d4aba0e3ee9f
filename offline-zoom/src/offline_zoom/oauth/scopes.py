"""What an endpoint says about its scopes, and which scopes a user can grant: those of all endpoints, and a few more.

https://developers.zoom.us/docs/integrations/oauth-scopes-granular/
"""

from __future__ import annotations

from typing import NamedTuple

from offline_zoom.model import User


class RequiredScopes(NamedTuple):
    """The scopes of one endpoint: for the user's own data, and for the whole account. One of them is enough."""

    own: tuple[str, ...]
    account: tuple[str, ...]

    @property
    def names(self) -> list[str]:
        """The granular scopes, as Zoom's error message lists them."""
        return [self.own[0], self.account[0]] if self.own else [self.account[0]]


def user_and_admin(granular: str, *classic: str) -> RequiredScopes:
    """A granular scope, plain and with ``:admin``, and its classic scopes."""
    return RequiredScopes((granular, *classic), (f"{granular}:admin", *(f"{name}:admin" for name in classic)))


def admin_only(granular: str, *classic: str) -> RequiredScopes:
    """A scope that exists for whole accounts only."""
    return RequiredScopes((), (f"{granular}:admin", *classic))


#: The scope of the app's own token, with which its chatbot writes. No user grants it.
BOT = RequiredScopes(("imchat:bot",), ("imchat:bot",))

#: A scope of apps of before 2024 alone: Zoom names no newer scope for this endpoint. No user grants it.
CLASSIC_REPORT = RequiredScopes((), ("report:read:admin",))

#: The scopes of programs that manage apps. A user of the app grants none of them.
READ_APPS = user_and_admin("marketplace:read:app", "marketplace_app:read")
WRITE_APPS = user_and_admin("marketplace:write:app", "marketplace_app:write")
#: Zoom names no newer scope for its log of webhooks.
READ_WEBHOOK_LOGS = RequiredScopes(("marketplace_app:read",), ("marketplace_app:read:admin",))

#: The scopes of all REST endpoints: ``rest.endpoints.endpoint`` adds those of each endpoint that it registers.
_endpoint_scopes: set[RequiredScopes] = set()


def add_endpoint(scopes: RequiredScopes) -> None:
    """Let users grant the scopes of an endpoint."""
    if scopes not in (BOT, CLASSIC_REPORT, READ_APPS, WRITE_APPS, READ_WEBHOOK_LOGS):
        _endpoint_scopes.add(scopes)


def user_scopes() -> list[str]:
    """The scopes of a user-managed app."""
    own = {scopes.own[0] for scopes in _endpoint_scopes if scopes.own}
    return sorted(own | {"meeting:read:participant", "cloud_recording:read:recording"})


def admin_scopes() -> list[str]:
    """The scopes of an admin-managed app, which cannot have the plain ones as well."""
    account = {scopes.account[0] for scopes in _endpoint_scopes}
    return sorted(account | {"meeting:read:participant:admin", "cloud_recording:read:recording:admin"})


def scopes_for(user: User, admin_managed: bool) -> list[str]:
    """The scopes that this user can grant. Only owners and admins of an admin-managed app grant ``:admin`` scopes."""
    return admin_scopes() if admin_managed and user.role_name in ("Owner", "Admin") else user_scopes()
