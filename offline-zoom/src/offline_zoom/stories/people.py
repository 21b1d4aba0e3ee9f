"""The accounts and users of every story."""

from __future__ import annotations

from offline_zoom.model import Account, User
from offline_zoom.stories.story_data import StoryData

BUSINESS, PRO, FREE = "aB3dE5fG7hI9jK1lM3nO5p", "pR0oP2qS4tU6vW8xY0zA1b", "fR3eE5gH7iJ9kL1mN3oP5q"


def add_people(story: StoryData) -> None:
    """Add three accounts and their users. Dana is signed in."""
    for account in (
        Account(BUSINESS, "Okoye Studio", "business", 100200300),
        Account(PRO, "Priya Nair", "pro", 100200301),
        Account(FREE, "Finn Olsen", "free", 100200302),
    ):
        story.accounts[account.id] = account
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
        story.users[user.id] = user
    story.me = "dana"
