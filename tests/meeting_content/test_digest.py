"""The parts of a summary, and the owners of next steps."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zoomapp.meeting_content.digest import MAX_STEPS, digest, to_markdown, with_owners
from zoomapp.zoom.meeting_content import MeetingSummary, MeetingTranscript
from zoomapp.zoom.tolerant_reader import JsonObject

PEOPLE = ["Daniel Okafor", "Maya Lindqvist", "Maya Chen", "Mark Lee", "Doe, Jane", "李 小龙"]
CONTENT = """## Quick recap

We *agreed*.

## Summary

### Billing

- One
## Not a heading of its own

```
## Next steps
```

## Next steps

- **Daniel**: fix it
1. [ ] Send credits
### Maya Chen
* outline

## Other

Rest
"""


@pytest.mark.parametrize(
    ("text", "owner"),
    [
        ("Daniel: fix the tax field", "Daniel Okafor"),
        ("daniel okafor to fix the tax field", "Daniel Okafor"),
        ("Daniel will fix it", "Daniel Okafor"),
        ("Daniel Okafor fixes it", "Daniel Okafor"),
        ("Fix the tax field. (Daniel)", "Daniel Okafor"),
        ("Fix it (Doe# Jane)", "Doe, Jane"),
        ("李 小龙: 写信", "李 小龙"),
        # Two attendees are called Maya.
        ("Maya: outline the report", ""),
        ("Maya Chen: outline the report", "Maya Chen"),
        ("Mark the invoice as paid", ""),
        ("Ask Daniel about it", ""),
        ("Grace: test it", ""),
        ("Send the credits (by Friday)", ""),
        (": nothing", ""),
    ],
)
def test_owner_is_the_one_attendee_whose_name_is_in_its_place(text, owner):
    (step,) = with_owners(digest(MeetingSummary(next_steps=(text,))), PEOPLE).next_steps

    assert (step.text, step.owner) == (text, owner)


def test_two_attendees_of_one_name_own_nothing():
    parts = digest(MeetingSummary(next_steps=("Guest Lee: call",)))
    (step,) = with_owners(parts, ["Guest Lee", "Guest Lee"]).next_steps

    assert step.owner == ""


def test_parts_of_a_markdown_summary_are_found_by_their_headings():
    parts = with_owners(digest(MeetingSummary(content=CONTENT)), PEOPLE)

    assert parts.overview == "We *agreed*."
    assert [(step.text, step.owner) for step in parts.next_steps] == [
        ("Daniel: fix it", "Daniel Okafor"),
        ("Send credits", ""),
        ("Maya Chen: outline", "Maya Chen"),
    ]
    assert parts.details.startswith("## Summary\n\n### Billing")
    assert "```\n## Next steps\n```" in parts.details
    assert parts.details.endswith("## Other\n\nRest")


def test_markdown_without_headings_is_all_details():
    parts = digest(MeetingSummary(content="One\n\nTwo"))

    assert (parts.overview, parts.details, parts.next_steps) == ("", "One\n\nTwo", ())


def test_long_list_of_next_steps_is_cut():
    steps = digest(MeetingSummary(next_steps=("x" * 100_000,) * 5000)).next_steps

    assert len(steps) == MAX_STEPS
    assert len(steps[0].text) == 1000


@pytest.mark.parametrize("line", ["# a" + " #" * 200_000 + "x", "[" * 500_000, "## next steps\n" + "- x\n" * 100_000])
def test_a_long_line_is_no_heading(line):
    """With a search of the whole line the first of them takes minutes."""
    parts = digest(MeetingSummary(content=line))

    assert len(parts.next_steps) <= MAX_STEPS


def test_file_has_the_content_as_zoom_wrote_it():
    assert to_markdown(MeetingSummary(content=CONTENT, overview="x")) == f"{CONTENT}\n"
    fields = MeetingSummary(title="T", overview="O", details=(("L", "D"), ("", "E")), next_steps=("S\n- x",))
    assert (
        to_markdown(fields) == "# T\n\n## Overview\n\nO\n\n## Next steps\n\n- S - x\n\n## Details\n\n### L\n\nD\n\nE\n"
    )


def test_edited_summary_stands_in_place_of_the_original():
    fields = {"summary_overview": "old", "summary_content": "old", "next_steps": ["old"]}
    fields["summary_details"] = [{"label": "old", "summary": "old"}]
    edited = {"summary_overview": "new", "summary_details": "new details", "next_steps": ["new step"]}

    parts = digest(MeetingSummary.from_api(JsonObject({**fields, "edited_summary": edited}, "summary")))

    assert (parts.overview, parts.details, parts.next_steps[0].text) == ("new", "new details", "new step")


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["label", "summary", "x"]), inner),
    max_leaves=6,
)
FIELDS = ("summary_content", "summary_overview", "summary_details", "next_steps", "edited_summary", "meeting_topic")
FIELDS += ("summary_created_time", "summary_doc_url", "can_download", "download_url", "download_restriction_reason")


@given(st.dictionaries(st.sampled_from(FIELDS), json_values))
def test_values_of_any_type_break_nothing(fields):
    summary = MeetingSummary.from_api(JsonObject(fields, "summary"))

    with_owners(digest(summary), PEOPLE)
    to_markdown(summary)
    MeetingTranscript.from_api(JsonObject(fields, "transcript"))
