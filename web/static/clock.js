// On a case that its reader has: whether the contact waits for an answer, and until when.
import { ask, clockTime, fill } from "./live.js";

const place = document.querySelector("[data-clock]");
const says = place.querySelector("[data-clock-says]");
const form = place.querySelector("form");
let by = "";

function show() {
  place.hidden = !by;
  if (!by) return;
  const over = new Date(by) <= new Date();
  says.textContent = over ? place.dataset.over : fill(place.dataset.by, { time: clockTime(by) });
  says.classList.toggle("warn", over);
}

document.addEventListener("case", ({ detail }) => { by = detail.told.answer_by; show(); });
// The page is told anew by the ring that this causes: a draft in the box stays where it is.
form.addEventListener("submit", async (event) => {
  event.preventDefault();
  try {
    if ((await ask(form.action, { body: new FormData(form) })).ok) { by = ""; show(); }
  } catch { /* without a connection the page says so itself, and the button is still there */ }
});
setInterval(show, 15_000);
