"""The ten jobs that hosts do most, from the overview: none takes more than three clicks."""

import re
from html.parser import HTMLParser
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urljoin

import pytest

DOCS = Path(__file__).resolve().parents[2] / "docs" / "acceptance.md"
CLICKS = dict(re.findall(r"^\| ([^|]+) \| (\d) \|", DOCS.read_text().partition("## Clicks")[2], re.M))


class ScriptedButton(NamedTuple):
    """A button with these words, in an element with this attribute. A script does what it does, and may show it first.

    Here it is counted and has to exist; tests/pages press it: test_page_js.py, test_tools_in_client.py.
    """

    words: str
    attribute: str


#: Each job with its story, what is clicked, and what the person has then: a part of the page, or of an address at Zoom.
JOBS = {
    "see who is here": ("live-meeting", ["See participants"], "Jonas Weber"),
    "see who is late": ("live-meeting", ["See participants", "Late"], "min late"),
    "copy the names of those who came": (
        "quiet-day",
        ["Past meetings", "Attendance", ScriptedButton("Copy names", "data-copy")],
        'data-copy="Dana Okoye\n',
    ),
    "start the next meeting": ("quiet-day", ["Start"], "/s/85000000102?zak="),
    "schedule a meeting in an hour": ("quiet-day", ["Schedule"], "Meeting scheduled"),
    "turn the waiting room on or off": (
        "quiet-day",
        ["Customer call", "Waiting room", "Save changes"],
        "Waiting room: on.",
    ),
    "the same in a running meeting": (
        "live-meeting",
        ["See participants", "Meeting tools", ScriptedButton("", "data-door")],
        "It changes this meeting only.",
    ),
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
    """What can be clicked on a page, in order: words, address or form, and the elements around it."""

    CLICKED = ("a", "button", "label")
    VOID = ("input", "meta", "link", "br", "img", "wbr")

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[dict] = []
        self.form: dict = {"action": None, "fields": {}}
        self._open: list[dict] = []
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        at = dict(attributes)
        if tag == "form":
            self.form = {"action": at.get("action"), "fields": {}}
        is_box = tag == "input" and at.get("type") in ("checkbox", "radio")
        if tag in ("input", "textarea") and at.get("name") and (not is_box or "checked" in at):
            self.form["fields"][at["name"]] = at.get("value", "on") or ""
        if tag not in self.VOID:
            words = at.get("aria-label") or ""
            self._open.append({"tag": tag, "at": at, "words": words, "form": self.form, "around": self._open.copy()})

    def handle_data(self, data):
        for each in self._open:
            each["words"] += data

    def handle_endtag(self, tag):
        while self._open and (closed := self._open.pop())["tag"] != tag:
            pass
        if tag in self.CLICKED:
            self.found.append(closed)


def menu_of(element: dict) -> str:
    """The id of the menu that the element is in."""
    return next((each["at"]["id"] for each in element["around"] if "popover" in each["at"]), "")


def is_shown(element: dict) -> bool:
    """Whether a person sees the element, once its menu is open."""
    everything = [element, *element["around"]]
    return not any("hidden" in each["at"] or each["tag"] in ("template", "noscript") for each in everything)


class Walk:
    """A person with one page open, who clicks what the page offers."""

    def __init__(self, person) -> None:
        self.person = person
        self.clicks = 0
        self._open(person.look("/"))

    def click(self, words: str) -> None:
        """Click what says these words, and before that the button of its menu. What a script does is not done."""
        found = self._find(lambda each: words in " ".join(each["words"].split()) and is_shown(each), words)
        fields = found["form"]["fields"]
        if found["tag"] == "label":
            name = found["at"]["for"]
            fields.pop(name, None) or fields.update({name: "on"})
        elif found["tag"] == "a":
            self._open(self.person.look(urljoin(self.address, found["at"]["href"])))
        else:
            assert found["at"].get("type") == "submit", words
            self._open(self.person.post(found["form"]["action"], data=fields, headers={"Accept": "text/html"}))

    def find_scripted(self, button: ScriptedButton) -> None:
        """Count the click on a button that only a script shows or serves."""
        self._find(
            lambda each: (
                each["tag"] == "button"
                and button.words in each["words"]
                and any(button.attribute in part["at"] for part in (each, *each["around"]))
            ),
            button,
        )

    def _find(self, is_wanted, wanted) -> dict:
        """The first element of this kind, rather one in no menu. Counts its click, and that on its menu's button."""
        found = sorted(filter(is_wanted, self.page.found), key=lambda each: menu_of(each) != "")
        assert found, (self.address, wanted)
        self.clicks += 1
        if menu := menu_of(found[0]):
            assert [each for each in self.page.found if each["at"].get("popovertarget") == menu and is_shown(each)]
            self.clicks += 1
        return found[0]

    def _open(self, answer) -> None:
        self.answer = self.person.look(answer.location) if (answer.location or "").startswith("/") else answer
        self.address = self.answer.request.path
        self.page = Page(self.answer.text)


@pytest.mark.parametrize("job", JOBS)
def test_job_takes_three_clicks_at_most(dana, world, job):
    story, clicks, result = JOBS[job]
    world.load_story(story)
    walk = Walk(dana)

    for each in clicks:
        walk.find_scripted(each) if isinstance(each, ScriptedButton) else walk.click(each)

    assert walk.clicks <= 3
    assert walk.clicks == int(CLICKS[job])
    assert walk.answer.status_code in (200, 302)
    assert result in (walk.answer.location or walk.answer.text)


def test_docs_have_the_clicks_of_each_job():
    assert list(CLICKS) == list(JOBS)


def test_entry_of_a_menu_takes_two_clicks(dana):
    walk = Walk(dana)
    for words in ("Past meetings", "Attendance", "Every join and leave"):
        walk.click(words)

    assert walk.clicks == 2 + 2
    assert "attachment" in walk.answer.headers["Content-Disposition"]
