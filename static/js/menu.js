// Keys of an open menu: arrows, Home and End move. It closes when the focus leaves it, and after a link or Print was chosen.
// The browser does the rest. Esc also returns the focus to a button that a click had not focused.

addEventListener("keydown", (event) => {
  const { key, target } = event;
  const menu = document.querySelector(".menu > :popover-open");
  if (!menu) return;
  if (key === "Escape") return menu.previousElementSibling.focus();
  const items = [...menu.querySelectorAll("a, button, input, select")].filter((each) => each.offsetParent);
  const at = items.indexOf(target);
  const next = { ArrowDown: (at + 1) % items.length, ArrowUp: Math.max(at, 0) - 1, Home: 0, End: -1 }[key];
  if (!items.length || next === undefined || !target.matches(".menu :is(a, button)")) return;
  event.preventDefault();
  items.at(next).focus();
});

addEventListener("focusout", ({ target, relatedTarget }) => {
  const menu = target.closest(".menu");
  if (relatedTarget && !menu?.contains(relatedTarget)) menu?.querySelector(":popover-open")?.hidePopover();
});

addEventListener("click", ({ target }) => target.closest(".menu > div :is(a, [data-print])")?.closest("[popover]").hidePopover());
