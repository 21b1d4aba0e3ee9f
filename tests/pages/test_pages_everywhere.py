"""Every page in Chromium: axe, width, keyboard, motion and print."""

import re

import pytest

from offline_zoom.faults import Fault
from tests.pages.axe import faults_of
from tests.pages.layout import torn
from tests.support.page_routes import example, page_routes
from tests.support.processes import HANG_SECONDS
from zoomapp.zoom.meeting_ids import key_of

#: An example of each page, by its route.
PAGES = {route: example(route) for route in page_routes()}
#: Other views of a page, and the answer for an address that does not exist.
PAGES |= {
    "transcript": f"{PAGES['/participants/<key>/summary']}?view=transcript&q=billing",
    "past meetings": "/meetings?show=past",
    "edit session": "/meetings/85512340987/edit?occurrence=1773651600000",
    "nowhere": "/nowhere",
}
SCOPES = {"code": 4711, "message": "does not contain scopes:[a:read:thing]."}
ANY = "GET /v2/**"
DAILY = {"code": 429, "message": "You have reached the maximum daily rate limit for this API."}
#: Everything Zoom may answer instead of what a page wants.
STATES = {
    "missing scope": Fault(ANY, 400, {}, SCOPES),
    "plan": Fault(ANY, 400, {}, {"code": 200, "message": "Only available for Paid account."}),
    "slow down": Fault(ANY, 429, {"Retry-After": "24"}, {"code": 429, "message": "slow"}),
    "daily limit": Fault(ANY, 429, {"X-RateLimit-Type": "Daily-limit"}, DAILY),
    "not found": Fault(ANY, 404, {}, {"code": 3001, "message": "Meeting does not exist."}),
    "refused": Fault(ANY, 400, {}, {"code": 300, "message": "The meeting is locked."}),
    "out of reach": Fault(ANY, drop="before"),
    "no JSON": Fault(ANY, 502, {"Content-Type": "text/html"}, "<h1>Bad gateway</h1>"),
    "empty": Fault(ANY, 200, {}, {}),
    "grant ended": Fault(ANY, 401, {}, {"code": 124, "message": "Invalid access token."}),
}
#: Pages that show nothing of Zoom's, so that they look the same in every state; and two pages once more.
WITHOUT_STATES = {
    "/calls",
    "/disconnect",
    "/help",
    "/privacy",
    "/settings",
    "/_styleguide",
    "nowhere",
    "edit session",
}
WITH_STATES = [name for name in PAGES if name not in WITHOUT_STATES]
#: The structures of pages in a state that axe has checked in this process.
checked_structures: set[str] = set()
WIDTHS = (320, 360, 480, 720, 768, 960, 1200)
#: Everything in one theme at the narrowest width, in the other at the widest; in the other two only colors differ.
THEMES = {320: ("light", "dark"), 1200: ("dark", "light")}
#: The tabs of a meeting scroll in a line of their own, which must fit itself.
SIDEWAYS = """() => [...document.querySelectorAll("body *")].filter((each) => {
  const box = each.getBoundingClientRect();
  return box.width > 1 && box.right > innerWidth + 1 && !each.closest(".hush, .skip, svg, .tabs > *");
}).map((each) => `${each.tagName}.${each.className}`)"""
#: A column so narrow that words break letter by letter.
SQUEEZED = """() => [...document.querySelectorAll("body *")].filter((each) => {
  const words = [...each.childNodes].filter((node) => node.nodeType === 3).map((node) => node.data.trim()).join("");
  const box = each.getBoundingClientRect();
  return words.length > 5 && box.width > 1 && box.height > 3 * box.width && !each.closest(".hush, .skip, svg");
}).map((each) => `${each.tagName}.${each.className} ${each.textContent.trim().slice(0, 30)}`)"""
#: The elements of a page without what its texts and addresses say: axe finds the same in two pages that share them.
STRUCTURE = """() => {
  const copy = document.documentElement.cloneNode(true);
  const texts = document.createTreeWalker(copy, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) texts.currentNode.data = texts.currentNode.data.trim() && "text";
  for (const each of copy.querySelectorAll("*"))
    for (const name of ["href", "src", "content", "value", "datetime", "title"])
      if (each.getAttribute(name)) each.setAttribute(name, "value");
  return copy.outerHTML;
}"""
CONTRAST = {"type": "rule", "values": ["color-contrast"]}
BY_KEY = """async () => {
  const able = [...document.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex='0']")];
  // One of a group of radio buttons is reached with Tab, the others from there with the arrow keys.
  const skipped = (each) => each.type === "hidden" || (each.type === "radio" && !each.checked);
  return able.filter((each) => each.checkVisibility() && !each.disabled && !skipped(each)).length;
}"""


