// In the client of somebody who does not host: their own stay, reported once a minute to our server for their page alone.
import zoomSdk from "../vendor/appssdk/sdk.es.js";
import { alsoUse, ready } from "./zoom.js";

const place = document.querySelector("[data-own]");
const EACH_MS = 60_000;
let ended = false;

if (await ready) {
  zoomSdk.addEventListener("onMeeting", ({ action }) => action === "ended" && leave());
  document.addEventListener("over", leave);
  // Somebody may be made co-host at any time, without an event: the role is read again on each press.
  document.addEventListener("click", report);
  setInterval(report, EACH_MS);
  report();
}

async function report() {
  if (ended) return;
  const me = await answer(() => zoomSdk.getUserContext());
  const meeting = await answer(() => zoomSdk.getMeetingUUID());
  // In a breakout room the meeting is the parent.
  const uuid = meeting?.parentUUID || meeting?.meetingUUID;
  if (!uuid || !me || me.role === "host") return;
  if (me.role === "coHost" && !meeting.parentUUID && (await openMeeting(uuid))) return;
  send({ uuid, name: me.screenName });
}

// A co-host has a page of the whole meeting, from their own client. Whether it was opened.
async function openMeeting(uuid) {
  await alsoUse(["getMeetingContext", "getMeetingParticipants"]);
  const meeting = await answer(() => zoomSdk.getMeetingContext());
  const inside = await answer(() => zoomSdk.getMeetingParticipants());
  if (!meeting || !inside) return false;
  const participants = inside.participants.map(({ participantUUID, screenName, role }) => ({ participantUUID, screenName, role }));
  const body = { uuid, number: String(meeting.meetingID).replace(/\D/g, ""), topic: meeting.meetingTopic, participants };
  const sent = await post(place.dataset.cohosted, body);
  if (!sent?.ok) return false;
  sessionStorage.setItem("promoted", document.querySelector("[data-own-part]") ? "1" : "");
  location.replace((await sent.json()).location);
  return true;
}

async function leave() {
  const meeting = place.dataset.uuid;
  if (ended || !meeting) return;
  ended = true;
  await send({ uuid: meeting, ended: true });
  const text = document.querySelector("[data-own-part] h2")?.textContent;
  document.querySelector("[data-say]").textContent = `The meeting ended. ${text}`;
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

function post(address, body) {
  const headers = { "Content-Type": "application/json" };
  return fetch(address, { method: "POST", headers, body: JSON.stringify(body) }).catch(() => null);
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
