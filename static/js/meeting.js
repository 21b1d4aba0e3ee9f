// Tools that need the running meeting: a chat message, the waiting room, and the media stream (RTMS). What Zoom does not grant is
// explained, and its controls stay hidden.
import zoomSdk from "../vendor/appssdk/sdk.es.js";
import { alsoUse, ready } from "./zoom.js";

const MEETINGS = ["inMeeting", "inWebinar", "inImmersive", "inCollaborate"];
const form = document.querySelector("[data-chat]");
const stream = document.querySelector("[data-rtms]");
const [start, stop] = [document.querySelector("[data-rtms-start]"), document.querySelector("[data-rtms-stop]")];
const door = document.querySelector("[data-door]");
const doorSays = saying("[data-door-status]");
// Only a host or co-host may use these. Some clients refuse the whole list to others.
const DOOR = door.dataset.hostCapabilities.split(" ");
let [hasDoor, offers, sending] = [false, 0, false];
const chatSays = saying("[data-chat-status]");
const streamSays = saying("[data-rtms-status]");

form.addEventListener("submit", send);
start.addEventListener("click", () => turn("startRTMS"));
stop.addEventListener("click", () => turn("stopRTMS"));
door.addEventListener("click", turnDoor);
document.addEventListener("configured", ({ detail }) => offer(detail));
const config = await ready;
if (config) zoomSdk.addEventListener("onRTMSStatusChange", showStream);
offer(config);

// Shows what can be done now. It changes with the place and the person's role.
function offer(config) {
  if (!config) return;
  form.hidden = !usable(config, ["sendMessageToChat"], chatSays);
  if (!form.hidden) chatSays("Sent to everyone as you.");
  stream.hidden = !usable(config, ["startRTMS", "stopRTMS", "getRTMSStatus"], streamSays);
  if (!stream.hidden) showStream();
  offerDoor(config);
}

async function offerDoor(config) {
  const offer = ++offers;
  const me = MEETINGS.includes(config.runningContext) && (await zoomSdk.getUserContext().catch(() => null));
  // The client has changed meanwhile: a newer call draws its own result.
  if (offer !== offers) return;
  if (!me || (me.role !== "host" && me.role !== "coHost")) {
    door.hidden = true;
    return doorSays("Works while you host or co-host a meeting.");
  }
  const granted = hasDoor ? config : await alsoUse(DOOR);
  if (offer !== offers) return;
  door.hidden = !granted || !usable(granted, DOOR.slice(0, 2), doorSays);
  if (door.hidden) return;
  if (!hasDoor) zoomSdk.addEventListener("onWaitingRoomStateChange", showDoor);
  hasDoor = true;
  showDoor();
}

async function showDoor() {
  try {
    const { waitingRoom } = await zoomSdk.getWaitingRoomState();
    door.firstElementChild.textContent = waitingRoom ? "Turn off" : "Turn on";
    door.dataset.door = waitingRoom ? "on" : "";
    doorSays(waitingRoom ? "The waiting room is on: you admit people one by one." : "The waiting room is off: people join without waiting.");
  } catch (error) {
    doorSays(`We couldn’t find out whether the waiting room is on: ${error.message}`);
  }
}

async function turnDoor() {
  try {
    await zoomSdk.setWaitingRoomState({ waitingRoom: !door.dataset.door });
    await showDoor();
  } catch (error) {
    doorSays(`Zoom didn’t change the waiting room: ${error.message}. Use Zoom’s Security menu.`);
  }
}

// Whether the client grants all of these here; if not, why not.
function usable(config, names, says) {
  const missing = names.filter((name) => config.unsupportedApis?.includes(name));
  if (missing.length) {
    says(`Zoom has not granted ${missing.join(", ")} to this app. Your role in the meeting may not use it, or an admin has to add it in the Marketplace under Features, Zoom App SDK.`);
  } else if (!MEETINGS.includes(config.runningContext)) {
    says("Works during a meeting. You aren’t in one.");
  }
  return !missing.length && MEETINGS.includes(config.runningContext);
}

async function send(event) {
  event.preventDefault();
  const field = form.elements.message;
  const message = field.value.trim();
  if (!message) return chatSays("Enter a message.");
  if (sending) return;
  sending = true;
  try {
    await zoomSdk.sendMessageToChat({ message });
    // Text that was typed meanwhile stays.
    if (field.value.trim() === message) field.value = "";
    chatSays("Sent to the meeting’s chat.");
  } catch (error) {
    chatSays(`The message wasn’t sent: ${error.message}`);
  } finally {
    sending = false;
  }
}

async function turn(name) {
  try {
    const said = await zoomSdk[name]();
    if (said?.message === "Failure") return streamSays("Zoom refused. RTMS must be enabled for your account and this app.");
    await showStream();
  } catch (error) {
    streamSays(`Zoom refused: ${error.message}. RTMS must be enabled for your account and this app.`);
  }
}

async function showStream() {
  try {
    const { rtmsStatus = [] } = await zoomSdk.getRTMSStatus();
    const running = rtmsStatus.some((each) => each.status === "started");
    start.disabled = running;
    stop.disabled = !running;
    streamSays(running ? "The stream is running." : "The stream is stopped.");
  } catch (error) {
    streamSays(`We couldn’t find out whether the stream is running: ${error.message}`);
  }
}

function saying(selector) {
  const place = document.querySelector(selector);
  return (text) => (place.textContent = text);
}
