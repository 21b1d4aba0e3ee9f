"""Charts show the right times, fit every width, and have a description for screen readers."""

import gzip
import re
from xml.etree import ElementTree
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zoomapp import charts
from zoomapp.regions import DateFormats

BERLIN, KATHMANDU, ST_JOHNS = (ZoneInfo(name) for name in ("Europe/Berlin", "Asia/Kathmandu", "America/St_Johns"))
TEN = 1_795_424_400.0  # 23 November 2026, 10:00 in Berlin
MINUTE = 60.0
GB = DateFormats("en_GB")
AXIS = charts.Axis.around(TEN - 3 * MINUTE, TEN + 42 * MINUTE, BERLIN, GB, scheduled=TEN)
POINTS = [(TEN - 3 * MINUTE, 1), (TEN, 9), (TEN + 17 * MINUTE, 15), (TEN + 30 * MINUTE, 12)]


def drawing(svg):
    """The chart as elements; fails if it is not well-formed, or has a script or a style."""
    root = ElementTree.fromstring(str(svg))
    assert not [name for part in root.iter() for name in part.attrib if name == "style" or name.startswith("on")]
    return root


def line_points(chart):
    """The corners of the curve's line, in thousandths of its frame."""
    line = chart.find("svg/path[@class='c-line']").get("d")
    start, steps = re.fullmatch(r"M(\d+ \d+)((?:[hv]-?\d+)*)", line).groups()
    corners = [tuple(map(int, start.split()))]
    for direction, length in re.findall(r"([hv])(-?\d+)", steps):
        x, y = corners[-1]
        corners.append((x + int(length), y) if direction == "h" else (x, y + int(length)))
    return corners


def percent(element, name):
    return float(element.get(name, "0%").removesuffix("%"))


# --- axis


def test_the_axis_starts_two_minutes_before_the_first_arrival():
    assert (AXIS.start, AXIS.end) == (TEN - 5 * MINUTE, TEN + 42 * MINUTE)
    assert (AXIS.x(AXIS.start), AXIS.x(AXIS.end), AXIS.x(0), AXIS.x(TEN * 2)) == (0, 100, 0, 100)


def test_the_axis_starts_before_the_scheduled_start_when_everybody_is_late():
    axis = charts.Axis.around(TEN + 7 * MINUTE, TEN + 42 * MINUTE, BERLIN, GB, scheduled=TEN)

    assert axis.start == TEN - 2 * MINUTE


@pytest.mark.parametrize(
    ("max_ticks", "labels"),
    [
        (5, ["10:00", "10:10", "10:20", "10:30", "now"]),
        (9, ["10:00", "10:05", "10:10", "10:15", "10:20", "10:25", "10:30", "10:35", "now"]),
    ],
)
def test_ticks_are_as_many_round_times_as_fit(max_ticks, labels):
    assert [label for _, label in AXIS.ticks(max_ticks)] == labels


@pytest.mark.parametrize(
    ("zone", "labels"),
    [(KATHMANDU, ["15:00", "16:00", "17:27"]), (ST_JOHNS, ["06:00", "07:00", "08:12"])],
)
def test_ticks_are_round_on_the_viewers_clock(zone, labels):
    axis = charts.Axis.around(TEN, TEN + 162 * MINUTE, zone, GB, live=False)

    assert [label for _, label in axis.ticks(4)] == labels


def test_ticks_of_a_12_hour_clock_have_no_am_or_pm():
    axis = charts.Axis.around(TEN, TEN + 42 * MINUTE, BERLIN, DateFormats("en_US"), live=False)

    assert [label for _, label in axis.ticks(3)] == ["10:00", "10:30", "10:42"]


@given(st.floats(1, 3e6), st.sampled_from([2, 5, 9]), st.sampled_from([BERLIN, KATHMANDU, ST_JOHNS]))
def test_ticks_keep_a_distance_to_the_last_label(seconds, max_ticks, zone):
    ticks = charts.Axis.around(TEN, TEN + seconds, zone, GB).ticks(max_ticks)

    positions, gap = [x for x, _ in ticks], 20 if max_ticks <= 5 else 11
    assert len(ticks) <= max_ticks and positions == sorted(positions)
    assert positions[-1] == 100 and all(0 <= x <= 100 - gap + 0.0001 for x in positions[:-1])


