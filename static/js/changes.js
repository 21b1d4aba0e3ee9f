// The edit form: names each field that differs from the loaded meeting, at the field and in the bar that saves it.

const GROUPS = { date: "start", time: "start", zone: "time zone", repeat: "repeats", interval: "repeats", weekdays: "repeats", count: "repeats" };
const form = document.getElementById("schedule");
const loaded = new URLSearchParams(form.elements.loaded.value);
const says = form.querySelector("[data-changes]");
const save = form.querySelector(".savebar [type=submit]");

for (const kind of ["input", "change"]) form.addEventListener(kind, tell);
addEventListener("pageshow", tell);
tell();

function tell() {
  for (const mark of form.querySelectorAll(".was")) mark.remove();
  const names = new Set([...fields()].filter(differs).map(mark));
  const count = names.size === 1 ? "1 change" : `${names.size} changes`;
  says.textContent = names.size ? `${count} to ${says.dataset.changes}: ${[...names].join(", ")}.` : "No changes yet";
  save.disabled = !names.size;
}

// One field of each name. Hidden fields of other kinds of recurrence do not count.
function fields() {
  const seen = [...form.elements].filter(({ name, type, offsetParent }) => name && !["hidden", "submit"].includes(type) && offsetParent);
  return new Map(seen.map((field) => [field.name, field])).values();
}

function differs({ name }) {
  const value = String(new FormData(form).getAll(name)).replaceAll("\r\n", "\n");
  return value !== String(loaded.getAll(name));
}

// Marks the label of a changed field, and returns its name in a sentence.
function mark(field) {
  const label = field.closest("fieldset.field")?.querySelector("legend") ?? field.labels[0];
  const name = GROUPS[field.name] ?? label.firstChild.textContent.replace(/\(.*/, "").trim().toLowerCase();
  if (!label.querySelector(".was")) label.append(Object.assign(document.createElement("span"), { className: "was", textContent: was(field) }));
  return name;
}

function was({ name, type, options }) {
  const before = loaded.get(name);
  if (options) return `was ${[...options].find((each) => each.value === before)?.text ?? before}`;
  return name === "duration" && before ? `was ${before}` : "changed";
}
