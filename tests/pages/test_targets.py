"""Every control of every page is large enough to press in the panel: measured in Chromium at 360 px."""

import pytest

from tests.pages.test_pages_everywhere import PAGES

#: What the panel offers first: 44 px. In a list, a line or the head of a card: 36 px. All else as WCAG 2.2 wants.
LARGE = (
    ".button, .nav a, .tabs a, .chips a, .tally a, .seg a, .option, input, select, textarea, [popover] :is(a, button)"
)
SMALL = ":is(article .actions, .acts, .strip, .fresh, .card-head) .button, .card-head a, .file, .secret"
#: The controls below ``root`` with their sizes: as far from the middle as a press still hits each, so its label and
#: what is drawn around a link count. A link within a sentence may be as high as its line.
MEASURE = """(root) => {
  const inSentence = (each) =>
    each.matches("a:not(.button)") && getComputedStyle(each).display === "inline" &&
    [...each.parentNode.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
  const isMeasured = (each) =>
    each.checkVisibility({ visibilityProperty: true }) && !each.disabled && !each.closest(".hush, .skip") &&
    !inSentence(each);
  const controls = root.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary");
  return [...controls].filter(isMeasured).map((each) => {
    each.scrollIntoView({ block: "center", inline: "center", behavior: "instant" });
    const label = each.matches("[type=checkbox], [type=radio]") ? each.labels[0] : null;
    const [box] = (label ?? each).getClientRects();
    const [x, y] = [box.left + box.width / 2, box.top + box.height / 2];
    const hits = (atX, atY) => [each, label].some((part) => part?.contains(document.elementFromPoint(atX, atY)));
    const reach = (dx, dy) => {
      let steps = 0;
      while (steps < 24 && hits(x + dx * (steps + 1), y + dy * (steps + 1))) steps++;
      return steps;
    };
    const name = `${each.tagName} ${each.className} ${(each.textContent || each.name || each.id).trim().slice(0, 30)}`;
    const size = each.matches(SMALL) ? 36 : each.matches(LARGE) ? 44 : 24;
    return [name, reach(-1, 0) + reach(1, 0) + 1, reach(0, -1) + reach(0, 1) + 1, size];
  });
}""".replace("SMALL", f"'{SMALL}'").replace("LARGE", f"'{LARGE}'")


def too_small(place):
    """The controls that are smaller than they have to be. A pixel may be lost to rounding."""
    measured = place.evaluate(MEASURE)
    return [
        f"{name}: {width} x {height}, not {size}"
        for name, width, height, size in measured
        if min(width, height) < size - 1
    ]


@pytest.mark.parametrize("story", ["quiet-day", "live-meeting"])
def test_every_control_in_the_panel_is_large_enough_to_press(dana_at, dana, world, story):
    addresses = list(PAGES.values())
    if story == "live-meeting":
        world.load_story(story)
        addresses = ["/", dana.running_meeting()]
    page, wrong = dana_at(360), {}
    page.set_viewport_size({"width": 360, "height": 800})
    for address in addresses:
        page.goto(address)
        found = too_small(page.locator("body"))
        for menu in page.locator("[popover]").all():
            menu.evaluate("(menu) => { menu.previousElementSibling.scrollIntoView(); menu.showPopover(); }")
            found += too_small(menu)
        wrong |= {address: found} if found else {}

    assert wrong == {}
