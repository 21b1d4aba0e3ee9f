"""Reads a page as a person does: its text and its form fields. Checks the rules that hold for every page."""

import html
import re
from collections import Counter

from werkzeug.test import TestResponse

HEADERS = ("Strict-Transport-Security", "X-Content-Type-Options", "Content-Security-Policy", "Referrer-Policy")


def read(answer: TestResponse, status: int = 200) -> str:
    """The text of a page. Fails if the page breaks a rule of every page (headers, title, one h1, nothing inline)."""
    assert answer.status_code == status, answer.text[:2000]
    assert answer.mimetype == "text/html"
    for name in HEADERS:
        assert answer.headers[name]
    text = answer.text
    assert re.search(r"<title>[^<]+ · Rollcall</title>", text), "no title"
    assert text.count("<h1") == 1
    assert not re.search(r"\sstyle=|<style|<script(?![^>]*\ssrc=)|\son[a-z]+=", text), "inline script or style"
    ids = Counter(re.findall(r'\sid="([^"]*)"', text))
    assert not [name for name, times in ids.items() if times > 1], "an id twice"
    return words(text)


def words(text: str) -> str:
    """The text of the main element, without markup and with white space folded."""
    main = re.split(r'id="main"[^>]*>', text)[1].partition("</main>")[0] if 'id="main"' in text else ""
    # These elements stand within a sentence or a word, so they must not add spaces.
    main = re.sub(r"<wbr>|(?<=\()<time[^>]*>|</time>(?=[.,)])", "", main)
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]*>", " ", main))).strip()


def fields(text: str) -> dict[str, str]:
    """Names and values of a page's text fields."""
    inputs = re.findall(r"<input[^>]*>", text)
    found = [re.search(r'\sname="(\w+)".*\svalue="([^"]*)"', each, re.S) for each in inputs if "checkbox" not in each]
    return {each[1]: html.unescape(each[2]) for each in found if each}