def check(page, address):
    """Everything wrong with a page: sideways at every width and with large text; for axe narrow, wide, light, dark."""
    page.goto(address)
    wrong = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 700})
        wrong += [f"{address} {width} px: {what} sticks out" for what in page.evaluate(SIDEWAYS)]
        wrong += [f"{address} {width} px: {what} is squeezed" for what in page.evaluate(SQUEEZED)]
        # Each layout at its narrowest. The samples of the style guide are narrower than any page.
        if width in (320, 960) and address != PAGES["/_styleguide"]:
            wrong += [f"{address} {width} px: {what}" for what in torn(page)]
        for theme, rules in zip(THEMES.get(width, ()), (None, CONTRAST), strict=False):
            page.emulate_media(color_scheme=theme)
            wrong += [f"{address} {width} px {theme}: {what}" for what in faults_of(page, rules)]
    # As a person sets it in the browser, so that the layout follows.
    browser = page.context.new_cdp_session(page)
    browser.send("Page.setFontSizes", {"fontSizes": {"standard": 32}})
    assert page.evaluate("() => getComputedStyle(document.documentElement).fontSize") == "32px"
    wrong += [f"{address} with text twice as large: {what} sticks out" for what in page.evaluate(SIDEWAYS)]
    browser.send("Page.setFontSizes", {"fontSizes": {"standard": 16}})
    return wrong


def test_axe_finds_nothing_and_no_page_overflows(dana_at, world):
    page = dana_at()

    assert [wrong for address in PAGES.values() for wrong in check(page, address)] == []


@pytest.mark.parametrize("state", STATES)
def test_axe_finds_nothing_and_no_state_overflows(dana_at, world, state):
    page = dana_at()
    page.set_viewport_size({"width": 320, "height": 700})
    world.faults.append(STATES[state])
    wrong = []
    for name in WITH_STATES:
        page.goto(PAGES[name])
        wrong += [f"{name}: {what} sticks out" for what in page.evaluate(SIDEWAYS)]
        structure = page.evaluate(STRUCTURE)
        if structure in checked_structures:
            continue
        checked_structures.add(structure)
        page.emulate_media(color_scheme="light")
        wrong += [f"{name}: {what}" for what in faults_of(page)]
        # In the other theme nothing differs but the colors.
        page.emulate_media(color_scheme="dark")
        wrong += [f"{name} dark: {what}" for what in faults_of(page, CONTRAST)]

    assert wrong == []


def test_axe_finds_nothing_in_a_form_with_errors_and_the_focus_is_on_the_summary(dana_at):
    page = dana_at(360)
    page.goto("/meetings/new")
    page.fill("[name=topic]", "")
    page.fill("[name=duration]", "0")
    with page.expect_navigation():
        page.click("text=Schedule meeting")

    assert page.evaluate("() => document.activeElement.matches('[role=alert]')")
    assert page.title().startswith("Error: ")
    assert faults_of(page) == []
    page.click("[role=alert] a >> nth=0")
    assert page.evaluate("() => document.activeElement.name") == "topic"


def test_axe_finds_nothing_on_the_pages_of_visitors_and_guests(site, new_page, anyone):
    page = new_page(360, base_url=site)

    assert check(page, "/connect") == []


def test_names_of_any_length_and_script_fit(dana_at, world):
    world.load_story("attacking-names")
    page = dana_at()
    for address in ("/", "/meetings", "/recordings"):
        page.goto(address)
        for width in (320, 1200):
            page.set_viewport_size({"width": width, "height": 700})
            assert page.evaluate(SIDEWAYS) == [], (address, width)


#: In the panel those whose actions stand elsewhere than in a window.
WALKS = [(name, 1200) for name in PAGES if name not in ("/_styleguide", "nowhere")]
WALKS += [(name, 360) for name in ("/", "/participants/<key>", "/meetings", "/meetings/<meeting_id>")]
WALKS += [(name, 360) for name in ("/meetings/new", "/recordings")]


@pytest.mark.parametrize(("name", "width"), WALKS)
def test_every_action_is_reachable_by_keyboard_with_a_visible_focus(dana_at, name, width):
    page = dana_at(width)
    page.goto(PAGES[name])
    page.wait_for_function("() => !document.querySelector('[data-part]')")  # each is replaced when it is loaded
    expected, focused, hidden = page.evaluate(BY_KEY), [], []
    page.keyboard.press("Tab")
    assert page.evaluate("() => document.activeElement.className") == "skip"
    # A date and a time take several stops each.
    for _ in range(expected + 12):
        focus = page.evaluate(
            """() => {
              const it = document.activeElement, box = it.getBoundingClientRect(), top = document.querySelector(".top");
              const under = !it.closest(".top, .skip") && box.height && box.top < top.getBoundingClientRect().bottom - 1
                && box.bottom <= top.getBoundingClientRect().bottom;
              // The button inside a date field is the browser's own, and so is its ring.
              const drawn = getComputedStyle(it).outlineStyle !== "none" || it.closest(".search");
              const ring = drawn || !it.matches(":focus");
              const name = `${it.tagName} ${it.name || it.textContent.trim()}`;
              return it === document.body ? null : [name, !under && !!ring];
            }"""
        )
        if focus is None:
            break
        focused.append(focus[0])
        hidden += [] if focus[1] else [focus[0]]
        page.keyboard.press("Tab")

    assert len(focused) >= expected - 1
    assert hidden == []
    assert page.evaluate("() => document.activeElement === document.body"), "the focus is caught"


