// The developers' page: one call through the proxy, as any page of yours would make it, with what came of it.
import { call, log, NotConnected } from "./api.js";

const form = document.querySelector("[data-tryout]");
const [answer, says] = [document.querySelector("[data-answer]"), document.querySelector("[data-answer-status]")];

form.hidden = false;
form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const [path, query = ""] = form.elements.path.value.trim().replace(/^\/v2/, "").split("?");
  answer.hidden = true;
  says.textContent = "Asking Zoom …";
  try {
    const body = await call(path, { query: Object.fromEntries(new URLSearchParams(query)) });
    answer.textContent = JSON.stringify(body, null, 2);
    answer.hidden = false;
  } catch (error) {
    if (!(error instanceof NotConnected)) says.textContent = `${error.name}: ${error.message}`;
  }
});

log.addEventListener("call", ({ detail }) => {
  says.textContent = `${detail.method} ${detail.path}: ${detail.status || "no answer"}, ${detail.milliseconds} ms. Reload this page to see it in the list.`;
});

log.addEventListener("unauthorized", () => {
  const connect = Object.assign(document.createElement("a"), { href: "/connect", textContent: "Connect Zoom" });
  says.replaceChildren("Zoom signed you out. ", connect);
});
