"""Makes registrants of a meeting for the stories, and changes registrations in a world."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Any

from offline_zoom.identifiers import random_text
from offline_zoom.model import Meeting, Registrant

#: what a request about a status does, and the status that it leads to
ACTIONS = {"approve": "approved", "cancel": "cancelled", "deny": "denied"}
QUESTIONS = {
    "questions": [
        {"field_name": "last_name", "required": True},
        {"field_name": "org", "required": False},
        {"field_name": "job_title", "required": False},
    ],
    "custom_questions": [
        {"title": "What do you want to hear about?", "type": "short", "required": False, "answers": []},
        {
            "title": "How did you hear of us?",
            "type": "single",
            "required": True,
            "answers": ["A colleague", "The newsletter", "Another way"],
        },
    ],
}
Person = tuple[str, str, str, str]


def open_registration(meeting: Meeting, *, registration_type: int = 1) -> None:
    """Turn on registration with approval by hand, and a form with questions."""
    meeting.settings |= {"approval_type": 1, "registration_type": registration_type}
    meeting.registration_questions = QUESTIONS


def add_registrants(meeting: Meeting, people: Iterable[Person], status: str, at: float) -> None:
    """Add people, given as first name, last name, email and company, who registered an hour apart until ``at``."""
    for place, (first, last, email, company) in enumerate(people):
        answers: dict[str, Any] = {"org": company} if company else {}
        answers["custom_questions"] = [{"title": "How did you hear of us?", "value": "A colleague"}] if company else []
        meeting.registrants.append(
            Registrant(registrant_id(f"{meeting.id} {email}"), email, first, last, status, at - 3600 * place, answers)
        )


def new_registrant(meeting: Meeting, body: dict[str, Any], now: float, *, approve: bool) -> Registrant:
    """A new registrant of a meeting. People wait for approval if the meeting wants it and ``approve`` is not set."""
    names = ("email", "first_name", "last_name")
    ignored = (*names, "language", "auto_approve", "custom_questions")
    answers = {name: value for name, value in body.items() if name not in ignored}
    answers["custom_questions"] = body.get("custom_questions") or []
    status = "approved" if approve or meeting.settings.get("approval_type") == 0 else "pending"
    email, first_name, last_name = (str(body.get(name) or "") for name in names)
    return Registrant(random_text(22), email, first_name, last_name, status, now, answers)


def find_registrant(meeting: Meeting, row: dict[str, Any]) -> Registrant | None:
    """The registrant with the id or the email of a request."""
    number, email = str(row.get("id") or ""), str(row.get("email") or "").lower()
    by_id = next((person for person in meeting.registrants if number and person.id == number), None)
    return by_id or next((person for person in meeting.registrants if email and person.email.lower() == email), None)


def registrant_id(seed: str) -> str:
    """22 letters and digits. The same seed gives the same id."""
    return hashlib.sha256(seed.encode(errors="surrogatepass")).hexdigest()[:22]