def test_label_at_the_edge_of_a_narrow_axis_does_not_touch_the_next():
    def labels(minutes, max_labels):
        axis = charts.Axis.around(TEN, TEN + minutes * MINUTE, BERLIN, GB, live=False)
        return re.findall(r">(\d\d:\d\d)<", charts.time_labels(axis, max_labels=max_labels))

    assert labels(50, 5) == ["10:10", "10:20", "10:30", "10:50"]
    assert labels(50, 9)[:2] == ["10:00", "10:10"]


# --- timeline


def test_report_timeline_shows_what_was_missed_as_thin_lines():
    first, second = (TEN, TEN + 10 * MINUTE), (TEN + 20 * MINUTE, TEN + 30 * MINUTE)

    row = drawing(
        charts.report_timeline(AXIS, [first, second], late=(TEN - MINUTE, TEN), early=(second[1], second[1] + MINUTE))
    )

    assert [part.get("class") for part in row] == ["m-late", "m-early", "m-away", "c-in", "c-in"]
    assert percent(row[0], "x2") == percent(row[3], "x")
    assert percent(row[2], "x2") == percent(row[4], "x")
    assert not list(drawing(charts.report_timeline(AXIS, [])))


def test_timeline_shows_meeting_waiting_room_and_scheduled_start():
    row = drawing(charts.timeline(AXIS, [(TEN, None)], [(TEN - MINUTE, TEN)]))

    assert [part.get("class") for part in row] == ["c-in", "c-wait", "c-mark"]
    assert [percent(part, "x") for part in row[:2]] == [10.6, 8.5]
    assert percent(row[0], "width") == 89.4
    assert row.get("aria-hidden") == "true"


def test_timeline_of_a_person_who_left_is_gray():
    row = drawing(charts.timeline(AXIS, [(TEN, TEN + MINUTE)], has_left=True))

    assert row[0].get("class") == "c-out"


def test_a_stay_of_ten_seconds_is_visible():
    row = drawing(charts.timeline(AXIS, [(AXIS.end - 10, None), (TEN, TEN + 10)]))

    assert [(percent(bar, "x"), percent(bar, "width")) for bar in row[:2]] == [(99.4, 0.6), (10.6, 0.6)]


@given(st.lists(st.tuples(st.floats(-1e5, 1e5), st.floats(-1e5, 1e5) | st.none())))
def test_bars_stay_inside_the_row(intervals):
    moments = [(TEN + start, None if length is None else TEN + length) for start, length in intervals]

    bars = drawing(charts.timeline(AXIS, moments)).findall("rect[@class='c-in']")

    assert len(bars) == len(intervals)
    assert all(percent(bar, "x") >= 0 and percent(bar, "x") + percent(bar, "width") <= 100.01 for bar in bars)


def test_timeline_description_is_in_chronological_order():
    words = charts.timeline_description(AXIS, [(TEN + 12 * MINUTE, None)], [(TEN + 10 * MINUTE, TEN + 12 * MINUTE)])

    assert words == "in the waiting room from 10:10 to 10:12; in the meeting since 10:12"


# --- curve


def test_curve_has_a_description():
    assert charts.curve_description(AXIS, POINTS) == (
        "Rises from 1 person at 09:57 to a peak of 15 at 10:17; 12 people at 10:42."
    )


def test_curve_description_of_an_ended_meeting_names_its_end():
    axis = charts.Axis.around(TEN, TEN + 42 * MINUTE, BERLIN, GB, live=False)

    assert charts.curve_description(axis, POINTS).endswith("; it ended at 10:42.")


def test_curve_has_unique_ids_for_title_and_description():
    chart = drawing(charts.curve(AXIS, POINTS, prefix="narrow"))

    assert chart.get("role") == "img" and chart.get("aria-labelledby") == "narrow-t narrow-d"
    assert [part.get("id") for part in chart[:2]] == ["narrow-t", "narrow-d"]


def test_curve_marks_the_first_peak_and_has_three_grid_lines():
    chart = drawing(charts.curve(AXIS, [*POINTS, (TEN + 31 * MINUTE, 15), (TEN + 32 * MINUTE, 12)]))

    words = [text.text for text in chart.iter("text")]
    assert "peak 15 at 10:17" in words and {"5", "10", "15"} <= set(words)
    assert chart.find("circle").get("cx") == "46.81%"


