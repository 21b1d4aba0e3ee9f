"""People who registered to see a recording, who watched it and who downloaded it."""

from __future__ import annotations

from offline_zoom.model import Recording, RecordingView


def add_viewers(recording: Recording) -> None:
    """Add two people who registered to see a recording, and three views and downloads of it."""
    for first, last, status in (("Mina", "Park", "approved"), ("Noor", "Haddad", "pending")):
        person = {"first_name": first, "last_name": last, "email": f"{first.lower()}@example.net", "status": status}
        recording.registrants.append({"id": f"r{first}01", **person, "org": "", "custom_questions": []})
    for hours, name, seconds, download in ((3, "Jonas", 1200, False), (4, "Mina", 90, False), (5, "Mina", 0, True)):
        view = RecordingView(
            recording.started_at + hours * 3600, name, f"{name.lower()}@example.net", seconds, download
        )
        recording.views.append(view)
