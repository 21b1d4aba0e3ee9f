"""The columns and rows of the CSV file of recordings; `csv_export` writes the file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import tzinfo

from zoomapp import dates
from zoomapp.zoom.recordings import Recording

COLUMNS = (
    *("start", "topic", "meeting_id", "duration_minutes", "size_bytes", "files", "deleted_on", "share_url"),
    "complete",
    # The same day as in ``deleted_on``, under a name that says that it lies ahead.
    "auto_delete_on",
)


def rows(
    recordings: Sequence[Recording], zone: tzinfo, safe_link: Callable[[str], str], *, complete: bool
) -> list[tuple[object, ...]]:
    """The rows, with starts in ``zone``. ``safe_link`` returns an address of Zoom's unchanged and "" for others."""
    return [
        (
            dates.iso(recording.start_at, zone) if recording.start_at else "",
            recording.topic,
            recording.id or "",
            recording.duration_minutes,
            recording.size_bytes,
            " ".join(file.name.lower().replace(" ", "-") for file in recording.files),
            recording.deleted_on.isoformat() if recording.deleted_on else "",
            safe_link(recording.share_url),
            "yes" if complete else "no",
            recording.deleted_on.isoformat() if recording.deleted_on else "",
        )
        for recording in recordings
    ]
