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
    // Another page, such as that of a meeting that has started, or the progress of a long list: it needs scripts of its own.
    if (answer.redirected || answer.headers.has("Refresh")) return inUse() || location.assign(answer.url);
    const whole = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (subject(whole) !== subject(document)) return inUse() || location.reload();
    page = whole.getElementById("main");
  } catch {
    return refresh(delays.slice(1));
  }
  if (!page) return;
  if (inUse()) return refresh(delays.slice(1));
  if (page.innerHTML !== main.innerHTML) {
    main.replaceChildren(...page.childNodes);
    dispatchEvent(new Event("refreshed"));
  }
  main.toggleAttribute("data-refreshing", page.hasAttribute("data-refreshing"));
  if (main.hasAttribute("data-refreshing")) return refresh(delays.slice(1));
}

// What a page with several addresses is about.
function subject(page) {
  return page.querySelector("link[rel=canonical]")?.getAttribute("href");
}

// Somebody types, has changed a field, selects a text, or has opened a menu: the page stays as it is.
function inUse() {
  const changed = [...main.querySelectorAll("input, textarea")].some((field) => field.value !== field.defaultValue || field.checked !== field.defaultChecked);
  return changed || main.contains(document.activeElement) || !getSelection().isCollapsed || main.querySelector("details[open]");
}

refresh(DELAYS_MS);
