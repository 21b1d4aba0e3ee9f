// A list that is too long for the server is not sent: it stays in its field, and the form says so.

addEventListener("submit", (event) => {
  const fault = event.target.querySelector("[data-max-bytes]");
  if (!fault) return;
  const size = [...new FormData(event.target).values()].reduce((sum, value) => sum + new Blob([value]).size, 0);
  fault.hidden = size <= fault.dataset.maxBytes;
  if (fault.hidden) return;
  event.preventDefault();
  event.stopPropagation();
  fault.scrollIntoView({ block: "center" });
}, true);
