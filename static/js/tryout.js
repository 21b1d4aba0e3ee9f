// The developers' page: sends one call through the proxy, as any page would, and shows the answer.
import { allPages, call, log, NotConnected } from "./api.js";

const form = document.querySelector("[data-tryout]");
const [answer, says] = [document.querySelector("[data-answer]"), document.querySelector("[data-answer-status]")];

const rest = document.querySelector("[data-rest]");
let list = "";

// The form is there from the start, so that nothing below it moves.
form.querySelector("button").disabled = false;
form.addEventListener("submit", (event) => {
  event.preventDefault();
  tell(async (path, query) => {
    const body = await call(path, { query });
    list = body?.next_page_token ? Object.keys(body).find((name) => Array.isArray(body[name])) : "";
    return body;
  });
});

rest.addEventListener("click", () =>
  tell(async (path, query) => {
    const { items, complete, error } = await allPages(path, list, { query });
    list = "";
    says.textContent = complete ? `All ${items.length} of them.` : `${items.length} of them, then: ${error?.message ?? "Zoom repeats itself."}`;
    return items;
  }),
);

async function tell(ask) {
  const [path, query = ""] = form.elements.path.value.trim().replace(/^\/v2/, "").split("?");
  answer.hidden = rest.hidden = true;
  says.textContent = "Asking Zoom …";
  try {
    answer.textContent = JSON.stringify(await ask(path, Object.fromEntries(new URLSearchParams(query))), null, 2);
    answer.hidden = false;
    rest.hidden = !list;
  } catch (error) {
    if (!(error instanceof NotConnected)) says.textContent = `${error.name}: ${error.message}`;
  }
}

log.addEventListener("call", ({ detail }) => {
  says.textContent = `${detail.method} ${detail.path}: ${detail.status || "no answer"}, ${detail.milliseconds} ms. Reload this page to see it in the list.`;
});

log.addEventListener("unauthorized", () => {
  const connect = Object.assign(document.createElement("a"), { href: "/connect", textContent: "Connect Zoom" });
  says.replaceChildren("Zoom signed you out. ", connect);
});
