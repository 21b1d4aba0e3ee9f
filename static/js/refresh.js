// The page was served from a saved copy while the server fetches a new one: take over the new page when it is there. So for
// a report that Zoom still completes.

const DELAYS_MS = [1500, 3000, 6000];
// For 45 minutes: the longer it takes, the less often.
const COMING_MS = [...Array(20).fill(30_000), ...Array(18).fill(120_000)];

const main = document.getElementById("main");

async function refresh(delays) {
  if (!delays.length) return;
  await new Promise((done) => setTimeout(done, delays[0]));
  if (document.hidden && isComing()) return refresh(delays);
  let page;
  try {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
    if (!answer.ok) return;
    // Another page, such as that of a meeting that has started, or the progress of a long list: it needs scripts of its own.
    if (answer.redirected || answer.headers.has("Refresh")) return inUse() || location.assign(answer.url);
    const whole = new DOMParser().parseFromString(await answer.text(), "text/html");
    // Opened again, not reloaded: a reload would ask Zoom for all of it.
    if (subject(whole) !== subject(document)) return inUse() || location.replace(location.pathname + location.search);
    page = whole.getElementById("main");
  } catch {
    return refresh(delays.slice(1));
  }
  if (!page) return;
  if (inUse()) return refresh(delays.slice(1));
  if (page.innerHTML !== main.innerHTML) {
    const atTitle = document.activeElement.matches("h1");
    main.replaceChildren(...page.childNodes);
    if (atTitle) focusTitle();
    dispatchEvent(new Event("refreshed"));
  }
  main.toggleAttribute("data-refreshing", page.hasAttribute("data-refreshing"));
  if (main.hasAttribute("data-refreshing") || isComing()) return refresh(delays.slice(1));
}

// The title has the focus after the live page became this one.
function focusTitle() {
  const title = main.querySelector("h1");
  title.tabIndex = -1;
  title.focus();
}

function isComing() {
  return main.querySelector("[data-coming]");
}

// What a page with several addresses is about.
function subject(page) {
  return page.querySelector("link[rel=canonical]")?.getAttribute("href");
}

// Somebody types, has changed a field, selects a text, or has opened a menu: the page stays as it is.
function inUse() {
  const changed = [...main.querySelectorAll(":is(input, textarea):not([readonly])")].some((field) => field.value !== field.defaultValue || field.checked !== field.defaultChecked);
  return changed || (main.contains(document.activeElement) && !document.activeElement.matches("h1")) || !getSelection().isCollapsed || main.querySelector("details[open], a[aria-expanded=true]");
}

refresh(isComing() ? COMING_MS : DELAYS_MS);
