// Calls to Zoom's REST API through our proxy, as the person who is signed in.
//
//   import { call, allPages, batch, segment } from "./api.js";
//   const user = await call("/users/me");
//   const { items, complete } = await allPages("/users/me/meetings", "meetings", { query: { type: "upcoming" } });
//   await call(`/meetings/${id}`, { method: "PATCH", body: { settings: { waiting_room: true } } });   // null: no content
//   const { next_steps } = await call(`/meetings/${segment(uuid)}/meeting_summary`);   // a UUID may hold a slash
//   const { items: people } = await allPages(`/meetings/${id}/registrants`, "registrants", { query: { status: "approved" } });
//   await call(`/meetings/${id}/registrants/status`, { method: "PUT", body: { action: "deny", registrants: [{ id: person }] } });
//   const answers = await batch(ids.map((id) => () => call(`/meetings/${id}`)), 4);
//   const { url } = await ask("/meetings/85000000101/start");   // an address of our own that answers in JSON, the same way
//
// Failures are typed: NotConnected, MissingScope, RateLimited, NotFound, Unreachable, all of them ZoomError with `status`,
// `code`, `zoomCode`, `fields`, `requestId` and `trackingId`. A GET is tried again after 429, 5xx and a lost connection;
// other requests are sent once, because Zoom cannot tell a repeated request from a second one. After our own 401 the sign-in is
// renewed once without asking, where possible. If that does not help, `unauthorized` is announced. `log` announces every call and
// keeps the last 100.

const PREFIX = "/zoom/api/v2";
const TRIES = 3;
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 10_000; // longer waits are for the person to decide, not for a page to sit through
const MOST_PAGES = 50;

export class ZoomError extends Error {
  constructor(message, details = {}) {
    super(message);
    this.name = new.target.name;
    Object.assign(this, { status: 0, code: "", zoomCode: 0, fields: [], requestId: "", trackingId: "", ...details });
  }
}
export class NotConnected extends ZoomError {}
export class MissingScope extends ZoomError {} // scopes: those Zoom would accept
export class RateLimited extends ZoomError {} // retryAfterMs
export class NotFound extends ZoomError {}
export class Unreachable extends ZoomError {} // nobody answered, or not Zoom

// "call": detail is one entry of `entries`. "unauthorized": the person is no longer signed in.
export const log = Object.assign(new EventTarget(), { entries: [] });

let reauthorize = null;
// Renews the sign-in without a page change and resolves to whether it worked. This works in Zoom's client, not in a browser.
export function onUnauthorized(renew) {
  reauthorize = renew;
}

export function call(path, { query = {}, ...options } = {}) {
  return ask(PREFIX + path + queryString(query), options);
}

// `tries`: how often a GET is sent at most.
export async function ask(address, { method = "GET", body, signal, tries = TRIES } = {}) {
  let renewed = false;
  for (let attempt = 1; ; attempt++) {
    try {
      return await once(address, method, body, signal);
    } catch (error) {
      if (error instanceof NotConnected && !renewed && (await renew())) {
        renewed = true;
        continue;
      }
      if (error instanceof NotConnected) log.dispatchEvent(new CustomEvent("unauthorized", { detail: error }));
      const wait = error.retryAfterMs ?? FIRST_WAIT_MS * 2 ** (attempt - 1) * (0.8 + Math.random() * 0.4);
      const again = method === "GET" && (error instanceof RateLimited || error instanceof Unreachable);
      if (!again || attempt >= tries || wait > LONGEST_WAIT_MS || signal?.aborted) throw error;
      await pause(wait, signal);
    }
  }
}

// All items called `name`, from all pages. Zoom's page tokens expire after 15 minutes and may repeat, and lists may grow without end.
// A failure of the first page is thrown. After a later one, a repeated token or `mostPages` pages, the items so far are returned
// with `complete` false, and with `error` if there was a failure.
export async function allPages(path, name, { query = {}, mostPages = MOST_PAGES, onPage, signal } = {}) {
  const items = [];
  const seen = new Set([""]);
  let token = "";
  for (let page = 1; page <= mostPages; page++) {
    let body;
    try {
      body = await call(path, { query: { page_size: 300, ...query, next_page_token: token }, signal });
    } catch (error) {
      if (page === 1) throw error;
      return { items, complete: false, error };
    }
    items.push(...(body?.[name] ?? []));
    onPage?.({ page, items, total: body?.total_records ?? items.length });
    token = body?.next_page_token ?? "";
    if (!token) return { items, complete: true };
    if (seen.has(token)) break;
    seen.add(token);
  }
  return { items, complete: false };
}

