// Forms in which a passphrase is chosen. It never leaves this page.
import { draw, ready } from "./boxes.js";
import { ask } from "./live.js";

const SHORTEST = 12;
// A passphrase that is drawn has at least this many words, and at least this many bits.
const WORDS = 6, BITS = 50;

// Why a new passphrase is not taken, or "".
export function unfit(form, words) {
  const { passphrase, again } = form.elements;
  if ([...passphrase.value.trim()].length < SHORTEST) return words["keys.passphrase.short"];
  return passphrase.value === again.value ? "" : words["keys.passphrase.not_same"];
}

export function clear(form) {
  for (const input of form.querySelectorAll("input[type=password]")) input.value = "";
  for (const output of form.querySelectorAll("output")) output.value = "";
}

// Where there is a list of words, a button draws a passphrase from it.
export async function offerWords(forms) {
  let list;
  try {
    await ready;
    list = await (await ask("/desk/keys/passphrase-words.json")).json();
  } catch {
    return;
  }
  const wanted = Math.max(WORDS, Math.ceil(BITS / Math.log2(list.length)));
  for (const form of forms) {
    const offer = form.querySelector("[data-suggest]");
    offer.hidden = list.length < 64;
    offer.querySelector("button").addEventListener("click", () => {
      offer.querySelector("output").value = Array.from({ length: wanted }, () => draw(list)).join(" ");
    });
  }
}
