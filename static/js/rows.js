// Opens a person's details in a row below theirs. They are loaded each time, and one is open at a time.
import { load, partOf } from "./page.js";

export async function toggle(link) {
  const opens = link.ariaExpanded === "false";
  for (const row of document.querySelectorAll("tr.detail")) row.remove();
  for (const other of document.querySelectorAll("a[aria-expanded]")) other.ariaExpanded = "false";
  if (!opens) return;
  const row = link.closest("tr");
  const detail = document.getElementById("detail").content.firstElementChild.cloneNode(true);
  const all = detail.querySelector("a");
  all.href = row.closest("table").dataset.person.replace("PERSON", row.id.slice(2));
  all.append(link.querySelector("bdi").cloneNode(true));
  row.after(detail);
  link.ariaExpanded = "true";
  const facts = await partOf(all.href, "more");
  if (!facts) return;
  detail.querySelector("div").prepend(...facts.childNodes);
  detail.querySelectorAll("[data-part]").forEach(load);
}