// The outcomes of functions that return promises, in their order, as Promise.allSettled gives them; at most `atOnce` run.
export async function batch(tasks, atOnce = 4) {
  const outcomes = new Array(tasks.length);
  let next = 0;
  const worker = async () => {
    while (next < tasks.length) {
      const mine = next++;
      [outcomes[mine]] = await Promise.allSettled([tasks[mine]()]);
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, tasks.length) }, worker));
  return outcomes;
}

// A meeting UUID as one path segment: encoded, and encoded twice if it begins with "/" or contains "//".
export function segment(uuid) {
  const encoded = encodeURIComponent(uuid);
  return uuid.startsWith("/") || uuid.includes("//") ? encodeURIComponent(encoded) : encoded;
}

// Milliseconds to wait: seconds, an HTTP date, or the ISO time Zoom sends with its daily limit; null for anything else.
export function retryAfterMs(text, now = Date.now()) {
  if (!text) return null;
  if (/^\d+(\.\d+)?$/.test(text.trim())) return Number(text) * 1000;
  const at = Date.parse(text);
  return Number.isNaN(at) ? null : Math.max(0, at - now);
}

async function once(address, method, body, signal) {
  const began = performance.now();
  const options = { method, signal, headers: { Accept: "application/json" } };
  if (body !== undefined) {
    options.headers["Content-Type"] = "application/json";
    options.body = JSON.stringify(body);
  }
  let answer;
  try {
    answer = await fetch(address, options);
  } catch (error) {
    note(method, address, 0, began);
    if (signal?.aborted) throw error;
    throw new Unreachable("The network did not answer.");
  }
  note(method, address, answer.status, began, answer.headers);
  if (answer.status === 202 || answer.status === 204) return null;
  const said = await answer.json().catch(() => null);
  // Zoom sends some refusals with status 200 and a code.
  if (answer.ok && !(typeof said?.code === "number" && said.message)) return said;
  throw refusal(answer, said ?? {});
}

function refusal(answer, said) {
  const details = {
    status: answer.status,
    code: said.error ?? "",
    zoomCode: said.code ?? 0,
    fields: said.errors ?? [],
    requestId: said.request_id ?? answer.headers.get("X-Request-Id") ?? "",
    trackingId: answer.headers.get("x-zm-trackingid") ?? "",
  };
  const message = said.message ?? `Zoom answered ${answer.status}.`;
  const scopes = /does not contain scopes:?\s*\[([^\]]*)\]/.exec(message)?.[1].split(",").map((each) => each.trim());
  if (scopes) return new MissingScope(message, { ...details, scopes });
  // Our own 401 names its error. Zoom's 401 refuses one endpoint only, and the person is still signed in.
  if (answer.status === 401 && said.error) return new NotConnected(message, details);
  if (answer.status === 404) return new NotFound(message, details);
  if (answer.status === 429) {
    return new RateLimited(message, { ...details, retryAfterMs: retryAfterMs(answer.headers.get("Retry-After")) ?? undefined });
  }
  if (answer.status >= 500) return new Unreachable(message, details);
  return new ZoomError(message, details);
}

async function renew() {
  try {
    return reauthorize !== null && (await reauthorize()) === true;
  } catch {
    return false;
  }
}

function queryString(query) {
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== null && value !== "");
  return given.length ? `?${new URLSearchParams(given)}` : "";
}

// Logs method, path without query, status, time, Zoom's tracking id and how many calls are left; never a body or a token.
function note(method, address, status, began, headers = new Headers()) {
  const entry = {
    at: Date.now(),
    method,
    path: address.split("?")[0],
    status,
    milliseconds: Math.round(performance.now() - began),
    trackingId: headers.get("x-zm-trackingid") ?? "",
    remaining: headers.get("X-RateLimit-Remaining") ?? "",
  };
  log.entries = [...log.entries.slice(-99), entry];
  log.dispatchEvent(new CustomEvent("call", { detail: entry }));
}

function pause(milliseconds, signal) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, milliseconds);
    signal?.addEventListener("abort", () => (clearTimeout(timer), reject(signal.reason)), { once: true });
  });
}
