// In the client of a participant: reports their own stay to our server once a minute, for their page only. Follows the client into
// the waiting room, a breakout room, another meeting and another role.
import zoomSdk from "../vendor/appssdk/sdk.es.js";
import { alsoUse, ready, sign } from "./zoom.js";

const place = document.querySelector("[data-own]");
const [LOOK_MS, AGAIN_MS, EACH_MS, POST_MS] = [2000, 500, 60_000, 10_000];
const MEETINGS = ["inMeeting", "inWebinar", "inImmersive", "inCollaborate", "inCamera"];
// Zoom's code for a meeting call while the client is in no meeting.
const IN_NO_MEETING = "10116";
let [steps, pending, askedAt, refused, waits, ended] = [Promise.resolve(), 0, 0, 0, false, false];

if (await ready) {
  zoomSdk.addEventListener("onMeeting", ({ action }) => action === "ended" && next(() => leave("The meeting ended.")));
  document.addEventListener("over", () => next(() => leave("You left the meeting.")));
  // The role may change at any time without an event, so each press reads it again.
  document.addEventListener("click", () => look(true));
  // There is no event for the waiting room either, and attendees of a webinar get none for the end. So the client is asked.
  setInterval(() => pending || look(), LOOK_MS);
  look();
}

function look(pressed = false) {
  next(() => follow(pressed));
}

// Steps run one after the other. A press during a report still counts, and no report is sent after that of the end.
function next(step) {
  pending += 1;
  steps = steps.then(step).catch((error) => console.info("own", error.message)).finally(() => (pending -= 1));
}

async function follow(pressed) {
  let meeting;
  try {
    meeting = await zoomSdk.getMeetingUUID();
  } catch (error) {
    return String(error.code) === IN_NO_MEETING ? outside() : undefined;
  }
  refused = 0;
  // In a breakout room, the parent is the meeting.
  const uuid = meeting.parentUUID || meeting.meetingUUID;
  // The person was admitted, or is in another meeting.
  if (waits || (ended && uuid !== place.dataset.uuid)) return answer(sign).then(() => location.reload());
  if (!uuid || ended) return;
  showRoom(meeting.parentUUID);
  if (pressed || uuid !== place.dataset.uuid || Date.now() - askedAt >= EACH_MS) await report(uuid, meeting.parentUUID);
}

async function report(uuid, parent) {
  askedAt = Date.now();
  const me = await answer(() => zoomSdk.getUserContext());
  if (!me) return;
  if ((me.role === "coHost" || me.role === "host") && (await openMeeting(uuid, parent, me.role))) return;
  // For what the host shares: our server trusts a signed context for two minutes.
  await answer(sign);
  await send({ uuid, name: me.screenName });
}

// A co-host, or a host of someone else's meeting, has a page of the whole meeting. Opens it; returns whether it did.
async function openMeeting(uuid, parent, role) {
  await alsoUse(["getMeetingContext", "getMeetingParticipants"]);
  const meeting = await answer(() => zoomSdk.getMeetingContext());
  const inside = await answer(() => zoomSdk.getMeetingParticipants());
  if (!meeting || !inside) return false;
  const participants = inside.participants.map(({ participantUUID, screenName, role }) => ({ participantUUID, screenName, role }));
  const number = String(meeting.meetingID).replace(/\D/g, "");
  const sent = await post(place.dataset.cohosted, { uuid, number, topic: meeting.meetingTopic, participants, room: Boolean(parent) });
  if (!sent?.ok) return false;
  // Only a person whom this page has counted in this meeting can have a new role.
  sessionStorage.setItem("promoted", uuid === place.dataset.uuid ? role : "");
  location.replace((await sent.json()).location);
  return true;
}

// The client shows a meeting but refuses all calls about it: the person waits to be admitted. This also happens for a moment when a
// meeting ends, so it is checked twice.
async function outside() {
  const context = (await answer(() => zoomSdk.getRunningContext()))?.context;
  if (!context || waits) return;
  if (!MEETINGS.includes(context)) return leave("You left the meeting.");
  refused += 1;
  if (refused === 1) return void setTimeout(look, AGAIN_MS);
  if (!ended) await wait();
}

async function wait() {
  waits = true;
  const uuid = place.dataset.uuid;
  if (uuid) await post(place.dataset.own, { uuid, ended: true });
  const main = document.getElementById("main");
  const hadFocus = main.contains(document.activeElement);
  const [title, head] = [main.querySelector("h1"), main.querySelector(".head")];
  main.replaceChildren(place, head, document.querySelector("[data-waits]").content);
  title.tabIndex = -1;
  if (hadFocus) title.focus();
  say("You’re in the waiting room.");
}

async function leave(words) {
  const meeting = place.dataset.uuid;
  if (ended || waits || !meeting) return;
  ended = true;
  showRoom("");
  await send({ uuid: meeting, ended: true });
  say(`${words} ${document.querySelector("[data-own-part] h2")?.textContent}`);
}

async function send(body) {
  place.dataset.uuid = body.uuid;
  const sent = await post(place.dataset.own, body);
  if (!sent?.ok) return;
  const part = document.querySelector("[data-own-part]");
  // A page that had nothing to show now has something.
  if (!part) return location.reload();
  if (part.contains(document.activeElement) && !body.ended) return;
  part.innerHTML = await sent.text();
  dispatchEvent(new Event("refreshed"));
}

function showRoom(parent) {
  const line = document.querySelector("[data-room]");
  if (line) line.hidden = !parent;
}

function say(text) {
  document.querySelector("[data-say]").textContent = text;
}

function post(address, body) {
  const headers = { "Content-Type": "application/json" };
  return fetch(address, { method: "POST", headers, body: JSON.stringify(body), signal: AbortSignal.timeout(POST_MS) }).catch(() => null);
}

// Returns null if the call fails, for example because the client does not grant it.
async function answer(ask) {
  try {
    return await ask();
  } catch (error) {
    console.info("own", error.message);
    return null;
  }
}
