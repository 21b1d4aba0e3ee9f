// In the client of somebody whose page is not that of a whole meeting: their own stay, reported once a minute to our server
// for their page alone. It follows the client: into the waiting room, a breakout room, another meeting, and another role.
import zoomSdk from "../vendor/appssdk/sdk.es.js";
import { alsoUse, ready, sign } from "./zoom.js";

const place = document.querySelector("[data-own]");
const [LOOK_MS, AGAIN_MS, EACH_MS, POST_MS] = [2000, 500, 60_000, 10_000];
const MEETINGS = ["inMeeting", "inWebinar", "inImmersive", "inCollaborate", "inCamera"];
// Zoom's code for a call about a meeting where the client is in none.
const IN_NO_MEETING = "10116";
let [steps, pending, askedAt, refused, waits, ended] = [Promise.resolve(), 0, 0, 0, false, false];

if (await ready) {
  zoomSdk.addEventListener("onMeeting", ({ action }) => action === "ended" && next(() => leave("The meeting ended.")));
  document.addEventListener("over", () => next(() => leave("You left the meeting.")));
  // Somebody may get another role at any time, without an event: it is read again on each press.
  document.addEventListener("click", () => look(true));
  // Nor is there an event for the waiting room, and attendees of a webinar hear of no end. Only the client is asked.
  setInterval(() => pending || look(), LOOK_MS);
  look();
}

function look(pressed = false) {
  next(() => follow(pressed));
}

// One after the other: a press that comes meanwhile counts, and no report is answered after that of the end.
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
  // In a breakout room the meeting is the parent.
  const uuid = meeting.parentUUID || meeting.meetingUUID;
  // The person was let in, or is in another meeting.
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
  // For what the host shares: our server believes for two minutes that the person is in this meeting.
  await answer(sign);
  await send({ uuid, name: me.screenName });
}

// A co-host, or the host of somebody else's meeting, has a page of all of it, from their own client. Whether it was opened.
async function openMeeting(uuid, parent, role) {
  await alsoUse(["getMeetingContext", "getMeetingParticipants"]);
  const meeting = await answer(() => zoomSdk.getMeetingContext());
  const inside = await answer(() => zoomSdk.getMeetingParticipants());
  if (!meeting || !inside) return false;
  const participants = inside.participants.map(({ participantUUID, screenName, role }) => ({ participantUUID, screenName, role }));
  const number = String(meeting.meetingID).replace(/\D/g, "");
  const sent = await post(place.dataset.cohosted, { uuid, number, topic: meeting.meetingTopic, participants, room: Boolean(parent) });
  if (!sent?.ok) return false;
  // Only whom this page has counted in this meeting has another role than before.
  sessionStorage.setItem("promoted", uuid === place.dataset.uuid ? role : "");
  location.replace((await sent.json()).location);
  return true;
}

// The client shows a meeting, but refuses everything about it: its person waits to be let in. At a meeting's end it may
// do so for a moment, so it is asked again.
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
  // A page that had nothing to show has now.
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

// Nothing where the client does not grant it.
async function answer(ask) {
  try {
    return await ask();
  } catch (error) {
    console.info("own", error.message);
    return null;
  }
}
