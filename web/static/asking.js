// Something that cannot be undone is asked about first, in a box of its own.
const dialog = document.querySelector("[data-asking]");

// True when they press yes. `quoted`: the words it is about, shown as they are.
export function askFirst(what, quoted, yes) {
  const words = dialog.querySelector("[data-words-of]");
  dialog.querySelector("[data-what]").textContent = what;
  words.textContent = quoted;
  words.hidden = !quoted;
  dialog.querySelector("[data-yes]").textContent = yes;
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((answered) => {
    dialog.addEventListener("close", () => answered(dialog.returnValue === "yes"), { once: true });
  });
}
