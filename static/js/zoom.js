// Inside Zoom's client: configure the SDK on every page, sign in without leaving, ask who is there.
//
// The SDK object turns every unknown property into a call, `then` included: it is never returned, awaited or resolved with.
import zoomSdk from "../vendor/appssdk/sdk.es.js";
import { ask, onUnauthorized } from "./api.js";

// What every page asks for; a page that can do more names it in data-capabilities, the newest last.
const MORE = document.querySelector("[data-capabilities]")?.dataset.capabilities.split(" ") ?? [];
const CAPABILITIES = ["authorize", "onAuthorized", "getAppContext", "promptAuthorize", "openUrl", ...MORE];
const CORE = ["authorize", "onAuthorized", "getAppContext", "openUrl"];
const CONFIG_MS = 3000;
const AUTHORIZE_MS = 60000;

export const ready = configure();
askContext();
onUnauthorized(async () => (await ready) !== null && signIn());
if (document.querySelector("[data-tools]")) import("./meeting.js");
if (document.querySelector("[data-sighted]")) import("./sighted.js");
document.addEventListener("click", pressed);
for (const form of document.querySelectorAll("[data-hand-over]")) form.addEventListener("submit", handOver);

// What the client allows on this page: its answer to config, or null outside of it. Some clients refuse a list that
// holds a name they do not know, so the next try asks for less.
async function configure() {
  for (const capabilities of [CAPABILITIES, CAPABILITIES.slice(0, -1), CORE]) {
    try {
      return await zoomSdk.config({ capabilities, version: "0.16", popoutSize: { width: 480, height: 760 }, timeout: CONFIG_MS });
    } catch (error) {
      console.info("zoom config", error.message);
    }
  }
  return null;
}

// The Home URL came without a header: the sealed context says the same.
async function askContext() {
  if (!("askContext" in document.body.dataset)) return;
  if (!(await ready)) return location.replace("/");
  try {
    const { context } = await zoomSdk.getAppContext();
    const answer = await post("/api/zoomapp/context", { context });
    location.replace(answer.location);
  } catch {
    tell(document, "[data-context-status]", "Zoom did not say who is here. Continue, and connect.");
  }
}

// The embedded view opens no windows and shows no host but ours: what leads out of the app goes to the system browser.
function pressed(event) {
  const link = event.target.closest("a[href]");
  if (!link) return;
  if ("connect" in link.dataset) connect(event, link);
  else if ("open" in link.dataset || link.origin !== location.origin) leave(event, link);
}

async function leave(event, link) {
  event.preventDefault();
  try {
    if (!(await ready)) throw new Error("not in Zoom’s client");
    await zoomSdk.openUrl({ url: await outside(link) });
  } catch {
    // As without a script: a page of ours that says why, or the place itself.
    location.assign(link.href);
  }
}

// What the system browser gets. It has no session: where an address of ours leads, our server tells this page.
async function outside(link) {
  const asIs = link.origin !== location.origin || link.dataset.open === "always";
  return asIs ? link.href : (await ask(link.href, { tries: 1 })).url;
}

async function connect(event, link) {
  event.preventDefault();
  const config = await ready;
  if (!config) return location.assign(link.href);
  const says = (text) => tell(link.closest("section"), "[data-connect-status]", text);
  try {
    if (config.auth?.status !== "authorized" && config.auth?.status !== "authenticated" && config.auth?.upgradable) await zoomSdk.promptAuthorize();
    says("Zoom is asking for your consent …");
    await signIn();
    location.assign(location.pathname === "/connect" ? "/" : location.href);
  } catch (error) {
    // A sign-in needs the session it began in: without its cookie the page says what else can be done.
    if (error.code === "sign_in_failed") return location.assign("/connect?began=1");
    says(error.message);
  }
}

// Without leaving the page; silent for somebody who has agreed before.
async function signIn() {
  const begun = await (await fetch("/api/zoomapp/authorize")).json();
  await post("/api/zoomapp/onauthorized", await authorized(begun));
  return true;
}

// The event that follows authorize; it may lack the state, so the page keeps its own and insists on an equal one.
function authorized({ codeChallenge, state }) {
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error("Zoom did not answer. Press Connect again.")), AUTHORIZE_MS);
    const listen = (event) => {
      zoomSdk.removeEventListener("onAuthorized", listen);
      clearTimeout(late);
      if (!event.result || !event.code) return reject(new Error("Zoom was not connected. Nothing was changed."));
      if (event.state && event.state !== state) return reject(new Error("This answer belongs to another sign-in. Press Connect again."));
      resolve({ code: event.code, state, redirectUri: event.redirectUri, href: location.href });
    };
    zoomSdk.addEventListener("onAuthorized", listen);
    zoomSdk.authorize({ codeChallenge, state }).catch((error) => {
      clearTimeout(late);
      reject(new Error(error.message));
    });
  });
}

// A file for the system browser, which has no session: the link it gets works once.
async function handOver(event) {
  const form = event.currentTarget;
  event.preventDefault();
  if (!(await ready)) return form.submit();
  try {
    const { url } = await post(form.action, {});
    await zoomSdk.openUrl({ url });
  } catch {
    form.submit();
  }
}

async function post(path, body) {
  const answer = await fetch(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
  const said = await answer.json();
  if (!answer.ok) throw Object.assign(new Error(said.message), { code: said.error });
  return said;
}

function tell(part, selector, text) {
  const place = part?.querySelector(selector);
  if (place) place.textContent = text;
}
