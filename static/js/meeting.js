// Tools that need the meeting itself: a message to its chat, and the live media stream (RTMS).
// What Zoom has not granted is said in words, and its controls stay hidden.
import zoomSdk from "../vendor/appssdk/sdk.es.js";
import { ready } from "./zoom.js";

const MEETINGS = ["inMeeting", "inWebinar", "inImmersive", "inCollaborate"];
const form = document.querySelector("[data-chat]");
const stream = document.querySelector("[data-rtms]");
const [start, stop] = [document.querySelector("[data-rtms-start]"), document.querySelector("[data-rtms-stop]")];
const chatSays = saying("[data-chat-status]");
const streamSays = saying("[data-rtms-status]");

form.addEventListener("submit", send);
start.addEventListener("click", () => turn("startRTMS"));
stop.addEventListener("click", () => turn("stopRTMS"));
document.addEventListener("configured", ({ detail }) => offer(detail));
const config = await ready;
if (config) zoomSdk.addEventListener("onRTMSStatusChange", showStream);
offer(config);

// What can be done here and now: in another place, or as somebody else, it is something else.
function offer(config) {
  if (!config) return;
  form.hidden = !usable(config, ["sendMessageToChat"], chatSays);
  if (!form.hidden) chatSays("Sent to everyone as you.");
  stream.hidden = !usable(config, ["startRTMS", "stopRTMS", "getRTMSStatus"], streamSays);
  if (!stream.hidden) showStream();
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
  try {
    await zoomSdk.sendMessageToChat({ message });
    field.value = "";
    chatSays("Sent to the meeting’s chat.");
  } catch (error) {
    chatSays(`The message wasn’t sent: ${error.message}`);
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
