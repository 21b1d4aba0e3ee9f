"""The strict parser accepts only addresses that all other parsers read in the same way."""

import re
from urllib.parse import urlsplit

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from urllib3.util import parse_url

from zoomapp.urls import UnsafeAddress, Url, parse, resolve

#: Parts of addresses that have misled parsers.
PARTS = [
    *("https://", "http://", "HTTPS://", "https:", "https:/", "//", "ftp://", "javascript:", "https:///"),
    *("evil.example", "x.zoom.us", "zoom.us", "zoom.us.evil.example", "evilzoom.us", "ZOOM.US", "[::1]", "[", "]"),
    *("127.0.0.1", "127.1", "0x7f.1", "2130706433", "localhost", "xn--zoom-us", "zoom\u3002us", "\u212a", "é", "%2e"),
    *("/", "\\", "@", ":", "?", "#", ".", "..", ";", "%", "%2f", "%5c", "%40", "%00", "user:word@", ":443", ":80"),
    *(":8443", ":0", ":99999", ":٣", " ", "\t", "\n", "\r", "\0", "\x7f", "\x85", "\u2028", "\ufeff", "a", "f?x=1"),
]
crafted = st.lists(st.sampled_from(PARTS), min_size=1, max_size=9).map("".join)
addresses = st.one_of(crafted, crafted.map("https://".__add__), st.text(max_size=40).map("https://x.zoom.us".__add__))


def read_by_a_browser(address):
    """Host and port as the WHATWG standard finds them, for names: a lenient reading, the opposite of ours."""
    cleaned = re.sub(r"[\t\n\r]", "", address.strip("".join(map(chr, range(0x21)))))
    scheme, _, rest = cleaned.partition(":")
    authority = re.split(r"[/?#]", rest.replace("\\", "/").lstrip("/"), maxsplit=1)[0]
    found = re.fullmatch(r"(.*?)(?::([0-9]*))?", authority.rpartition("@")[2], re.DOTALL)
    return found[1].lower().strip("[]"), int(found[2] or {"https": 443, "http": 80}[scheme.lower()])


@pytest.mark.parametrize(
    ("address", "host", "port", "target"),
    [
        ("https://zoom.us", "zoom.us", 443, "/"),
        ("https://us02web.zoom.us/rec/download/a_b-C~.mp4?x=%2F&y[]=1|2", "us02web.zoom.us", 443, None),
        ("https://zoom.us/j/85512340987?pwd=abc.1", "zoom.us", 443, None),
        ("https://bucket.s3.eu-1.amazonaws.com/k@1:2;3?X-Amz-Signature=0f", "bucket.s3.eu-1.amazonaws.com", 443, None),
        ("HTTPS://X.Zoom.us/A", "x.zoom.us", 443, "/A"),
        ("https://x.zoom.us:443/", "x.zoom.us", 443, "/"),
        ("http://127.0.0.1:4000/v2", "127.0.0.1", 4000, "/v2"),
        ("http://[::1]:4000/", "::1", 4000, "/"),
        ("https://x.zoom.us//evil.example/@evil.example", "x.zoom.us", 443, "//evil.example/@evil.example"),
    ],
)
def test_an_honest_address_is_parsed(address, host, port, target):
    url = parse(address)

    assert (url.host, url.port) == (host, port)
    assert url.target == (target or address.split(host, 1)[1])
    assert parse(str(url)) == url


