"""A session of a meeting in a seed file: its people, its recording and its texts."""

from __future__ import annotations

from offline_zoom.identifiers import file_id, meeting_uuid
from offline_zoom.model import (
    Instance,
    Join,
    Meeting,
    Recording,
    RecordingFile,
    RecordingView,
    Statements,
    Summary,
    Transcript,
)
from offline_zoom.recordings.files import recording_of
from offline_zoom.seed.values import Row, assign, values_of
from offline_zoom.stories.builder import guest_row, user_row
from offline_zoom.stories.story_data import StoryData

RECORDING_READY_SECONDS = 120


def add_session(story: StoryData, meeting: Meeting, row: Row, begins: float | None, name: str) -> Instance:
    """Add one session of a meeting: a past one, or one that is running. ``name`` makes its UUID, if it has none."""
    at = begins or 0.0
    seconds = row["minutes"] * 60 if row["seconds"] is None else row["seconds"]
    ends = None if row["open_end"] else round(at + seconds, 6)
    instance = Instance(meeting_uuid(name), meeting.id, meeting.host_id, meeting.topic, meeting.type, at, ends)
    instance.timezone = meeting.timezone
    assign(instance, "session", row, at)
    instance.joins = [new_join(story, person, instance) for person in row["participant"]]
    add_contents(instance, row)
    if at <= story.now:
        story.instances.append(instance)
    if instance.recording and instance.ended(story.now):
        story.recordings[instance.uuid] = new_recording(instance, row)
    return instance


def new_join(story: StoryData, row: Row, instance: Instance) -> Join:
    """One stay of a person."""
    number = story.next_user_id()
    if row["user_id"] is not None:
        number = row["user_id"]
        story.last_user_id = max(story.last_user_id, int(number) if number.isdecimal() else 0)
    begins = instance.started_at
    join_at = round(begins + row["joins_after"] * 60, 6)
    leave_at = instance.ended_at if row["leaves_after"] is None else round(begins + row["leaves_after"] * 60, 6)
    if row["user"] is None:
        join = guest_row(number, row["name"], join_at, leave_at)
    else:
        join = user_row(number, story.user(row["user"]), join_at, leave_at)
        join.role = "host" if join.person_id == instance.host_id else "attendee"
    assign(join, "participant", row, begins)
    return join


def add_contents(instance: Instance, row: Row) -> None:
    """Add the summary, the transcript and answers."""
    begins = instance.started_at
    for summary in row["summary"]:
        instance.summary = Summary(**values_of("summary", summary, begins))
        instance.summary.details = [(label, text) for label, text in instance.summary.details]
    for transcript in row["transcript"]:
        name, content = file_id(f"{instance.uuid} transcript"), transcript["content"].encode(errors="replace")
        values = {"id": name, **values_of("transcript", transcript, begins)}
        instance.transcript = Transcript(**values, content=content)
    for attribute in ("poll_answer", "question", "survey_answer"):
        people = [Statements(**values_of("answer", person, begins)) for person in row[attribute]]
        setattr(instance, f"{attribute}s", people)


def new_recording(instance: Instance, row: Row) -> Recording:
    """The recording of a session that is over."""
    begins = instance.started_at
    recording = recording_of(instance, available_at=(instance.ended_at or begins) + RECORDING_READY_SECONDS)
    for special in row["recording"]:
        assign(recording, "recording", special, begins)
        recording.views = [RecordingView(**values_of("view", view, begins)) for view in special["view"]]
        recording.files = [new_file(file, begins) for file in special["file"]] or recording.files
    return recording


def new_file(row: Row, begins: float) -> RecordingFile:
    """A file of a recording: of text, or of filler."""
    file = RecordingFile(**values_of("file", row, begins))
    if row["content"] is not None:
        file.content = row["content"].encode(errors="replace")
        file.size_bytes = len(file.content)
    return file
