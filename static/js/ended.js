// The meeting of the live page is over: replaces the page with its report, at the same address. The report then updates itself.

const main = document.getElementById("main");
const region = main.querySelector("[data-live]");
const address = region.dataset.report;

try {
  // A report that fails is asked for once more: what the server has found out by then is saved.
  const page = await load().catch(load);
  // The meeting was started again meanwhile. Its live page needs its own scripts.
  if (page.querySelector("[data-live]")) location.replace(location.pathname + location.search);
  else show(page);
} catch (error) {
  console.info("report", error.message);
  linkToReport();
}

async function load() {
  const answer = await fetch(address, { headers: { Accept: "text/html" }, signal: AbortSignal.timeout(10_000) });
  if (!answer.ok) throw new Error(answer.status);
  return new DOMParser().parseFromString(await answer.text(), "text/html");
}

function show(page) {
  const hadFocus = main.contains(document.activeElement);
  main.replaceChildren(...page.getElementById("main").childNodes);
  document.title = page.title;
  // The address may have meant any running meeting. A reload shall show this one.
  if (location.pathname !== address) history.replaceState(null, "", address);
  dispatchEvent(new Event("refreshed"));
  const title = main.querySelector("h1");
  title.tabIndex = -1;
  if (hadFocus) title.focus();
  say(main.querySelector("[data-ended]")?.dataset.ended ?? "Meeting ended");
  main.toggleAttribute("data-refreshing", page.getElementById("main").hasAttribute("data-refreshing"));
  if (main.matches("[data-refreshing], :has([data-coming])")) import("./refresh.js");
}

// Without the report, the page links to it.
function linkToReport() {
  const link = Object.assign(document.createElement("a"), { href: address, textContent: "Open the attendance report" });
  document.querySelector("[data-fresh-text]")?.replaceChildren("Meeting ended · ", link);
  document.querySelector("[data-pause]")?.setAttribute("hidden", "");
  say("Meeting ended");
}

function say(text) {
  document.querySelector("[data-say]").textContent = text;
}
