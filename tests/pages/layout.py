"""Faults of a page's layout that a person sees at once: torn times and words, labels that touch."""

from playwright.sync_api import Page

#: Times on two lines, words broken in the middle, labels of a chart over each other or under a line, a dot that touches
#: its text. Words of more than 14 letters may break.
TORN = """() => {
  const found = [], range = document.createRange(), skipped = ".hush, .skip, svg, option, code";
  const beside = (a, b) => a.right <= b.left + 0.5 || b.right <= a.left + 0.5;
  const apart = (a, b) => beside(a, b) || a.bottom <= b.top + 2 || b.bottom <= a.top + 2;
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const kinds = {
    "a time": /\\d{1,2}:\\d{2}(?:[\\s\\u202f\\u00a0][ap]\\.?m\\.?)?/gi,
    "a word": /(?<!\\S)[“"(]*\\p{L}{2,14}[”").,:;!?…]*(?!\\S)/gu,
  };
  while (texts.nextNode()) {
    const node = texts.currentNode;
    const parent = node.parentElement;
    const isShown = parent.checkVisibility() && parent.getBoundingClientRect().width > 2;
    if (!node.data.trim() || !isShown || parent.closest(skipped)) continue;
    for (const [kind, form] of Object.entries(kinds))
      for (const { 0: text, index } of node.data.matchAll(form)) {
        range.setStart(node, index);
        range.setEnd(node, index + text.length);
        const boxes = [...range.getClientRects()].filter(({ width }) => width > 1);
        if (new Set(boxes.map(({ top }) => Math.round(top / 4))).size > 1) found.push(`${kind} is torn: ${text}`);
      }
  }
  for (const chart of document.querySelectorAll("svg")) {
    const boxes = (names) => [...chart.querySelectorAll(names)].map((each) => [each, each.getBoundingClientRect()]);
    const labels = boxes("text").filter(([, box]) => box.width > 0), lines = boxes(".c-mark");
    labels.forEach(([label, box], at) => {
      // A label with a rim of the background covers the line behind it.
      const crossing = getComputedStyle(label).paintOrder.startsWith("stroke") ? [] : lines;
      for (const [other, there] of [...labels.slice(at + 1), ...crossing])
        if (!apart(box, there)) found.push(`labels touch: ${label.textContent} and ${other.textContent || "a line"}`);
    });
  }
  for (const dot of document.querySelectorAll(".dot")) {
    const next = dot.nextSibling;
    if (!next || !dot.checkVisibility()) continue;
    range.selectNode(next);
    const [{ right }, box] = [dot.getBoundingClientRect(), range.getBoundingClientRect()];
    if (box.width > 1 && box.left - right < 3) found.push(`a dot touches ${next.textContent.trim()}`);
  }
  return found;
}"""


def torn(page: Page) -> list[str]:
    """What a person sees torn or touching on the page, each once."""
    return sorted(set(page.evaluate(TORN)))
