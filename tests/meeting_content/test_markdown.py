"""Markdown as HTML: nothing runs, nothing is loaded, links say where they lead."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zoomapp.meeting_content.markdown import MAX_CHARS, is_too_long, plain, to_html

TAG = re.compile(r"<(/?)([a-z0-9]+)([^>]*)>")
ALLOWED = {*("p", "br", "hr", "h3", "h4", "h5", "h6", "ul", "ol", "li", "strong", "em", "s", "code", "pre", "a")}
ALLOWED |= {*("blockquote", "table", "thead", "tbody", "tr", "th", "td")}
PARTS = ["<script>", "</script>", "<img src=x onerror=a()>", "![a](https://x.example/p.gif)", "[a](javascript:b)", "# "]
PARTS += [
    "[a](data:text/html,x)",
    "- ",
    "> ",
    "`",
    "```\n",
    "**",
    "| a |\n|--|\n",
    "\n",
    "a",
    "&lt;",
    "<a href=x>",
    "\\",
]


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("<script>a()</script>", "<p>&lt;script&gt;a()&lt;/script&gt;</p>"),
        ("![the plan](https://evil.example/pixel.gif)", "<p>the plan</p>"),
        ("![x](data:image/png;base64,AAAA)", "<p>x</p>"),
        ("[a](javascript:b)", "<p>[a](javascript:b)</p>"),
        ("[a](/disconnect)", "<p>a</p>"),
        ("[a](//evil.example)", "<p>a</p>"),
        ("[a](ftp://evil.example)", "<p>a</p>"),
        ("[a](https://[)", "<p>a</p>"),
        ("[a](https://zoom.us@evil.example/)", "<p>a</p>"),
    ],
)
def test_what_could_run_or_load_is_text(text, html):
    assert to_html(text).strip() == html


def test_link_shows_its_host_and_promises_nothing_to_it():
    rel = 'rel="nofollow noopener noreferrer"'

    assert to_html("[zoom.us](https://evil.example/x)") == (
        f'<p><a href="https://evil.example/x" {rel}>zoom.us</a> (evil.example)</p>\n'
    )
    assert to_html("<https://a.example/b>") == f'<p><a href="https://a.example/b" {rel}>https://a.example/b</a></p>\n'


@pytest.mark.parametrize(
    ("text", "tags"), [("# A\n## B\n#### C", ["h3", "h4", "h6"]), ("### A\n###### B", ["h3", "h6"])]
)
def test_headings_begin_at_the_third_level(text, tags):
    assert [tag for slash, tag, _ in TAG.findall(to_html(text)) if not slash] == tags


@given(st.lists(st.one_of(st.sampled_from(PARTS), st.text(max_size=20)), max_size=30).map("".join))
def test_any_text_gives_allowed_tags_only(text):
    for _, tag, attributes in TAG.findall(to_html(text)):
        assert tag in ALLOWED
        assert re.fullmatch(r'( (href="(https?|mailto):[^"]*"|rel="[a-z ]+"|start="\d+"))*( /)?', attributes)


@pytest.mark.parametrize("unit", ["[", "> ", "*a ", "![[", "<", "- ", "|a", "&"])
def test_long_text_is_cut(unit):
    text = unit * (1_000_000 // len(unit))

    assert is_too_long(text)
    assert len(to_html(text)) < 6 * MAX_CHARS


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("**Maya**: send `x` to [Bob](https://x.example) _now_", "Maya: send x to Bob now"),
        ("keep snake_case, 2*3 and \\*", "keep snake_case, 2*3 and *"),
        ("![chart](x) of\n  July", "chart of July"),
    ],
)
def test_line_loses_its_marks(text, line):
    assert plain(text) == line
