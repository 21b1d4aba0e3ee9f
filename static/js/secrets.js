// Loads on request what is not in the page: a text to copy, or a passcode to show.
import { copy } from "./page.js";

bind();
addEventListener("refreshed", bind);

function bind() {
  for (const link of document.querySelectorAll("[data-copy-from]")) link.addEventListener("click", copyFrom);
  for (const link of document.querySelectorAll("[data-secret]")) link.addEventListener("click", reveal);
}

// Loads the text and copies it. If that fails, the link leads to its page.
async function copyFrom(event) {
  event.preventDefault();
  const link = event.currentTarget;
  const said = await ask(link.href);
  if (!said) return location.assign(link.href);
  link.dataset.copy = said.text;
  await copy(link);
  delete link.dataset.copy;
}

async function reveal(event) {
  event.preventDefault();
  const link = event.currentTarget;
  const said = await ask(link.href);
  if (!said) return location.assign(link.href);
  const shown = document.querySelector("[data-shown]").content.firstElementChild.cloneNode(true);
  const [code, copyButton, hide] = ["code", "[data-copy]", "[data-hide]"].map((each) => shown.querySelector(each));
  code.textContent = copyButton.dataset.copy = said.passcode;
  copyButton.addEventListener("click", () => copy(copyButton));
  hide.addEventListener("click", () => (shown.replaceWith(link), link.focus()));
  link.replaceWith(shown);
  code.focus();
}

async function ask(address) {
  try {
    const answer = await fetch(address, { headers: { Accept: "application/json" } });
    return answer.ok ? await answer.json() : null;
  } catch {
    return null;
  }
}
