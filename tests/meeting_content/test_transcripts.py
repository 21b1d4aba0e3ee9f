"""Reading WebVTT, and the turns, speakers and pages of a transcript."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zoomapp.meeting_content import webvtt
from zoomapp.meeting_content.transcript import TURNS_PER_PAGE, elapsed, highlighted, to_text, transcript_of, view
from zoomapp.meeting_content.webvtt import Cue, Cues


def cues_of(*blocks):
    return webvtt.read("\n\n".join(["WEBVTT", *blocks]).encode()).items


@pytest.mark.parametrize(
    ("block", "cue"),
    [
        ("1\n00:00:03.000 --> 00:00:05.500\nDana: Hello", (3, 5.5, "Dana", "Hello")),
        ("00:03.000 --> 00:05.000\nDana: Hello\nagain", (3, 5, "Dana", "Hello again")),
        ("00:00:03,000 --> 00:00:05,000 align:start\nHello", (3, 5, "", "Hello")),
        ("00:03.5 --> 00:01\n<v.loud Dana Okoye>Hello <i>you</i></v>", (3.5, 3.5, "Dana Okoye", "Hello you")),
        ("30:00:00.000 --> 30:00:01.000\nA &amp; B: x &lt; y", (108000, 108001, "A & B", "x < y")),
        ("00:01.000 --> 00:02.000\nSee https://x.example: now", (1, 2, "", "See https://x.example: now")),
        ("00:01.000 --> 00:02.000\nAt 10:30 we meet", (1, 2, "", "At 10:30 we meet")),
    ],
)
def test_cue_is_read(block, cue):
    (found,) = cues_of(block)

    assert (found.start_seconds, found.end_seconds, found.speaker, found.text) == cue


def test_cues_come_in_the_order_of_time():
    found = cues_of("00:09.000 --> 00:10.000\nA: 2", "00:01.000 --> 00:02.000\nA: 1")

    assert [cue.text for cue in found] == ["1", "2"]


def test_notes_styles_and_empty_cues_are_no_speech():
    assert cues_of("NOTE a --", "STYLE\n::cue {}", "00:01.000 --> 00:02.000\n") == ()


def test_cue_without_readable_times_is_counted():
    found = webvtt.read(b"\xef\xbb\xbfWEBVTT\r\n\r\nx --> y\r\nlost\r\n\r\n00:01.000 --> 00:02.000\r\nA: here\r\n")

    assert found.unreadable == 1
    assert [cue.text for cue in found.items] == ["here"]


@given(st.binary(max_size=400) | st.text(alphabet="0:.,->\n <v>/AB&;", max_size=400).map(str.encode))
def test_any_bytes_are_read(body):
    transcript = transcript_of(webvtt.read(body))

    assert all(turn.text and turn.end_seconds >= turn.start_seconds for turn in transcript.turns)


def cue(start, speaker, text="words", seconds=2):
    return Cue(start, start + seconds, speaker, text)


def test_turn_lasts_until_somebody_else_speaks_or_nobody_does():
    cues = (cue(0, "A"), cue(3, "A"), cue(6, "B"), cue(9, "A"), cue(100, "A"), cue(103, "A", "x" * 1300), cue(106, "A"))

    transcript = transcript_of(Cues(cues))

    assert [(turn.speaker, turn.start_seconds) for turn in transcript.turns] == [
        *[("A", 0), ("B", 6), ("A", 9), ("A", 100), ("A", 106)]
    ]
    assert transcript.speakers == (("A", 12), ("B", 2))


def test_page_follows_the_hit_of_a_search():
    transcript = transcript_of(Cues(tuple(cue(n * 10, f"Person {n % 2}", f"word {n}.") for n in range(450))))

    first, found, chosen = view(transcript), view(transcript, "WORD 401."), view(transcript, "word", page=2, hit=1)

    assert (first.page, first.pages, len(first.turns), first.current) == (1, 3, TURNS_PER_PAGE, -1)
    assert (found.page, found.hits, found.current) == (3, (401,), 401)
    assert (chosen.page, chosen.hit) == (2, 1)


def test_moment_is_in_the_last_turn_that_began_before_it():
    transcript = transcript_of(Cues(tuple(cue(10 * n, f"Person {n % 2}") for n in range(1, 500))))

    found = [view(transcript, at_seconds=at) for at in (-1, 25, 3000, 10**400)]

    assert [(shown.current, shown.page) for shown in found] == [(0, 1), (1, 1), (299, 2), (498, 3)]
    assert view(transcript, page=1, at_seconds=3000).page == 1
    assert view(transcript_of(Cues(())), at_seconds=3).current == -1


@pytest.mark.parametrize(("page", "hit"), [(-5, -5), (0, 0), (99, 99), (10**30, 10**30)])
def test_any_page_and_hit_show_something(page, hit):
    transcript = transcript_of(Cues((cue(0, "A"),)))

    assert len(view(transcript, "words", "", page, hit).turns) == 1
    assert view(transcript, "", "nobody", page, hit).turns == ()


def test_text_has_a_line_for_each_turn():
    assert to_text(transcript_of(Cues((cue(3792, ""),)))) == "1:03:12 Unknown speaker: words\n"
    assert elapsed(0.9) == "0:00:00"


@given(st.text(max_size=30), st.text(max_size=3))
def test_highlighted_parts_are_the_text(text, query):
    assert "".join(part for part, _ in highlighted(text, query)) == text
