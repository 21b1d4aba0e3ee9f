"""The ten jobs that hosts do most, from the overview: none takes more than three clicks."""

import re
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urljoin

import pytest

DOCS = Path(__file__).resolve().parents[2] / "docs" / "acceptance.md"
#: Each job with its story, what is clicked, and what the person has then.
JOBS = {
    "see who is here": ("live-meeting", ["See participants"], "Jonas Weber"),
    "see who is late": ("live-meeting", ["See participants", "Late"], "min late"),
    "copy the names of those who came": ("quiet-day", ["Past meetings", "Attendance", "Copy names"], "Copied"),
    "start the next meeting": ("quiet-day", ["Start"], ""),
    "schedule a meeting in an hour": ("quiet-day", ["Schedule"], "Meeting scheduled"),
    "turn the waiting room on or off": (
        "quiet-day",
        ["Customer call", "Waiting room", "Save changes"],
        "Waiting room: on.",
    ),
    "the same in a running meeting": ("live-meeting", ["See participants", "Meeting tools", None], "data-door"),
    "see a recording’s passcode": ("quiet-day", ["All recordings", "Show passcode"], "Passcode:"),
    "save the attendance as a CSV file": ("quiet-day", ["Past meetings", "CSV"], "minutes_here"),
    "see who attended both sessions": (
        "quiet-day",
        ["Past meetings", "Attendance Weekly sync", "All sessions"],
        "</b> of 3",
    ),
    "disconnect": ("quiet-day", ["Disconnect", "Disconnect"], "disconnected"),
}


class Page(HTMLParser):
    """What can be clicked on a page, in order: words, address or form, and the menu around it."""

    VOID = ("input", "meta", "link", "br", "img", "wbr")

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[dict] = []
        self.form: dict = {"action": None, "fields": {}}
        self._open: list[dict] = []
        self._menu: dict | None = None
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        at = dict(attributes)
        if tag == "form":
            self.form = {"action": at.get("action"), "method": at.get("method"), "fields": {}}
        if tag == "details" and "menu" in at.get("class", ""):
            self._menu = {"words": "", "open": False}
        is_box = tag == "input" and at.get("type") in ("checkbox", "radio")
        if tag in ("input", "textarea") and at.get("name") and (not is_box or "checked" in at):
            self.form["fields"][at["name"]] = at.get("value", "on") or ""
        if tag in ("a", "button", "summary", "label"):
            self._open.append(
                {"tag": tag, "at": at, "words": at.get("aria-label") or "", "form": self.form, "menu": self._menu}
            )
            if tag == "label" and "for" in at:
                self._open[-1]["box"] = at["for"]
        elif is_box and self._open:
            self._open[-1]["box"] = at["name"]

    def handle_data(self, data):
        for each in self._open:
            each["words"] += data

    def handle_endtag(self, tag):
        if self._open and self._open[-1]["tag"] == tag:
            self.found.append(self._open.pop())
        if tag == "details":
            self._menu = None


class Walk:
    """A person with one page open, who clicks what the page offers."""

    def __init__(self, person) -> None:
        self.person = person
        self.address, self.answer = "/", person.look("/")
        self.page = Page(self.answer.text)

    def click(self, words: str) -> None:
        """Click the first thing that says these words. What a script does with it is not done."""
        found = next(
            (each for each in self.page.found if words in " ".join(each["words"].split()) and shown(each)), None
        )
        assert found, (self.address, words)
        fields = found["form"]["fields"]
        if found["tag"] == "summary":
            found["menu"]["open"] = True
        elif "box" in found:
            fields.pop(found["box"], None) or fields.update({found["box"]: "on"})
        elif found["tag"] == "a":
            self._go(self.person.look(urljoin(self.address, found["at"]["href"])))
        elif found["at"].get("type") == "submit":
            self._go(self.person.post(found["form"]["action"], data=fields, headers={"Accept": "text/html"}))

    def _go(self, answer) -> None:
        self.answer = self.person.look(answer.location) if (answer.location or "").startswith("/") else answer
        self.address = self.answer.request.path
        self.page = Page(self.answer.text)


def shown(element: dict) -> bool:
    menu = element["menu"]
    return menu is None or menu["open"] or element["tag"] == "summary"


@pytest.mark.parametrize("job", JOBS)
def test_job_takes_three_clicks_at_most(dana, world, job):
    story, clicks, result = JOBS[job]
    world.load_story(story)
    walk = Walk(dana)

    # The last click of a running meeting's waiting room is a button that a script makes (test_tools_in_client.py).
    for words in filter(None, clicks):
        walk.click(words)

    assert len(clicks) <= 3
    assert walk.answer.status_code in (200, 302, 303)
    assert result in walk.answer.text


def test_docs_have_the_clicks_of_each_job():
    rows = re.findall(r"^\| ([^|]+) \| (\d) \|", DOCS.read_text().partition("## Clicks")[2], re.M)

    assert {job: int(count) for job, count in rows} == {job: len(clicks) for job, (_, clicks, _) in JOBS.items()}
