"""The AI Companion summary and transcript of a past meeting, as Zoom's API describes them.

https://developers.zoom.us/docs/api/meetings/#tag/summaries
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from zoomapp.errors import UpstreamError
from zoomapp.zoom.tolerant_reader import JsonObject


@dataclass(frozen=True)
class MeetingSummary:
    """A summary. An edited one stands in place of the original. ``content``: the whole text in Markdown.

    ``overview``, ``details`` (pairs of label and text) and ``next_steps`` are older fields, and may be empty.
    """

    topic: str = ""
    title: str = ""
    content: str = ""
    overview: str = ""
    details: tuple[tuple[str, str], ...] = ()
    next_steps: tuple[str, ...] = ()
    doc_url: str = ""
    created_at: datetime | None = None
    edited_at: datetime | None = None

    @classmethod
    def from_api(cls, data: JsonObject) -> MeetingSummary:
        edited = data.part("edited_summary")
        details = tuple((row.text("label"), row.text("summary")) for row in data.rows("summary_details"))
        if changed := edited.text("summary_details"):
            details = (("", changed),)
        created_at, modified_at = data.time("summary_created_time"), data.time("summary_last_modified_time")
        return cls(
            topic=data.text("meeting_topic"),
            title=data.text("summary_title"),
            content="" if edited else data.text("summary_content"),
            overview=edited.text("summary_overview") or data.text("summary_overview"),
            details=tuple(part for part in details if any(part)),
            next_steps=tuple(edited.texts("next_steps") or data.texts("next_steps")),
            doc_url=data.text("summary_doc_url"),
            created_at=created_at,
            edited_at=modified_at if edited or (created_at and modified_at and modified_at > created_at) else None,
        )

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to read."""
        return not (self.content or self.overview or self.details or self.next_steps)


def read_summary(body: Any) -> MeetingSummary:
    """Zoom's summary. Raises UpstreamError for a response that is no object."""
    if not isinstance(body, dict):
        raise UpstreamError("response that is no meeting summary")
    return MeetingSummary.from_api(JsonObject(body, "meeting summary"))


@dataclass(frozen=True)
class MeetingTranscript:
    """Where the file of a transcript is. Without ``download_url``, ``reason`` says why there is none."""

    download_url: str = field(default="", repr=False)
    reason: str = ""
    created_at: datetime | None = None

    @classmethod
    def from_api(cls, data: JsonObject) -> MeetingTranscript:
        url = data.text("download_url") if data.flag("can_download", default=True) else ""
        return cls(url, data.text("download_restriction_reason").upper(), data.time("transcript_created_time"))
