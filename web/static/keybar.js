// On every page of the desk: how it stands with the member's key, unlocking it, and locking it again.
import { Damaged } from "./boxes.js";
import { keychain, load, lock, onChange, state, unlock } from "./keychain.js";
import { fill, live } from "./live.js";

const bar = document.getElementById("key");
const lockButton = document.getElementById("lock");
const form = bar.querySelector("form");
const trouble = form.querySelector("[data-trouble]"), busy = form.querySelector("[data-busy]");
let stopListening = null;

// Fetch the keys and show how it stands; whoever works with them hears by `onChange`.
export async function start() {
  onChange(show);
  try {
    await load();
  } catch {
    bar.querySelector("[data-key-state=failed]").hidden = false;
  }
}

// A page that is about to be busy shows first that it will be.
export const painted = () => new Promise((done) => setTimeout(done, 50));

function show() {
  const now = state();
  for (const part of document.querySelectorAll("[data-key-state]")) {
    part.hidden = !part.dataset.keyState.split(" ").includes(now);
  }
  lockButton.hidden = !keychain.own;
  for (const name of bar.querySelectorAll("[data-swapped]")) name.textContent = [...keychain.swapped].join(", ");
  bar.querySelector("[data-changed]").hidden = !keychain.changed;
  if (now === "shut_out") showWho();
  listen(now === "shut_out");
}

// Who could let this member in.
function showWho() {
  const keys = new Set(keychain.mine.teams.flatMap((team) => team.keys.map((key) => key.id)));
  const who = keychain.mine.colleagues.filter(({ holds }) => holds.some((key) => keys.has(key)));
  for (const line of bar.querySelectorAll("[data-who]")) {
    line.hidden = !who.length;
    line.textContent = fill(line.dataset.who, { names: who.map(({ name }) => name).join(", ") });
  }
}

// Until somebody has let them in, the page hears when that happens.
function listen(wanted) {
  if (wanted && !stopListening) stopListening = live("/desk/keys/events", () => load().catch(() => {}));
  if (!wanted && stopListening) { stopListening(); stopListening = null; }
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const passphrase = form.elements.passphrase;
  const say = (what) => { trouble.textContent = what ? trouble.dataset[what] : ""; trouble.hidden = !what; };
  say("");
  busy.hidden = false;
  await painted();
  try {
    if (unlock(passphrase.value)) passphrase.value = "";
    else say("wrong");
  } catch (error) {
    if (!(error instanceof Damaged)) throw error;
    say("damaged");
  } finally {
    busy.hidden = true;
  }
  if (!trouble.hidden) passphrase.select();
});

lockButton.addEventListener("click", lock);
