"""A thousand people in a panel: nothing moves when it is refreshed. Its time: bench/time_limits/test_browser.py."""

import pytest

ROUNDS = 11
#: Measures each refresh, from parsing to layout, and records elements that moved without user input.
WATCH = """() => {
  Object.assign(window, { took: [], shifts: [] });
  const [morph, create] = [Idiomorph.morph, document.createElement.bind(document)];
  let began = 0;
  document.createElement = (name) => {
    if (name === "template") began = performance.now();
    return create(name);
  };
  Idiomorph.morph = (...all) => {
    morph(...all);
    document.body.getBoundingClientRect();
    took.push(performance.now() - began);
  };
  const moved = new PerformanceObserver((list) => shifts.push(...list.getEntries().map((each) => each.value)));
  moved.observe({ type: "layout-shift" });
}"""


@pytest.mark.parametrize("width", [360, 1200])
def test_a_refresh_of_a_hundred_rows_moves_nothing(dana_at, dana, world, clock, width):
    page = open_large_meeting(dana_at, dana, world, width)

    refresh(page, world, clock)

    assert max(page.evaluate("shifts"), default=0) <= 0.02


def open_large_meeting(dana_at, dana, world, width):
    """The page of a thousand people, under watch."""
    world.load_story("all-hands")
    page = dana_at(width)
    page.goto(dana.running_meeting())
    page.wait_for_selector("[data-pause]:visible")
    page.evaluate(WATCH)
    return page


def refresh(page, world, clock):
    """Refresh the rows several times. Returns the milliseconds of each refresh."""

    for number in range(ROUNDS):
        world.join(world.live_instance(), None, f"Late Guest {number}")
        clock.tick(61)
        # The page polls at once after a report of its own client.
        page.evaluate("document.dispatchEvent(new Event('sighted'))")
        page.wait_for_function("count => took.length > count", arg=number)

    return page.evaluate("took")
