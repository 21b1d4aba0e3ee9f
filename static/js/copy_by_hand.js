// Without access to the clipboard: shows the text, selected, to copy it by hand.
import { say } from "./page.js";

export function show(button) {
  const field = Object.assign(document.createElement("textarea"), { readOnly: true, value: button.dataset.copy, className: "copy-field" });
  field.setAttribute("aria-label", "Press Ctrl+C to copy");
  button.replaceWith(field);
  field.select();
  say("Press Ctrl+C to copy");
}