@pytest.mark.parametrize(("minutes", "anchor"), [(-2, "start"), (17, "middle"), (40, "end")])
def test_peak_label_stays_inside_the_chart(minutes, anchor):
    chart = drawing(charts.curve(AXIS, [(TEN - 3 * MINUTE, 1), (TEN + minutes * MINUTE, 15)]))

    label = next(text for text in chart.iter("text") if text.text.startswith("peak"))
    assert label.get("text-anchor") == anchor


@pytest.mark.parametrize("points", [[], [(TEN, 1)], [(AXIS.end - 30, 1), (AXIS.end - 20, 2)]])
def test_too_few_points_give_a_sentence(points):
    assert "The curve starts after two minutes." in charts.curve(AXIS, points)


@given(st.lists(st.tuples(st.floats(0, 2520), st.integers(0, 3000)), min_size=2, max_size=600))
def test_curve_stays_in_its_frame_and_has_few_points(changes):
    points = [(TEN - 3 * MINUTE, 2), *((TEN + at, count) for at, count in sorted(changes))]

    chart = drawing(charts.curve(AXIS, points))

    line = line_points(chart)
    assert len({x for x, _ in line}) <= 202
    assert all(0 <= x <= 1000 and 0 <= y <= 1000 for x, y in line)
    assert line == sorted(line, key=lambda corner: corner[0]) and line[-1][0] == 1000


def test_a_peak_between_two_close_points_is_drawn():
    points = [(TEN, 2), *((TEN + n, 3) for n in range(1, 300)), (TEN + 300, 90), (TEN + 300.1, 3)]

    chart = drawing(charts.curve(AXIS, points))

    assert min(y for _, y in line_points(chart)) == 0
    assert line_points(chart)[-1] == (1000, 1000 - round(1000 * 3 / 90))


def test_a_curve_of_a_thousand_arrivals_compresses_to_300_bytes():
    points = [(TEN + 1.3 * number, number + 1) for number in range(1000)]

    chart = drawing(charts.curve(AXIS, points))

    assert len(gzip.compress(chart.find("svg/path[@class='c-line']").get("d").encode())) < 300


# --- amounts

MONTHS = [("Jun", 3_100_000_000), ("Jul", 0), ("Aug <b>", 6_400_000_000)]


def test_storage_has_a_bar_for_each_month_with_recordings():
    chart = drawing(charts.storage(MONTHS))

    assert [bar.get("class") for bar in chart.findall("rect")] == ["c-bar", "c-bar cur"]
    assert [text.text for text in chart.iter("text")] == ["3.1", "Jun", "0", "Jul", "6.4", "Aug <b>"]
    assert chart.find("desc").text == "Jun 3.1 GB, Jul 0 GB, Aug <b> 6.4 GB."


@pytest.mark.parametrize("months", [[], [("Jun", 0)]])
def test_storage_without_recordings_has_no_bars(months):
    assert drawing(charts.storage(months)).findall("rect") == []


@pytest.mark.parametrize(("value", "largest", "width"), [(3, 4, "75%"), (5, 4, "100%"), (0, 0, "0%")])
def test_meter_is_relative_to_the_largest_value(value, largest, width):
    assert drawing(charts.meter(value, largest))[0].get("width") == width


def test_table_escapes_its_cells():
    table = charts.table(["Time", "People"], [("10:00", 9), ("<script>", 1)])

    assert [cell.text for cell in drawing(table).iter("td")] == ["10:00", "9", "<script>", "1"]


def test_a_text_in_place_of_a_number_is_an_error():
    with pytest.raises(ValueError):
        charts.meter('1" onload="x', 2)


def test_a_small_amount_of_storage_is_a_small_bar_with_a_label():
    chart = drawing(charts.storage([("Oct", 0), ("Nov", 43_000_000)]))

    assert [part.text for part in chart.iter() if part.tag.endswith("text")] == ["0", "Oct", "<0.1", "Nov"]
    assert float(next(part for part in chart.iter() if part.tag.endswith("rect")).get("height")) < 10
