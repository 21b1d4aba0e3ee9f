"""Checks that read lists of meetings and recordings, and files."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from zoomapp.cli.verify.account import Account
from zoomapp.cli.verify.check import NotTestable, Result, answers, judge
from zoomapp.cli.verify.masking import mask
from zoomapp.errors import UpstreamError, ZoomRefused
from zoomapp.zoom import endpoints
from zoomapp.zoom.endpoint_types import Endpoint
from zoomapp.zoom.recordings import WITHOUT_SIZE, Recording
from zoomapp.zoom.tolerant_reader import JsonObject

NO_RECORDINGS = "The user has no recordings of the last month."
NOT_RUNNING = "None of the user’s meetings is running. Start one, and repeat this check."
PAGE_TOKEN_SECONDS = 180
MAX_FILE_BYTES = 50_000_000
MAX_MEETINGS = 30
#: Two addresses or more.
ADDRESSES = re.compile(r"[^\s;,@]+@[^\s;,@]+(?:[;,]\s*[^\s;,@]+@[^\s;,@]+)+[;,]?")
LANGUAGE_TAG = re.compile(r"[a-z]{2,3}-[A-Z]{2}")


@answers("identifiers", "A user, a meeting, a past meeting and a recording always have an `id` or `uuid`")
def identifiers(account: Account) -> Result:
    rows = [
        row
        for kind in ("scheduled", "previous_meetings")
        for row in account.rows(endpoints.LIST_MEETINGS, "meetings", type=kind, page_size=300)
    ]
    rows += [recording.fields for recording in account.recordings]
    without = [row for row in rows if not JsonObject(row, "row").text("uuid", "id")]
    return judge(not without, f"{len(without)} of {len(rows)} meetings and recordings have no id.")


@answers("page-token", "A page token is valid for a few minutes and on other connections")
def page_token(account: Account) -> Result:
    """The wait is long enough for Zoom to close the connection meanwhile."""
    for kind in ("previous_meetings", "scheduled"):
        arguments = {"type": kind, "page_size": 1}
        page = JsonObject(account.client.call(endpoints.LIST_MEETINGS, **arguments), "page")
        if token := page.text("next_page_token"):
            account.wait(PAGE_TOKEN_SECONDS)
            refusal = account.refusal(endpoints.LIST_MEETINGS, **arguments, next_page_token=token)
            state = "no longer" if refusal else "still"
            return judge(refusal is None, f"A page token is {state} valid after {PAGE_TOKEN_SECONDS // 60} minutes.")
    raise NotTestable("The user has no list of two meetings.")


@answers("body-length", "Every response body of Zoom has a length or comes in chunks")
def body_length(account: Account) -> Result:
    calls: tuple[tuple[Endpoint, dict[str, Any]], ...] = (
        (endpoints.READ_USER, {}),
        (endpoints.LIST_MEETINGS, {"type": "scheduled", "page_size": 300}),
        (endpoints.READ_MEETING, {"meeting_id": 1}),
    )
    for endpoint, arguments in calls:
        try:
            account.client.call(endpoint, **arguments)
        except ZoomRefused:
            continue
        except UpstreamError as error:
            if "has no length" not in error.detail:
                raise
            return judge(False, f"The response to {endpoint.method} {endpoint.path} has no length.")
    return judge(True, f"The responses to {len(calls)} calls have one.")


@answers("running-uuid", "Zoom's list of running meetings names the running instance's UUID, the same as its webhooks")
def running_uuid(account: Account) -> Result:
    running = account.running_meetings()
    if not running:
        raise NotTestable(NOT_RUNNING)
    by_number = {meeting.number: meeting.uuid for meeting in account.services.webhook_log.running(account.user_id)}
    both = [(by_number[row.number("id")], row.text("uuid")) for row in running if row.number("id") in by_number]
    if not both:
        raise NotTestable("No webhook about the running meeting has arrived.")
    same = all(uuid == listed for uuid, listed in both)
    return judge(same, f"The list and the webhooks name {'the same UUID' if same else 'different UUIDs'}.")


@answers("dashboard-running", "For a running meeting's number the dashboard returns the running instance")
def dashboard_running(account: Account) -> Result:
    running = account.running_meetings()
    if not running:
        raise NotTestable(NOT_RUNNING)
    first = running[0]
    found = account.client.call(endpoints.READ_METRICS, instance=first.number("id"), type="live")
    same = JsonObject(found, "dashboard").text("uuid") == first.text("uuid")
    return judge(same, f"The dashboard returns {'the running instance' if same else 'another instance'}.")


@answers("language", '`language` of a user is a tag such as "en-US"')
def language(account: Account) -> Result:
    tag = account.user.text("language")
    if not tag:
        raise NotTestable("The user’s profile names no language.")
    return judge(LANGUAGE_TAG.fullmatch(tag) is not None, f"The language is “{tag[:20]}”.")


@answers("recorded-fields", "Answers have the fields that other programs recorded")
def recorded_fields(account: Account) -> Result:
    """The fields of recordings; no page needs the others."""
    if not account.recordings:
        raise NotTestable(NO_RECORDINGS)
    names = ("share_url", "timezone")
    missing = [name for name in names if any(name not in recording for recording in account.recordings)]
    found = f"Recordings lack {' and '.join(missing)}." if missing else f"Recordings have {' and '.join(names)}."
    return judge(not missing, found)


@answers("file-order", "Zoom lists the files of a recording in the same order each time")
def file_order(account: Account) -> Result:
    longest = max(account.recordings, key=lambda recording: len(recording.rows("recording_files")), default=None)
    if longest is None:
        raise NotTestable(NO_RECORDINGS)
    orders = [
        [
            row.text("id") + row.text("file_type") + row.text("recording_type") + row.text("recording_start")
            for row in account.objects(endpoints.READ_RECORDING, "recording_files", instance=longest.text("uuid"))
        ]
        for _ in range(2)
    ]
    same = orders[0] == orders[1]
    return judge(same, f"{len(orders[0])} files were listed twice, in {'the same' if same else 'another'} order.")


@answers("finished-files", "A recording file without `file_type`, `recording_end` or bytes is still in progress")
def finished_files(account: Account) -> Result:
    """A day after its start, no file of a recording should look unfinished."""
    yesterday = account.tomorrow - timedelta(days=2)
    recordings = [recording for row in account.recordings if (recording := Recording.from_api(row.fields))]
    files = [
        file
        for recording in recordings
        if recording.start_at and recording.start_at < yesterday
        for file in recording.files
    ]
    if not files:
        raise NotTestable("The user has no recording of the last month that is older than a day.")
    unfinished = sum(not file.ready for file in files)
    return judge(not unfinished, f"{unfinished} of {len(files)} files of older recordings look unfinished.")


@answers("alternative-hosts", "`settings.alternative_hosts` holds email addresses with semicolons or commas")
def alternative_hosts(account: Account) -> Result:
    listed = account.objects(endpoints.LIST_MEETINGS, "meetings", type="scheduled", page_size=MAX_MEETINGS)
    for row in listed:
        meeting = JsonObject(account.client.meeting_fields(row.number("id")), "meeting")
        text = meeting.part("settings").text("alternative_hosts")
        if text.count("@") > 1:
            return judge(ADDRESSES.fullmatch(text) is not None, f"{text.count('@')} hosts: “{mask(text)[:80]}”.")
    raise NotTestable(f"None of {len(listed)} scheduled meetings has two alternative hosts.")


@answers("download-size", "A download whose size differs from `file_size` is not the file")
def download_size(account: Account) -> Result:
    """Downloads the smallest file."""
    files = [
        file
        for row in account.recordings
        if (recording := Recording.from_api(row.fields))
        for file in recording.ready_files
        if file.download_url and file.type not in WITHOUT_SIZE and 0 < file.size_bytes <= MAX_FILE_BYTES
    ]
    if not files:
        raise NotTestable("The user has no finished recording of the last month with a file below 50 MB.")
    smallest = min(files, key=lambda file: file.size_bytes)
    answer = account.client.download(smallest.download_url)
    if answer.status != 200:
        answer.close()
        raise NotTestable(f"Zoom answered a download with {answer.status}.")
    size_bytes = sum(len(chunk) for chunk in answer.chunks())
    return judge(
        size_bytes == smallest.size_bytes,
        f"A file of type {smallest.type} has {size_bytes} bytes, and {smallest.size_bytes} by Zoom’s list.",
    )


CHECKS = (
    identifiers,
    body_length,
    language,
    running_uuid,
    dashboard_running,
    recorded_fields,
    file_order,
    finished_files,
    alternative_hosts,
    download_size,
    page_token,
)