@pytest.mark.parametrize(
    "address",
    [
        *("", "zoom.us", "//zoom.us/", "https:zoom.us", "https:/zoom.us", "https:///zoom.us", "https://", "https://["),
        *("ftp://zoom.us/", "javascript:alert(1)//https://zoom.us/", "data:text/html,x"),
        *(r"https://evil.example\@x.zoom.us/f", r"https://evil.example\.zoom.us/", r"https://x.zoom.us\evil.example/"),
        *(r"https:\\x.zoom.us/", r"https://x.zoom.us/a\b", r"https://x.zoom.us/?a\b"),
        *("https://x.zoom.us@evil.example/", "https://a:b@x.zoom.us/", "https://@x.zoom.us/"),
        *("https://x.zoom.us:/", "https://x.zoom.us:0/", "https://x.zoom.us:65536/", "https://x.zoom.us:443x/"),
        *("https://x.zoom.us:0443/", "https://x.zoom.us:\u0664/"),
        *(
            "https://x..zoom.us/",
            "https://.zoom.us/",
            "https://zoom.us./",
            "https://-x.zoom.us/",
            "https://x-.zoom.us/",
        ),
        *(
            "https://x%2ezoom.us/",
            "https://zo\u00f6m.us/",
            "https://x.zoom.us\u3002evil.example/",
            "https://x.zoom.u\u017f/",
        ),
        *("https://\u212aa.zoom.us/", "https://x.zoom.us/\u00e9", "https://x.zoom.us/\x85"),
        *(
            " https://x.zoom.us/",
            "https://x.zoom.us/ ",
            "https://x.zoom.us/\n",
            "https://x.zoom\t.us/",
            "ht\ntps://x.zoom.us/",
        ),
        *(
            "https://x.zoom.us/\0",
            "https://x.zoom.us/\x7f",
            "https://x.zoom.us/a b",
            'https://x.zoom.us/"',
            "https://x.zoom.us/<",
        ),
        *("https://x.zoom.us?x=1", "https://x.zoom.us#f", "https://x.zoom.us/#f", "https://evil.example#.zoom.us/"),
        *("https://x.zoom.us/%", "https://x.zoom.us/%zz", "https://x.zoom.us/?%2"),
        *("https://127.1/", "https://2130706433/", "https://0x7f.0.0.1/", "https://127.0.0.01/", "https://a.1/"),
        *("https://[::0001]/", "https://[::1/", "https://::1/", "https://[fe80::1%25eth0]/", "https://[127.0.0.1]/"),
        "https://x.zoom.us/" + "a" * 8000,
        "https://" + "a" * 64 + ".zoom.us/",
        "https://" + "a." * 130 + "zoom.us/",
    ],
)
def test_an_address_that_could_be_read_in_two_ways_is_refused(address):
    with pytest.raises(UnsafeAddress):
        parse(address)


@given(addresses)
@example(r"https://evil.example\@x.zoom.us/f")
@example("https://x.zoom.us\\")
@example("https://evil.example\\.zoom.us/")
def test_every_parser_reads_an_accepted_address_alike(address):
    try:
        url = parse(address)
    except UnsafeAddress:
        return

    assert parse(str(url)) == url
    for spelling in (address, str(url)):
        parts, other = urlsplit(spelling), parse_url(spelling)
        assert (parts.hostname, parts.port or url.port, parts.username) == (url.host, url.port, None)
        assert (other.host.strip("[]"), other.port or url.port, other.auth) == (url.host, url.port, None)
        assert read_by_a_browser(spelling) == (url.host, url.port)
        assert parts.scheme == url.scheme


@pytest.mark.parametrize(
    ("location", "address"),
    [
        ("https://bucket.example/k?x=1", "https://bucket.example/k?x=1"),
        ("//bucket.example/k", "https://bucket.example/k"),
        ("/other?a=b", "https://x.zoom.us/other?a=b"),
        ("file.mp4", "https://x.zoom.us/rec/file.mp4"),
        ("sub/", "https://x.zoom.us/rec/sub/"),
        ("?token=1", "https://x.zoom.us/rec/one?token=1"),
        ("/a:b", "https://x.zoom.us/a:b"),
    ],
)
def test_a_redirect_is_resolved_against_the_address_it_came_from(location, address):
    assert str(resolve(parse("https://x.zoom.us/rec/one?x=y"), location)) == address


@pytest.mark.parametrize(
    "location",
    [
        *(
            "",
            "..",
            "../x",
            "a/../../x",
            "/./x",
            "https:x",
            "https:/evil.example",
            r"\\evil.example",
            r"/\evil.example",
        ),
        *("https://[", "//", "///evil.example", "//user@evil.example/", "/a#b", "#b", "/a, /b", "javascript:alert(1)"),
    ],
)
def test_a_redirect_that_could_be_read_in_two_ways_is_refused(location):
    with pytest.raises(UnsafeAddress):
        resolve(parse("https://x.zoom.us/rec/one"), location)


@given(crafted)
def test_a_redirect_to_a_relative_address_stays_at_its_host(location):
    base = Url("https", "x.zoom.us", 443, "/rec/one")
    try:
        url = resolve(base, location)
    except UnsafeAddress:
        return

    if not location.startswith("//") and not re.match(r"https?:", location, re.IGNORECASE):
        assert url.origin == base.origin


def test_parsers_do_disagree_about_a_backslash():
    """Why this parser exists: the judge and the client would see two hosts."""
    address = r"https://evil.example\@x.zoom.us/f"

    assert urlsplit(address).hostname == "x.zoom.us"
    assert parse_url(address).host == "evil.example"
