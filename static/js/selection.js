// Counts the selected people of a list. "Select all" also means the people who are not on this page.

document.addEventListener("change", ({ target }) => {
  const form = target.closest("[data-selection]");
  if (!form) return;
  const everyone = form.elements.everyone;
  const people = [...form.querySelectorAll("[name=person]")];
  if (target === everyone) people.forEach((box) => (box.checked = everyone.checked));
  else if (everyone) everyone.checked = false;
  const count = everyone?.checked ? Number(form.dataset.selection) : people.filter((box) => box.checked).length;
  form.querySelector("[data-selected]").textContent = count ? `${count} selected` : "Selected people";
});
