"""Every menu of every page in Chromium, found by walking the pages: mouse, keyboard, place, focus."""

import pytest

from tests.pages.test_pages_everywhere import PAGES

ITEMS = "[...menu.querySelectorAll('a, button, input, select')].filter((each) => each.offsetParent)"
#: What is wrong with an open menu: out of the window, or not at its button.
PLACE = """(menu) => {
  const [box, at] = [menu, menu.previousElementSibling].map((each) => each.getBoundingClientRect());
  const inside = box.left >= 0 && box.right <= innerWidth && box.top >= 0 && box.bottom <= innerHeight;
  const below = Math.abs(box.top - at.bottom) < 9 || Math.abs(at.top - box.bottom) < 9;
  const beside = box.left <= at.right && at.left <= box.right;
  return inside && below && beside ? "" : JSON.stringify([box, at, innerWidth, innerHeight]);
}"""


#: Waits for the script of the keys, which comes when the first menu opens.
LOADED = """() => import(document.querySelector("script[src*='/js/page.js']").src.replace("page.js", "menu.js"))"""


def pages_with_menus(dana, addresses):
    return [address for address in dict.fromkeys(addresses) if "popovertarget" in dana.look(address).text]


def faults_of_menu(page, name):
    """What is wrong with the menu of this id."""
    button, menu, wrong = page.locator(f"[popovertarget={name}]"), page.locator(f"#{name}"), []

    def check(fact, words):
        if not fact:
            wrong.append(words)

    def is_open():
        return menu.evaluate("(menu) => menu.matches(':popover-open')")

    def focused():
        return menu.evaluate(f"(menu) => {ITEMS}.indexOf(document.activeElement)")

    button.focus()
    page.keyboard.press("Enter")
    check(is_open(), "Enter opens it")
    page.evaluate(LOADED)
    place = menu.evaluate(PLACE)
    check(not place, f"it is at its button: {place}")
    last = menu.evaluate(f"(menu) => {ITEMS}.length") - 1
    page.keyboard.press("ArrowDown")
    check(focused() == min(0, last), "arrow down goes to the first entry")
    if last >= 0 and menu.locator("input, select").count() == 0:
        for key, expected in (
            ("End", last),
            ("ArrowDown", 0),
            ("ArrowUp", last),
            ("Home", 0),
            ("ArrowDown", min(1, last)),
        ):
            page.keyboard.press(key)
            check(focused() == expected, f"{key} goes to entry {expected}, not {focused()}")
    page.keyboard.press("Escape")
    check(not is_open(), "Esc closes it")
    check(button.evaluate("(button) => button === document.activeElement"), "the focus returns to the button")

    box = button.bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    check(is_open(), "a press opens it")
    page.mouse.click(2, page.viewport_size["height"] - 2)
    check(not is_open(), "a press outside closes it")

    button.focus()
    page.keyboard.press("Enter")
    for _ in range(last + 12):
        page.keyboard.press("Tab")
        if not is_open():
            break
    check(not is_open(), "it closes when the focus leaves it")
    return wrong


@pytest.mark.parametrize("story", ["quiet-day", "live-meeting"])
def test_every_menu_opens_moves_and_closes_by_mouse_and_keyboard(dana_at, dana, world, story):
    addresses = list(PAGES.values())
    if story == "live-meeting":
        world.load_story(story)
        addresses = [dana.running_meeting()]
    page, wrong, count = dana_at(), [], 0
    for address in pages_with_menus(dana, addresses):
        for width in (360, 1200):
            page.set_viewport_size({"width": width, "height": 800})
            page.goto(address)
            buttons = page.locator("[popovertarget]:visible").evaluate_all(
                "(all) => all.map((each) => each.popoverTargetElement.id)"
            )
            count += len(buttons)
            wrong += [
                f"{address} {width} px #{name}: {what}" for name in buttons for what in faults_of_menu(page, name)
            ]

    assert wrong == []
    assert count > 2


def test_menu_is_at_the_bottom_of_the_window_in_a_browser_without_anchor_positioning(dana_at):
    page = dana_at(360)
    page.set_viewport_size({"width": 360, "height": 800})

    def without_anchors(route):
        css = route.fetch().text()
        assert css.count("@supports (anchor-scope: --menu)") == 1
        route.fulfill(content_type="text/css", body=css.replace("(anchor-scope: --menu)", "(anchor-scope: 1)"))

    page.route("**/css/app.css", without_anchors)
    page.goto(PAGES["/participants/<key>"])
    page.click("[popovertarget=files]")

    box = page.locator("#files").bounding_box()
    assert box["x"] >= 0 and box["x"] + box["width"] <= 360
    assert 770 < box["y"] + box["height"] <= 800
    page.keyboard.press("Escape")
    assert page.locator("#files:popover-open").count() == 0
    assert_long_menu_fits_a_low_window(page)


def test_long_menu_in_a_low_window_shows_its_last_entry(dana_at):
    page = dana_at(360)
    page.goto(PAGES["/participants/<key>"])

    assert_long_menu_fits_a_low_window(page)


def assert_long_menu_fits_a_low_window(page):
    page.set_viewport_size({"width": 360, "height": 400})
    page.evaluate("""() => { const [entry] = document.querySelectorAll("#files :is(a, button)");
        for (let n = 0; n < 12; n++) entry.parentNode.append(entry.cloneNode(true)); }""")
    page.click("[popovertarget=files]")
    page.evaluate(LOADED)
    box = page.locator("#files").bounding_box()
    assert box["y"] >= 0 and box["y"] + box["height"] <= 400
    page.keyboard.press("End")
    last = page.locator("#files :is(a, button) >> nth=-1").bounding_box()
    assert last["y"] >= 0 and last["y"] + last["height"] <= 400
