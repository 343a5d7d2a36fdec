// Pieces of a page that stand ready in its <template>s: markup and words are there, scripts fill them.
import { fill } from "./live.js";

// A copy of a template's piece. data-if: gone unless the value is true; data-text: the value as text;
// data-fill: the words that stand there, with values in their places.
export function stamp(id, values) {
  const piece = document.getElementById(id).content.cloneNode(true);
  for (const part of piece.querySelectorAll("[data-if]")) if (!values[part.dataset.if]) part.remove();
  for (const part of piece.querySelectorAll("[data-text]")) part.textContent = values[part.dataset.text];
  for (const part of piece.querySelectorAll("[data-fill]")) part.textContent = fill(part.textContent, values);
  return piece.firstElementChild;
}

// Other pieces in `place`, with what was unfolded, chosen and in focus left as it was. By id.
export function replace(place, pieces) {
  const focused = document.activeElement?.id;
  const kept = [...place.querySelectorAll("details[id], input[id], select[id]")];
  place.replaceChildren(...pieces);
  for (const old of kept) {
    const now = document.getElementById(old.id);
    if (now === null) continue;
    if (now.tagName === "DETAILS") now.open = old.open;
    else if (now.type === "checkbox") now.checked = old.checked;
    else now.value = old.value;
  }
  if (focused && place.contains(document.getElementById(focused))) document.getElementById(focused).focus();
}

// What a form does, with one line where it says what it does and why not.
export function onSubmit(form, work, failed) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const trouble = form.querySelector("[data-trouble]"), busy = form.querySelector("[data-busy]");
    const button = form.querySelector("button:not([type=button])");
    trouble.hidden = true;
    busy.hidden = false;
    button.disabled = true;
    // Shown before the page is busy.
    await new Promise((done) => setTimeout(done, 50));
    let why;
    try {
      why = await work(form);
    } catch {
      why = failed;
    }
    trouble.textContent = why;
    trouble.hidden = !why;
    busy.hidden = true;
    button.disabled = false;
  });
}
