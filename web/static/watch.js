// The supervisor's page, fetched anew whenever the desk rings, and by the clock: waiting grows by itself.
import { ask, live, oneAtATime } from "./live.js";

const page = document.getElementById("watch");
const title = document.title;
const EVERY_MS = 30_000;

function tellAlarms() {
  const alarms = page.querySelector("[data-alarms]")?.dataset.alarms ?? "0";
  document.title = alarms === "0" ? title : `(${alarms}) ${title}`;
}

const refresh = oneAtATime(async () => {
  const answer = await ask(page.dataset.source, { accept: "text/html" });
  if (!answer.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  const focused = document.activeElement?.closest?.("#watch")
    ? document.activeElement.getAttribute("href") : null;
  page.replaceChildren(...fresh.body.childNodes);
  if (focused) page.querySelector(`[href="${CSS.escape(focused)}"]`)?.focus();
  tellAlarms();
});

tellAlarms();
live(page.dataset.live, refresh);
setInterval(refresh, EVERY_MS);
