// A draft: unsaved words are not left by a slip of the hand, nor confirmed; typographic signs are replaced
// and placeholders put in with one click; picking a time means "later".
const plan = document.getElementById("plan");
let dirty = false;
let written = plan.querySelector("textarea");

plan.addEventListener("input", () => { dirty = true; });
plan.addEventListener("submit", () => { dirty = false; });
addEventListener("beforeunload", (event) => { if (dirty) event.preventDefault(); });
plan.elements.starts_at.addEventListener("input", () => {
  plan.querySelector("input[name=start][value=at]").checked = true;
});

// What is confirmed is what was saved: words that were changed since are saved first.
plan.addEventListener("input", ({ target }) => {
  const card = target.dataset.words && target.closest(".card.text");
  if (!card) return;
  const changed = [...card.querySelectorAll("textarea")].some((each) => each.value !== each.defaultValue);
  card.querySelector("[data-unsaved]").hidden = !changed;
  for (const sign of card.querySelectorAll("[data-sign]")) sign.disabled = changed;
});

plan.addEventListener("focusin", ({ target }) => { if (target.dataset.words) written = target; });

function write(field, words) {
  field.value = words;
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.focus();
}

plan.addEventListener("click", ({ target }) => {
  const replace = target.closest("[data-replace]"), insert = target.closest("[data-insert]");
  if (replace) {
    const field = document.getElementById(replace.dataset.in);
    const instead = JSON.parse(replace.dataset.replace);
    write(field, [...field.value].map((c) => instead[c] ?? c).join(""));
  }
  if (insert) {
    const { selectionStart: start, selectionEnd: end, value } = written;
    write(written, value.slice(0, start) + insert.dataset.insert + value.slice(end));
    written.setSelectionRange(start + insert.dataset.insert.length, start + insert.dataset.insert.length);
  }
});

// How much is ticked is told on what is folded.
for (const pick of plan.querySelectorAll(".pick")) {
  pick.addEventListener("change", () => {
    const told = pick.querySelector("[data-picked]");
    if (told) told.textContent = pick.querySelectorAll("input:checked").length || told.dataset.all;
  });
}

// There is always an empty field for one more quiet day.
plan.querySelector("[data-dates]").addEventListener("change", (event) => {
  const fields = [...event.currentTarget.querySelectorAll("input")];
  if (fields.every((each) => each.value)) {
    const next = fields[0].cloneNode();
    next.removeAttribute("value");
    next.value = "";
    event.currentTarget.append(next);
  }
});
