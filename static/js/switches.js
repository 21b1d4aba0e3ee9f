// Switches that exclude each other: turning one on turns the other off, and the page says so before anything is saved.
const says = document.querySelector("[data-switched]");

for (const each of document.querySelectorAll("[data-excludes]")) each.addEventListener("change", turned);

function turned({ target }) {
  const other = document.getElementById(target.dataset.excludes);
  says.textContent = target.checked && other.checked ? target.dataset.says : "";
  if (target.checked) other.checked = false;
}
