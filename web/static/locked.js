// The locked screen for who comes anew: the passphrase opens the member's key here, and what only that
// key opens unlocks the session.
import * as boxes from "./boxes.js";
import { load, unlock } from "./keychain.js";
import { onSubmit } from "./pieces.js";

const form = document.querySelector("[data-unlock=passphrase]");

async function comeBack() {
  await boxes.ready;
  const passphrase = form.elements.passphrase.value;
  const privateKey = unwrapped(passphrase);
  if (typeof privateKey === "string") return privateKey;
  const body = new FormData();
  body.append("proof", boxes.openWords(boxes.bytes64(form.dataset.box), boxes.pairOf(privateKey)));
  const token = document.querySelector("meta[name=csrf-token]").content;
  const headers = { Accept: "application/json", "X-CSRFToken": token };
  const answer = await fetch("/unlock", { method: "POST", body, headers, redirect: "manual" });
  if (answer.status === 401) {
    location.assign("/login?next=" + encodeURIComponent(form.dataset.next));
    return "";
  }
  const { refused } = await answer.json();
  if (refused) return refused;
  // The key stays open on the page that follows.
  await load();
  unlock(passphrase);
  new BroadcastChannel("waypost-screen").postMessage("unlock");
  location.replace(form.dataset.next);
  return "";
}

// The private key, or the line that says why not.
function unwrapped(passphrase) {
  try {
    return boxes.unwrap(form.dataset.wrapped, passphrase) ?? form.dataset.wrong;
  } catch (error) {
    if (error instanceof boxes.Damaged) return form.dataset.damaged;
    throw error;
  }
}

form.hidden = false;
form.elements.passphrase.focus();
onSubmit(form, comeBack, form.dataset.offline);
