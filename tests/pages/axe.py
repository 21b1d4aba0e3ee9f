"""Runs axe on a page, with the rules of WCAG 2.2 AA and axe's own."""

from functools import cache

from axe_playwright_python.sync_playwright import Axe

RULES = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
AXE = """rules => axe.run(document, { runOnly: rules, resultTypes: ["violations"] }).then(({ violations }) =>
  violations.flatMap((each) => each.nodes.map((node) => `${each.id}: ${node.html.slice(0, 120)}`)))"""


@cache
def axe_script():
    """The source of axe."""
    return Axe().axe_script


def faults_of(page, rules=None):
    """What axe finds on the page as it stands, a line each."""
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(axe_script())
    return page.evaluate(AXE, rules or RULES)
