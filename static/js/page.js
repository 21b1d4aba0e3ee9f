// What every page gets: copying, focus on faults, the browser's time zone, and the SDK where Zoom's client is around.

document.cookie = `zone=${Intl.DateTimeFormat().resolvedOptions().timeZone}; path=/; max-age=31536000; samesite=lax`;
document.querySelector("[data-focus]")?.focus();

for (const button of document.querySelectorAll("[data-copy]")) {
  button.hidden = false;
  button.addEventListener("click", () => copy(button));
}

for (const form of document.querySelectorAll("form[method=post]")) {
  // Decoration: what makes a second sending harmless is the key in the form.
  form.addEventListener("submit", () => setTimeout(() => form.querySelector("button")?.setAttribute("disabled", "")));
}
// A page that comes back from the browser's memory must be usable again.
addEventListener("pageshow", () => document.querySelectorAll("form button[disabled]").forEach((each) => (each.disabled = false)));

const bridged = window !== window.top || window.chrome?.webview || window.webkit?.messageHandlers?.jsOCHelper || window.android;
if (bridged) import("./zoom.js");

async function copy(button) {
  const words = button.querySelector("[data-words]");
  const before = words.textContent;
  try {
    await navigator.clipboard.writeText(button.dataset.copy);
    words.textContent = "Copied";
    say("Copied");
  } catch {
    showToCopy(button);
  }
  setTimeout(() => (words.textContent = before), 2000);
}

// Where the clipboard is out of reach, the text to copy by hand, selected.
function showToCopy(button) {
  const field = Object.assign(document.createElement("input"), { readOnly: true, value: button.dataset.copy, className: "copy-field" });
  field.setAttribute("aria-label", "Press Ctrl+C to copy");
  button.replaceWith(field);
  field.select();
  say("Press Ctrl+C to copy");
}

function say(text) {
  const place = document.querySelector("[data-say]");
  if (place) place.textContent = text;
}
