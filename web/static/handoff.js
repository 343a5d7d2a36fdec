// On a case: who it may go to, what the contact is asked, and what they said. Fetched anew when it changes.
import { ask, oneAtATime, showTimes } from "./live.js";
import { sealedKeys } from "./passing.js";
import { replace } from "./pieces.js";

const card = document.getElementById("handoff");
const place = card.querySelector("[data-place]"), trouble = card.querySelector("[data-trouble]");
let opened = null, told = null, stood = "", shown = "";

// Looked up again when something of the case has changed, not each time the page looks for receipts.
document.addEventListener("case", ({ detail }) => {
  ({ opened, told } = detail);
  const stands = JSON.stringify([told.state, told.covered, told.taker, told.may, told.deliveries]);
  if (stands === stood && !told.messages.length) return;
  stood = stands;
  refresh();
});

const refresh = oneAtATime(async () => {
  const answer = await ask(card.dataset.source, { accept: "text/html" });
  if (!answer.ok) return;
  const text = await answer.text();
  // What somebody is choosing in stays as it is while nothing has changed.
  if (text === shown) return;
  shown = text;
  const page = new DOMParser().parseFromString(text, "text/html");
  replace(place, [...page.body.childNodes]);
  showTimes(place);
  card.hidden = !place.children.length;
  for (const form of place.querySelectorAll("[data-question]")) preview(form);
});

// The very words that the contact would read.
async function preview(form) {
  const what = new FormData(form);
  const shownWords = form.querySelector("[data-preview]"), button = form.querySelector("button");
  const asked = new URLSearchParams(what).toString();
  button.disabled = true;
  const answer = await ask(`${card.dataset.source}/question?${asked}`);
  if (!answer.ok || asked !== new URLSearchParams(new FormData(form)).toString()) return;
  const { text, size, language, direction } = await answer.json();
  const words = shownWords.querySelector("[data-words]");
  words.textContent = text;
  words.lang = language;
  words.dir = direction;
  shownWords.querySelector("[data-size]").textContent = size;
  shownWords.hidden = !text;
  button.disabled = !text || told.covered;
}

place.addEventListener("change", ({ target }) => {
  const form = target.closest("[data-question]");
  if (form) preview(form).catch(() => {});
});

place.addEventListener("submit", async (event) => {
  event.preventDefault();
  const form = event.target, button = form.querySelector("button");
  button.disabled = true;
  let why;
  try {
    why = await done(form);
  } catch {
    why = card.dataset.failed;
  }
  button.disabled = false;
  trouble.textContent = why;
  trouble.hidden = !why;
  // What came of it is told by the case's own bell; a refusal may mean that this page is old.
  if (why) { shown = ""; await refresh(); }
});

// Gives the line that says why not, or an empty one.
async function done(form) {
  const answer = "post" in form.dataset
    ? await ask(`${card.dataset.source}/${form.dataset.post}`, { body: new FormData(form) })
    : await ask(card.dataset.source.replace(/handoff$/, "pass"), { body: JSON.stringify(passed(form)) });
  return (await answer.json()).refused;
}

function passed(form) {
  const team = form.elements.team;
  const what = new FormData(form);
  return {
    team: team.value,
    keys: sealedKeys(team.selectedOptions?.[0] ?? team, opened),
    reason: what.get("reason") ?? "",
    parts: what.getAll("part"),
  };
}
