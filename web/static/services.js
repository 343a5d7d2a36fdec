// On a case: finding a service, and telling the contact of it as it stands here, word for word.
import { ask, oneAtATime } from "./live.js";
import { replace } from "./pieces.js";

const card = document.getElementById("services");
const fold = card.querySelector("details"), place = card.querySelector("[data-place]");
const trouble = card.querySelector("[data-trouble]"), done = card.querySelector("[data-done]");
let told = null;
// What is looked for; at first services that speak the contact's language.
let wanted = new URLSearchParams({ language: card.dataset.language });

document.addEventListener("case", ({ detail }) => {
  told = detail.told;
  card.hidden = !told.may.write;
  showWhetherItMay();
});

// Their state is nobody's to wait for: it is looked up when somebody looks.
fold.addEventListener("toggle", () => { if (fold.open) find(); });

const find = oneAtATime(async () => {
  const answer = await ask(`${card.dataset.source}?${wanted}`, { accept: "text/html" });
  if (!answer.ok) { say(card.dataset.failed); return; }
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  replace(place, [...page.body.childNodes]);
  showWhetherItMay();
});

function showWhetherItMay() {
  for (const button of place.querySelectorAll("[data-tell] button")) button.disabled = told.covered;
}

function say(why) {
  trouble.textContent = why;
  trouble.hidden = !why;
}

function look() {
  wanted = new URLSearchParams(new FormData(place.querySelector("[data-find]")));
  done.hidden = true;
  say("");
  return find();
}

place.addEventListener("change", ({ target }) => { if (target.closest("[data-find]")) look(); });
place.addEventListener("submit", async (event) => {
  event.preventDefault();
  const form = event.target;
  if ("find" in form.dataset) { await look(); return; }
  const button = form.querySelector("button");
  button.disabled = true;
  done.hidden = true;
  let why;
  try {
    const answer = await ask(form.dataset.tell, { body: new FormData(form) });
    why = (await answer.json()).refused;
  } catch {
    why = card.dataset.failed;
  }
  say(why);
  done.hidden = Boolean(why);
  if (!why) form.closest("details").open = false;
  await find();
});
