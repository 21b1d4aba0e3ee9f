// Shortcuts of one key: "/" focuses the search field, "?" opens the list on the help page. The list can turn them off, for people who
// use speech input.
import { partOf } from "./page.js";

const here = document.getElementById("keyboard");
if (here) bind(here);

export async function press(key) {
  if (key === "/") return document.getElementById("q")?.focus();
  if (here || document.querySelector("dialog[open]")) return here?.scrollIntoView();
  const list = await partOf("/help", "keyboard");
  if (!list) return;
  const dialog = Object.assign(document.createElement("dialog"), { className: "card" });
  dialog.setAttribute("aria-labelledby", "keys");
  const close = Object.assign(document.createElement("button"), { className: "button", textContent: "Close" });
  close.onclick = () => dialog.close();
  dialog.onclose = () => dialog.remove();
  list.append(close);
  dialog.append(list);
  document.body.append(dialog);
  bind(list);
  // Esc closes it and returns the focus.
  dialog.showModal();
}

function bind(list) {
  const box = list.querySelector("input");
  box.closest("label").hidden = false;
  box.checked = !localStorage.noKeys;
  box.onchange = () => (box.checked ? localStorage.removeItem("noKeys") : (localStorage.noKeys = 1));
}
