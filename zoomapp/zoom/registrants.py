"""Registrants of a meeting and the questions of its registration form, as Zoom's API describes them.

A registrant's join link lets in that person alone, so it is never read and never saved.
https://developers.zoom.us/docs/api/meetings/#tag/meetings/GET/meetings/{meetingId}/registrants
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from zoomapp.errors import UpstreamError
from zoomapp.zoom.tolerant_reader import JsonObject, Rows, read_rows

PENDING, APPROVED, DENIED = "pending", "approved", "denied"
STATUSES = (PENDING, APPROVED, DENIED)
#: Zoom's fields beside name and email, in the order of its form, and their labels on its page.
FIELD_LABELS = {
    "org": "Organization",
    "job_title": "Job title",
    "address": "Address",
    "city": "City",
    "state": "State or province",
    "zip": "ZIP or postal code",
    "country": "Country or region",
    "phone": "Phone",
    "industry": "Industry",
    "purchasing_time_frame": "Purchasing time frame",
    "role_in_purchase_process": "Role in purchase process",
    "no_of_employees": "Number of employees",
    "comments": "Questions and comments",
}
LAST_NAME = "last_name"
_SECRET = frozenset({"join_url", "participant_pin_code"})


@dataclass(frozen=True)
class Registrant:
    """A person who registered. ``answers``: pairs of a question and the answer, without empty ones."""

    id: str
    email: str
    first_name: str
    last_name: str = ""
    status: str = ""
    registered_at: datetime | None = None
    answers: tuple[tuple[str, str], ...] = ()

    @property
    def name(self) -> str:
        """First and last name; the email address of a person without both."""
        return f"{self.first_name} {self.last_name}".strip() or self.email

    @property
    def key(self) -> str:
        """What identifies the person in a form: the id, or the email address if Zoom sent none."""
        return self.id or self.email

    @property
    def identity(self) -> str:
        """What identifies the person in all sessions of a meeting: the email address, or the id of one without."""
        return self.email or self.id

    @classmethod
    def from_api(cls, data: JsonObject) -> Registrant | None:
        """None for a person with neither an id nor an email address."""
        registrant_id, email = data.text("id"), data.text("email").lower()
        if not registrant_id and not email:
            return None
        own = [(label, data.text(name)) for name, label in FIELD_LABELS.items()]
        custom = [(row.text("title"), row.text("value")) for row in data.rows("custom_questions", "custom question")]
        return cls(
            registrant_id,
            email,
            data.text("first_name"),
            data.text("last_name"),
            data.text("status").lower(),
            data.time("create_time"),
            tuple((title, value) for title, value in (*own, *custom) if value),
        )


@dataclass(frozen=True)
class RegistrationQuestion:
    """A question of the registration form. ``field``: Zoom's name of a standard field; empty for a custom question."""

    title: str
    required: bool = False
    field: str = ""
    choices: tuple[str, ...] = ()


def read_registrants(body: Any) -> Rows[Registrant]:
    """The registrants of a list. Raises UpstreamError for a response without the list."""
    return read_rows(body, "registrants", Registrant.from_api, "registrant")


def read_questions(body: Any) -> tuple[RegistrationQuestion, ...]:
    """The questions of a form: standard fields, then custom questions. Raises UpstreamError for another value."""
    if not isinstance(body, dict):
        raise UpstreamError("response that is no registration form")
    data = JsonObject(body, "registration form")
    standard = [(row.text("field_name"), row) for row in data.rows("questions", "registration question")]
    custom = data.rows("custom_questions", "custom question")
    return (
        *(
            RegistrationQuestion(_label(name), row.flag("required"), name)
            for name, row in standard
            if name in FIELD_LABELS or name == LAST_NAME
        ),
        *(
            RegistrationQuestion(title, row.flag("required"), "", tuple(row.texts("answers")))
            for row in custom
            if (title := row.text("title"))
        ),
    )


def without_personal_links(body: Any) -> Any:
    """A list of registrants without their join links and PINs, as it may be saved."""
    rows = body.get("registrants") if isinstance(body, dict) else None
    if not isinstance(rows, list):
        return body
    return {**body, "registrants": [_without_secrets(row) for row in rows]}


def _without_secrets(row: Any) -> Any:
    if not isinstance(row, dict):
        return row
    return {name: value for name, value in row.items() if name not in _SECRET}


def _label(name: str) -> str:
    return "Last name" if name == LAST_NAME else FIELD_LABELS[name]
