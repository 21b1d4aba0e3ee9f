"""Markdown from outside as safe HTML: no raw HTML, no pictures, and links that say where they lead.

Two guards: the parser escapes raw HTML, and ``nh3`` then removes everything that is not in ``TAGS``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token

from zoomapp.urls import UnsafeAddress, parse

TAGS = {
    *("p", "br", "hr", "h3", "h4", "h5", "h6", "ul", "ol", "li", "strong", "em", "s", "code", "pre", "blockquote", "a"),
    *("table", "thead", "tbody", "tr", "th", "td"),
}
ATTRIBUTES = {"a": {"href"}, "ol": {"start"}}
SCHEMES = {"https", "http", "mailto"}
LINK_REL = "nofollow noopener noreferrer"
#: The highest heading. Above it are the title of the page and of the section.
TOP_LEVEL, LOWEST_LEVEL = 3, 6
#: A longer text is shortened: rendering it would take too long.
MAX_CHARS = 50_000
_MARKS = re.compile(r"\\([!-/:-@\[-`{-~])|(?<!\w)[*_]{1,3}(?=\S)|(?<=\S)[*_]{1,3}(?!\w)|`|!?\[([^\]\n]*)\]\([^)\n]*\)")


def to_html(text: str) -> str:
    """The HTML of a Markdown text, of at most MAX_CHARS characters."""
    tokens = _parser().parse(text[:MAX_CHARS])
    _shift_headings(tokens)
    for token in tokens:
        if token.children:
            token.children = list(_plain_children(token.children))
    html = _parser().renderer.render(tokens, _parser().options, {})
    return nh3.clean(html, tags=TAGS, attributes=ATTRIBUTES, url_schemes=SCHEMES, link_rel=LINK_REL)


def is_too_long(text: str) -> bool:
    """Whether ``to_html`` leaves out the end of the text."""
    return len(text) > MAX_CHARS


def plain(text: str) -> str:
    """One line of Markdown without its marks for emphasis, code and links."""
    return " ".join(_MARKS.sub(lambda match: match[1] or match[2] or "", text).split())


@lru_cache(maxsize=1)
def _parser() -> MarkdownIt:
    # The limit of nesting is low, because a browser and nh3 must go through it as well.
    return MarkdownIt("commonmark", {"html": False, "linkify": False, "maxNesting": 20}).enable("table")


def _shift_headings(tokens: Sequence[Token]) -> None:
    """Let the highest heading be TOP_LEVEL, and the others as much lower as they were."""
    headings = [token for token in tokens if token.type in ("heading_open", "heading_close")]
    highest = min((int(token.tag[1]) for token in headings), default=1)
    for token in headings:
        token.tag = f"h{min(LOWEST_LEVEL, int(token.tag[1]) - highest + TOP_LEVEL)}"


def _plain_children(children: Sequence[Token]) -> list[Token]:
    """The parts of a line: a picture is its description, a link without a host is text, others have it behind them."""
    result: list[Token] = []
    address, begin = "", 0
    for token in children:
        if token.type == "image":
            result.append(Token("text", "", 0, content=token.content))
        elif token.type == "link_open":
            address, begin = str(token.attrGet("href") or ""), len(result)
            if _host(address):
                result.append(token)
        elif token.type == "link_close":
            if host := _host(address):
                words = "".join(part.content for part in result[begin:])
                says_host = host in ("mailto", words) or words == address
                result += [token] if says_host else [token, Token("text", "", 0, content=f" ({host})")]
        else:
            result.append(token)
    return result


def _host(address: str) -> str:
    """The host of a full address, ``mailto``, or an empty text for an address that is no link."""
    if address.startswith("mailto:"):
        return "mailto"
    try:
        return parse(address.partition("#")[0]).host
    except UnsafeAddress:
        return ""
