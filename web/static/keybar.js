// On every page of the desk: how it stands with the member's key, unlocking it, and locking it again.
import { Damaged } from "./boxes.js";
import { keychain, load, lock, onChange, state, unlock } from "./keychain.js";
import { fill, live } from "./live.js";
import { onSubmit } from "./pieces.js";
import { names } from "./safety.js";

const bar = document.getElementById("key");
const lockButton = document.getElementById("lock");
const form = bar.querySelector("form");
// The page of keys hears by itself when something changes.
const pageListens = document.getElementById("keys") !== null;
let stopListening = null;

function show() {
  const now = state();
  for (const part of document.querySelectorAll("[data-key-state]")) {
    part.hidden = !part.dataset.keyState.split(" ").includes(now);
  }
  lockButton.hidden = !keychain.own;
  bar.querySelector("[data-swapped]").textContent = names([...keychain.swapped].map((name) => ({ name })));
  bar.querySelector("[data-changed]").hidden = !keychain.changed;
  if (now === "shut_out") showWho();
  listen(now === "shut_out" && !pageListens);
}

// Who could let this member in.
function showWho() {
  const theirs = keychain.mine.teams.filter((team) => team.may_hold);
  const keys = new Set(theirs.flatMap((team) => team.keys.map((key) => key.id)));
  const who = keychain.mine.colleagues.filter(({ holds }) => holds.some((key) => keys.has(key)));
  const line = bar.querySelector("[data-who]");
  line.hidden = !who.length;
  line.textContent = fill(line.dataset.who, { names: names(who) });
}

// Until somebody has let them in, the page hears when that happens.
function listen(wanted) {
  if (wanted && !stopListening) stopListening = live("/desk/keys/events", () => load().catch(() => {}));
  if (!wanted && stopListening) { stopListening(); stopListening = null; }
}

onSubmit(form, () => {
  const passphrase = form.elements.passphrase;
  try {
    if (!unlock(passphrase.value)) {
      passphrase.select();
      return form.dataset.wrong;
    }
  } catch (error) {
    if (error instanceof Damaged) return form.dataset.damaged;
    throw error;
  }
  passphrase.value = "";
  document.getElementById("main").focus();
  return "";
});

lockButton.addEventListener("click", () => {
  lock();
  form.elements.passphrase.focus();
});
onChange(show);
// Done when the keys were fetched, or cannot be had.
export const started = load().catch(() => {
  bar.querySelector("[data-key-state=failed]").hidden = false;
});
