// The page was served from a saved copy while the server fetches a new one: take over the new page when it is there.

const DELAYS_MS = [1500, 3000, 6000];

const main = document.getElementById("main");

async function refresh(delays) {
  if (!delays.length) return;
  await new Promise((done) => setTimeout(done, delays[0]));
  let page;
  try {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
    if (!answer.ok) return;
    page = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("main");
  } catch {
    return refresh(delays.slice(1));
  }
  if (!page || inUse()) return;
  if (page.innerHTML !== main.innerHTML) main.replaceChildren(...page.childNodes);
  main.toggleAttribute("data-refreshing", page.hasAttribute("data-refreshing"));
  if (main.hasAttribute("data-refreshing")) return refresh(delays.slice(1));
}

// Somebody types, selects a text, or has opened a menu: the page stays as it is.
function inUse() {
  const focused = document.activeElement;
  return main.contains(focused) || !getSelection().isCollapsed || main.querySelector("details[open], :popover-open");
}

refresh(DELAYS_MS);