def test_the_export_and_the_first_recording_are_near_the_top(dana_at):
    page = dana_at(360)
    page.goto("/recordings")
    stops = []
    for _ in range(14):
        page.keyboard.press("Tab")
        stops.append(page.evaluate("() => document.activeElement.textContent.trim()"))

    assert stops.index("Export CSV") < 10
    assert [stop for stop in stops if stop.startswith("Download")]


def test_days_are_chosen_and_meetings_are_searched_by_keyboard(dana_at):
    page = dana_at(1200)
    page.goto("/recordings")
    page.focus("[popovertarget=dates]")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")

    assert page.evaluate("() => document.activeElement.name") == "from"
    page.goto("/meetings")
    page.focus("[name=q]")
    page.keyboard.type("retro")
    page.keyboard.press("Enter")
    page.wait_for_url("**q=retro*")


def test_no_animation_runs_on_an_idle_page(dana_at, world):
    world.load_story("live-meeting")
    page = dana_at(360)
    page.goto("/")

    assert page.evaluate("() => document.getAnimations().length") == 0
    page.emulate_media(reduced_motion="no-preference")
    assert page.evaluate("() => document.getAnimations().length") > 0


def test_a_printed_page_has_no_buttons_and_no_navigation(dana_at):
    page = dana_at(800)
    for address in ("/meetings", "/recordings"):
        page.goto(address)
        page.emulate_media(media="print", color_scheme="dark")

        assert not page.is_visible(".top")
        assert not page.is_visible("footer")
        assert not [each for each in page.query_selector_all("main .button") if each.is_visible()]
        assert page.evaluate("() => getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
        page.emulate_media(media="screen")


def test_forced_colors_keep_the_knob_of_switches_visible(dana_at):
    page = dana_at(360, forced_colors="active")
    page.goto(PAGES["/meetings/<meeting_id>"])

    colors = page.evaluate(
        """() => { const each = document.querySelector("[role=switch]");
        return [getComputedStyle(each).backgroundColor, getComputedStyle(each, "::after").backgroundColor]; }"""
    )
    assert colors[0] != colors[1]


def test_pages_request_only_our_own_host(dana_at, site):
    """No page requests another host, and no script logs an error."""
    page = dana_at()
    hosts, complaints = set(), []
    page.on("request", lambda request: hosts.add(re.match(r"https?://[^/]+|\w+:", request.url)[0]))
    page.on("console", lambda said: complaints.append(said.text) if said.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    for name, address in PAGES.items():
        if name != "nowhere":
            page.goto(address)

    assert hosts <= {site, "data:"}
    assert complaints == []


def test_three_people_are_visible_in_the_panel(dana_at, dana, world):
    world.load_story("live-meeting")
    page = dana_at(360)
    page.set_viewport_size({"width": 360, "height": 640})
    page.goto(dana.running_meeting())

    third = page.locator("tbody tr").nth(2).bounding_box()

    assert third["y"] + third["height"] <= 640


def test_no_page_is_wider_than_the_panel_with_a_font_of_twice_the_size(dana, world, site, large_font_browser):
    context = large_font_browser.new_context(viewport={"width": 360, "height": 700}, base_url=site)
    context.set_default_timeout(HANG_SECONDS * 1000)
    cookie = dana.browser.get_cookie("zoomapp")
    context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": site}])
    page = context.new_page()

    world.load_story("live-meeting")
    found = {}
    for name, path in {**PAGES, "live": dana.running_meeting()}.items():
        page.goto(path)
        if name != "/_styleguide" and (wrong := [*page.evaluate(SIDEWAYS), *torn(page)]):
            found[name] = wrong

    assert page.evaluate("getComputedStyle(document.documentElement).fontSize") == "32px"
    assert found == {}


def test_times_of_a_12_hour_clock_stay_whole_and_nothing_jumps(dana_at, dana, world):
    world.load_story("live-meeting")
    dana.post(
        "/settings", data={"region": "en_US", "hour12": "12", "zone_name": "America/New_York", "late_minutes": "5"}
    )
    page = dana_at()
    page.add_init_script("""new PerformanceObserver((list) => {
      for (const { value, hadRecentInput } of list.getEntries())
        if (!hadRecentInput) window.shift = (window.shift ?? 0) + value;
    }).observe({ type: "layout-shift", buffered: true });""")
    addresses = ["/", dana.running_meeting(), "/meetings", "/meetings?show=past", "/recordings", "/calls"]
    (town_hall,) = (each for each in world.instances.values() if each.topic == "Town hall")
    addresses.append(f"/participants/{key_of(town_hall.uuid)}")
    addresses += [PAGES[route] for route in ("/participants/<key>", "/participants/<key>/times")]
    found = []
    for address in addresses:
        for width in (360, 1200):
            page.set_viewport_size({"width": width, "height": 800})
            page.goto(address)
            assert re.search(r"\d:\d\d\s(AM|PM)", page.text_content("main")) or address == "/calls"
            found += [f"{address} {width} px: {what}" for what in torn(page)]
            found += [
                f"{address} {width} px: shift {shift}" for shift in [page.evaluate("window.shift ?? 0")] if shift > 0.02
            ]

    assert found == []
