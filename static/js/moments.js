// Keeps texts such as "in 18 min" current, in the server's words. Beyond an hour, and once a next event has passed, shows the text
// that the server sent for that case.
const RECKON_MS = 5000;
// By how much the server's clock is ahead of the browser's. We go by the server's.
const AHEAD_MS = Date.parse(document.body.dataset.now) - Date.now();

setInterval(reckon, RECKON_MS);

function reckon() {
  for (const each of document.querySelectorAll("[data-relative]")) {
    const seconds = Math.round((Date.parse(each.dateTime) - Date.now() - AHEAD_MS) / 1000);
    const far = Math.abs(seconds);
    const amount = far < 60 ? `${far} s` : `${Math.floor(far / 60)} min`;
    const beyond = far >= 3600 || (seconds <= 0 && "ahead" in each.dataset);
    each.textContent = beyond ? each.dataset.relative : seconds > 0 ? `in ${amount}` : seconds ? `${amount} ago` : "just now";
  }
}
