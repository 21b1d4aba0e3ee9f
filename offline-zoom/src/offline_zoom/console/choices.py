"""Switches and faults of webhooks as the console offers them: a question, and words for each value."""

from __future__ import annotations

from typing import Any, NamedTuple

from offline_zoom.switches import POLL_STATES, QUESTION_STATES, SUMMARY_REFUSALS, TRANSCRIPT_REFUSALS
from offline_zoom.webhooks.odd_events import ODD_EVENTS


class Choice(NamedTuple):
    """One field with its possible values. ``words`` maps each value to its text."""

    name: str
    question: str
    words: dict[Any, str]

    def options(self, current: Any) -> list[tuple[str, str, bool]]:
        """Value, text and whether it is the current one. A current value without words is one more option."""
        words = self.words if current in self.words else {**self.words, current: f"{current}"}
        return [(str(value), text, value == current) for value, text in words.items()]

    def value(self, text: str, current: Any) -> Any:
        """The value that a form sent as text. Raises ValueError."""
        for value in (current, *self.words):
            if str(value) == text:
                return value
        raise ValueError(f"{self.question}: there is no value {text}.")


def reasons(names: tuple[str, ...]) -> dict[Any, str]:
    """The choices of what is missing, and why."""
    return {"": "available", **{name: name for name in names}}


#: where Zoom's documentation, answers and samples say different things
DISAGREEMENTS = (
    Choice(
        "missing_scope_code",
        "A scope is missing",
        {4711: "400, code 4711 (observed)", 104: "400, code 104 (observed)", 4700: "401, code 4700 (documented)"},
    ),
    Choice(
        "per_second_code",
        "Too many calls in a second",
        {429: "code 429 (older answers)", 4001: "code 4001 (documented in 2026)"},
    ),
    Choice(
        "rate_headers",
        "X-RateLimit headers",
        {"category": "the category alone (observed)", "all": "all of them (documented)"},
    ),
    Choice(
        "recordings_range",
        "Recordings of more than a month",
        {"clamp": "one month at most (documented)", "honour": "the whole range (observed)"},
    ),
    Choice(
        "download_refusal",
        "A refused download",
        {"401": "401", "200": "200 with a small JSON body", "html": "a page of HTML"},
    ),
    Choice("invalid_client_status", "A wrong client secret", {400: "400", 401: "401"}),
    Choice(
        "strict_redirect",
        "The redirect URI of an in-client code",
        {False: "of the same origin, or none", True: "exactly that of the event"},
    ),
    Choice(
        "in_client_s256",
        "The challenge of an in-client code",
        {False: "plain", True: "plain or S256"},
    ),
    Choice("omit_api_url", "api_url of a token", {False: "sent (documented)", True: "missing (older answers)"}),
)
MORE_SWITCHES = (
    Choice("limits", "Rate limits", {"off": "off", "plan": "those of the account's plan"}),
    Choice("user_managed", "Scopes that end in :admin", {False: "as the story says", True: "not granted"}),
    Choice("omit_refresh_token", "Refresh token", {False: "sent", True: "missing"}),
    Choice("unknown_endpoint_404", "An endpoint that is not simulated", {False: "501", True: "404 with code 2300"}),
    Choice("summary", "Meeting summary", reasons(SUMMARY_REFUSALS)),
    Choice("transcript", "Transcript", reasons(TRANSCRIPT_REFUSALS)),
    Choice("polls", "Polls", reasons(POLL_STATES)),
    Choice("questions", "Q&A", reasons(QUESTION_STATES)),
)
DELIVERY_FAULTS = (
    Choice("lost", "Events", {False: "sent", True: "lost"}),
    Choice("duplicates", "Copies", {0: "once", 1: "twice"}),
    Choice("swap", "Order", {False: "as they happen", True: "after the next one"}),
    Choice("bad_signature", "Signature", {False: "right", True: "wrong"}),
    Choice("unsigned", "Signature header", {False: "sent", True: "missing"}),
    Choice("stale_seconds", "Timestamp", {0: "now", 3600: "an hour old"}),
    Choice("pretty", "JSON", {False: "compact", True: "with line breaks"}),
    Choice("id_as", "Meeting id", {"": "as at Zoom", "string": "text", "number": "a number"}),
    Choice("odd", "Odd event", {"": "none", **{name: name for name in ODD_EVENTS}}),
)


def changes(choices: tuple[Choice, ...], settings: object, form: Any) -> dict[str, Any]:
    """The values of a form that differ from the settings. Raises ValueError."""
    found = {}
    for choice in choices:
        current = getattr(settings, choice.name)
        value = choice.value(form.get(choice.name, str(current)), current)
        if value != current:
            found[choice.name] = value
    return found
