// Makes the same calls, in the same order, as Zoom's React sample: who am I; when nobody knows, authorize, hand in the
// code, and ask again. Its address carries a fragment, and it reads no answer but those two.
import zoomSdk from "./sdk.0f1e2d3c.js";

const screen = document.querySelector("#screen");
const button = document.querySelector("#authorize");
// What the client is said to do with the state on its way; a test chooses.
const RETURNED = { kept: (state) => state, missing: () => undefined, encoded: encodeURIComponent, everything: escaped };
let begun = {};

location.hash = "#/userinfo";
button.addEventListener("click", authorize);
start();

async function start() {
  const config = await zoomSdk.config({ capabilities: ["authorize", "onAuthorized", "getUserContext", "promptAuthorize", "onMyUserContextChange"], version: "0.16.0" });
  zoomSdk.addEventListener("onAuthorized", handIn);
  if (config.auth.status === "authorized") await showUser();
  else show("guest", "Guest");
}

async function showUser() {
  const answer = await fetch("/zoom/api/v2/users/me");
  if (answer.status !== 200) return show("authorize", `Authorize (${answer.status})`);
  const user = await answer.json();
  show("user", `${user.first_name} ${user.last_name}`);
}

async function authorize() {
  begun = await (await fetch("/api/zoomapp/authorize")).json();
  if (!begun.codeChallenge) return show("authorize", "No challenge");
  await zoomSdk.authorize({ codeChallenge: begun.codeChallenge, state: begun.state });
}

async function handIn({ code }) {
  const state = RETURNED[window.returned ?? "kept"](begun.state);
  const headers = { "Content-Type": "application/json" };
  await fetch("/api/zoomapp/onauthorized", { method: "POST", headers, body: JSON.stringify({ code, state, href: location.href }) });
  await showUser();
}

function show(name, words) {
  screen.dataset.screen = name;
  screen.textContent = words;
  button.hidden = name !== "authorize";
}

function escaped(text) {
  return [...text].map((letter) => `%${letter.charCodeAt(0).toString(16).padStart(2, "0")}`).join("");
}
