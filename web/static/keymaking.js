// Making one's own key, giving it another passphrase, and starting again.
import * as boxes from "./boxes.js";
import { keychain, post } from "./keychain.js";
import { clear, offerWords, unfit } from "./passphrase.js";
import { onSubmit } from "./pieces.js";
import { dayOf, showSafety } from "./safety.js";

const forms = (kind) => [...document.querySelectorAll(`form[data-form="${kind}"]`)];

export function startMaking(words) {
  for (const form of forms("enrol")) onSubmit(form, () => make(form, words), words["keys.failed"]);
  for (const form of forms("rewrap")) onSubmit(form, () => rewrap(form, words), words["keys.failed"]);
  offerWords([...forms("enrol"), ...forms("rewrap")]);
}

export function showMaking() {
  for (const place of document.querySelectorAll("[data-safety]")) showSafety(place);
  const { own, mine } = keychain;
  document.querySelector("[data-made]").textContent = mine.own ? dayOf(mine.own.made_at) : "";
  const shown = document.querySelector("[data-own-fingerprint]");
  shown.textContent = own ? boxes.fingerprint(own.publicKey) : "";
}

// The member's key pair, and keys of the teams that are theirs and have none yet.
async function make(form, words) {
  const why = unfit(form, words);
  if (why) return why;
  const pair = boxes.makePair();
  const without = keychain.mine.teams.filter((team) => team.may_hold && !team.keys.length);
  const teams = Object.fromEntries(without.map(({ team }) => [team, newTeamKey(pair.publicKey).made]));
  const wrapped = boxes.wrap(pair.privateKey, form.elements.passphrase.value);
  const refused = await post("enrol", { public_key: boxes.text64(pair.publicKey), wrapped, teams }, pair);
  if (refused) return refused;
  clear(form);
  form.reset();
  document.getElementById("main").focus();
  return "";
}

async function rewrap(form, words) {
  const privateKey = boxes.unwrap(keychain.mine.own.wrapped, form.elements.current.value);
  if (!privateKey) return words["keys.unlock.wrong"];
  const why = unfit(form, words);
  if (why) return why;
  const refused = await post("rewrap", { wrapped: boxes.wrap(privateKey, form.elements.passphrase.value) });
  if (refused) return refused;
  clear(form);
  form.querySelector("[data-done]").hidden = false;
  return "";
}

// A team's new key, its private half sealed to who makes it.
export function newTeamKey(publicKey) {
  const pair = boxes.makePair();
  const sealed = boxes.text64(boxes.sealKey(pair.privateKey, publicKey));
  return { pair, made: { public_key: boxes.text64(pair.publicKey), sealed } };
}
