// Makes the same calls, in the same order, as Zoom's React sample: who am I; when nobody knows, authorize, hand in the
// code, and ask again. Its address carries a fragment, and it reads no answer but those two.
import zoomSdk from "./sdk.0f1e2d3c.js";

const screen = document.querySelector("#screen");
const button = document.querySelector("#authorize");

location.hash = "#/userinfo";
button.addEventListener("click", authorize);
writeRule();
start();

// As the sample's select box does it: into the sheet of a style element without text.
function writeRule() {
  const style = document.head.appendChild(document.createElement("style"));
  style.append("");
  style.sheet.insertRule("#screen { letter-spacing: 1px; }");
}

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
  const begun = await (await fetch("/api/zoomapp/authorize")).json();
  if (!begun.codeChallenge) return show("authorize", "No challenge");
  await zoomSdk.authorize({ codeChallenge: begun.codeChallenge, state: begun.state });
}

// The state is the event's, which may have none.
async function handIn({ code, state }) {
  const headers = { "Content-Type": "application/json" };
  await fetch("/api/zoomapp/onauthorized", { method: "POST", headers, body: JSON.stringify({ code, state, href: location.href }) });
  await showUser();
}

function show(name, words) {
  screen.dataset.screen = name;
  screen.textContent = words;
  button.hidden = name !== "authorize";
}
