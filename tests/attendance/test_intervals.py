"""Operations on intervals give the same result as on sets of seconds."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from zoomapp.attendance import intervals

END = 60
INTERVALS = st.lists(
    st.tuples(st.integers(0, END), st.integers(0, END)).map(lambda ends: (min(ends), max(ends)))
    | st.tuples(st.integers(0, END), st.none())
)
MOMENTS = st.sets(st.integers(0, END), max_size=6)


def seconds(stretches):
    """Each second of the first hundred that they cover."""
    return {at for at in range(100) for start, end in stretches if start <= at < (100 if end is None else end)}


@given(INTERVALS)
def test_a_union_covers_the_same_seconds_each_once(stretches):
    union = intervals.union(stretches)

    assert seconds(union) == seconds(stretches)
    assert intervals.seconds(union, 100) == len(seconds(stretches))
    assert all(intervals.until(one) < other[0] for one, other in pairwise(union))


@given(INTERVALS)
def test_a_union_of_a_union_is_itself(stretches):
    union = intervals.union(stretches, gap=5)

    assert intervals.union(union, gap=5) == union == intervals.union(stretches[::-1], gap=5)


@given(INTERVALS, INTERVALS)
def test_a_difference_is_the_part_that_the_others_do_not_cover(stretches, others):
    assert seconds(intervals.difference(stretches, others)) == seconds(stretches) - seconds(others)


@given(INTERVALS, INTERVALS)
def test_overlapping_is_having_a_second_in_common(stretches, others):
    long = [[each for each in some if each[0] != each[1]] for some in (stretches, others)]

    assert intervals.overlap(*long) == bool(seconds(stretches) & seconds(others))


@given(MOMENTS, MOMENTS)
def test_pairs_are_in_order_and_use_only_the_given_moments(joins, leaves):
    stays = intervals.pair(joins, leaves)

    ends = [end for _, end in stays if end is not None]
    assert stays == sorted(stays, key=lambda stay: stay[0])
    assert all(end <= later[0] for (_, end), later in pairwise(stays))
    assert {start for start, _ in stays} | set(ends) <= joins | leaves
    assert bool(stays) == bool(joins | leaves)


def test_a_leave_stamped_before_its_own_join_is_a_short_visit():
    assert intervals.pair({105}, {103}) == [(105, 105)]
    assert intervals.pair({105}, {105}) == [(105, 105)]


def test_a_leave_without_a_join_is_a_stay_of_no_length():
    assert intervals.pair({200}, {100, 300}) == [(100, 100), (200, 300)]


def test_going_out_and_in_at_the_same_moment_is_two_stays():
    assert intervals.pair({100, 200}, {200, 300}) == [(100, 200), (200, 300)]


def test_the_better_source_keeps_its_times():
    assert intervals.overlay([(105, 200)], [(100, 230)]) == [(105, 200)]


def test_the_other_source_knows_the_end_that_the_better_one_missed():
    assert intervals.overlay([(105, None)], [(100, 200)]) == [(105, 200)]


def test_the_other_source_knows_the_beginning_that_the_better_one_missed():
    assert intervals.overlay([(200, 200)], [(100, None)]) == [(100, 200)]


def test_the_other_source_knows_a_stay_that_the_better_one_missed():
    assert intervals.overlay([(105, None)], [(100, 200), (300, 400)]) == [(105, 200), (300, 400)]


def test_difference_keeps_a_moment_without_length_uncovered():
    assert intervals.difference([(0.0, 2.0)], [(1.0, 1.0)]) == ((0.0, 1.0), (1.0, 2.0))
