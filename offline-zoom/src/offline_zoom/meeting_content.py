"""Makes the AI Companion summary and the transcript of a meeting."""

from __future__ import annotations

from offline_zoom.identifiers import file_id
from offline_zoom.model import Instance, Summary, Transcript

TURN_SECONDS = 24
#: what people say, in turns
LINES = (
    "Good morning. We have three topics today. Let’s start with the billing page.",
    "The billing page is nearly done. One thing is open: the tax field for Canada.",
    "And if something breaks on Thursday?",
    "There is a switch. We keep the old page for two weeks, so going back takes a minute.",
    "For the usage report: the export needs two more weeks. I would start smaller.",
    "That would answer most questions that we get about billing.",
    "Who writes to the three customers who wait for a credit?",
    "I can do that before Friday.",
)


def summary_of(instance: Instance, created_at: float, edited: bool = False) -> Summary:
    """A summary in Markdown and in Zoom's older fields. The next steps name people of the meeting, and a stranger."""
    names = names_of(instance)
    overview = "The team keeps the old billing page for two weeks as a fallback. The usage report starts smaller."
    details = [
        ("Billing page", "All blockers are closed except the tax field for Canada. A switch brings the old page back."),
        ("Usage report", "The export needs two more weeks. A first version has weekly totals."),
    ]
    steps = [
        f"{names[0]}: outline the smaller usage report.",
        f"Send the three credits. ({names[-1]})",
        "Update the status page.",
        "Alex Nobody to book the room for Thursday.",
    ]
    sections = "\n\n".join(f"### {label}\n\n{text}" for label, text in details)
    listed = "\n".join(f"- {step}" for step in steps)
    content = f"## Quick recap\n\n{overview}\n\n## Summary\n\n{sections}\n\n## Next steps\n\n{listed}\n"
    change = {"summary_overview": overview, "summary_details": sections, "next_steps": steps} if edited else None
    doc_url = f"https://docs.zoom.us/doc/{file_id(instance.uuid)[:8]}"
    return Summary(content, overview, details, steps, "", doc_url, change, created_at)


def transcript_of(instance: Instance, created_at: float, turns: int = 0) -> Transcript:
    """A transcript in WebVTT. ``turns``: how many; by default they fill the meeting, up to 120."""
    names = names_of(instance)
    seconds = int((instance.ended_at or created_at) - instance.started_at)
    count = turns or max(1, min(120, seconds // TURN_SECONDS))
    cues = [cue(number, names[number % len(names)], LINES[number % len(LINES)]) for number in range(count)]
    content = "\n".join(["WEBVTT\n", *cues]).encode(errors="replace")
    return Transcript(file_id(f"{instance.uuid} transcript"), content, created_at)


def names_of(instance: Instance) -> list[str]:
    """The different names of the people in the meeting, in the order in which they came."""
    return list(dict.fromkeys(join.name for join in instance.joins if not join.waiting)) or ["Guest"]


def cue(number: int, name: str, text: str) -> str:
    begin = number * TURN_SECONDS
    return f"{number + 1}\n{stamp(begin)} --> {stamp(begin + TURN_SECONDS - 2)}\n{name}: {text}\n"


def stamp(seconds: int) -> str:
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}.000"
