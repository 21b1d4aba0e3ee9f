"""Who lives in every story, and what each of them can grant."""

from __future__ import annotations

from typing import TYPE_CHECKING

from offline_zoom.model import Account, User
from offline_zoom.oauth.scopes import ADMIN_SCOPES, USER_SCOPES

if TYPE_CHECKING:
    from offline_zoom.world import World

BUSINESS, PRO, FREE = "aB3dE5fG7hI9jK1lM3nO5p", "pR0oP2qS4tU6vW8xY0zA1b", "fR3eE5gH7iJ9kL1mN3oP5q"


def scopes_for(user: User, admin_managed: bool) -> list[str]:
    """What the app gets from this user: whole-account scopes only from those with the role for it."""
    return ADMIN_SCOPES if admin_managed and user.role_name in ("Owner", "Admin") else USER_SCOPES


def settle(world: World) -> None:
    """Three accounts and the people in them; Dana is the one who is signed in."""
    for account in (
        Account(BUSINESS, "Okoye Studio", "business", 100200300),
        Account(PRO, "Priya Nair", "pro", 100200301),
        Account(FREE, "Finn Olsen", "free", 100200302),
    ):
        world.accounts[account.id] = account
    for user in (
        User(
            "dana",
            "Zq1r5T9pQ0uVbXcD3eFgHA",
            BUSINESS,
            "dana@example.com",
            "Dana",
            "Okoye",
            "Admin",
            dept="Design",
            pmi=4085551234,
        ),
        User(
            "jonas",
            "JwB4nK7sR2mTqLx9Yc0ZdQ",
            BUSINESS,
            "jonas@example.com",
            "Jonas",
            "Weber",
            dept="Design",
            pmi=4085551235,
        ),
        User(
            "ada",
            "aDa9LqVt3Rk0Xs6Bn1Mw2g",
            BUSINESS,
            "ada@example.com",
            "Ada",
            "Lindqvist",
            "Owner",
            dept="IT",
            pmi=4085551236,
        ),
        User(
            "priya",
            "pRy5NaIr8Vx2Kd7Tq4Zm3w",
            PRO,
            "priya@example.net",
            "Priya",
            "Nair",
            timezone="Asia/Kolkata",
            pmi=4085551237,
        ),
        User(
            "finn",
            "fNn0OlSe6Hj1Wc9Bp5Yt7k",
            FREE,
            "finn@example.org",
            "Finn",
            "Olsen",
            type=1,
            timezone="Europe/Oslo",
            pmi=4085551238,
        ),
    ):
        world.users[user.id] = user
    world.sign_in_as("dana")
