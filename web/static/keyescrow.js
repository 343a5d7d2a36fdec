// Escrow: teams' keys in shares for supervisors, any few of whom bring them back together.
import * as boxes from "./boxes.js";
import { keychain, post } from "./keychain.js";
import { sealShareTo } from "./keypeople.js";
import { make } from "./live.js";
import { onSubmit, replace, stamp } from "./pieces.js";
import { inUse, names, othersWith } from "./safety.js";

const FEWEST = 2, MOST = 7;

const checked = (form, name) => [...form.querySelectorAll(`[name=${name}]:checked`)].map(({ value }) => value);

// The form for an escrow of the keys that are held here.
export function showMakingEscrow(section, words) {
  const { mine, teams: held } = keychain;
  const teams = mine.teams.filter((team) => held.has(inUse(team)?.id));
  const supervisors = mine.colleagues.filter(({ role }) => role === "supervisor");
  section.hidden = !teams.length;
  const enough = supervisors.length >= FEWEST;
  section.querySelector("[data-too-few]").hidden = enough;
  const form = section.querySelector("form");
  form.hidden = !enough;
  replace(form.querySelector("[data-place=teams]"), teams.map((team) => choice("team", team.team, team.label)));
  replace(form.querySelector("[data-place=supervisors]"), supervisors.map((who) =>
    choice("holder", who.id, who.name, boxes.fingerprint(boxes.bytes64(who.public_key)))));
  const needed = form.elements.needed, before = needed.value;
  const numbers = Array.from({ length: Math.min(supervisors.length, MOST) - FEWEST + 1 }, (_, n) => n + FEWEST);
  needed.replaceChildren(...numbers.map((n) => Object.assign(make("option", "", n), { value: n })));
  needed.value = numbers.includes(Number(before)) ? before : FEWEST;
  form.work = () => makeEscrows(form, teams, supervisors, words);
}

export function startEscrow(form, words) {
  onSubmit(form, () => form.work(), words["keys.failed"]);
}

function choice(name, value, label, fingerprint = "") {
  const box = Object.assign(make("input"), { type: "checkbox", name, value, checked: true, id: `${name}-${value}` });
  const number = fingerprint ? [Object.assign(make("span", "fingerprint small", fingerprint), { dir: "ltr" })] : [];
  return make("label", "check", null, box, make("bdi", "", label), ...number);
}

async function makeEscrows(form, teams, supervisors, words) {
  const chosen = checked(form, "holder").map(Number), wanted = checked(form, "team");
  const holders = supervisors.filter(({ id }) => chosen.includes(id));
  const needed = Number(form.elements.needed.value);
  if (holders.length < needed || holders.length > MOST) return words["keys.refused.numbers"];
  if (!wanted.length) return words["keys.escrow.teams"];
  for (const team of teams.filter(({ team: name }) => wanted.includes(name))) {
    const key = inUse(team).id;
    const shares = boxes.split(keychain.teams.get(key).privateKey, holders.map(({ id }) => id), needed);
    const sealed = holders.map((who) => [who.id, sealShareTo(who, shares.get(who.id))]);
    const refused = await post("escrow", { team_key: key, needed, shares: Object.fromEntries(sealed) });
    if (refused) return refused;
  }
  form.querySelector("[data-done]").hidden = false;
  return "";
}

// How a team's keys that are not held here come back from their escrows: when nobody is left who could
// let the member in, or a share was given all the same.
export function recoveries(team, words) {
  const { escrows, gifts } = keychain.mine;
  const lost = escrows.filter(({ id, team: name, works, team_key: key }) =>
    name === team.team && works && !keychain.teams.has(key)
    && (!othersWith(key).length || gifts.some((gift) => gift.escrow === id)));
  return lost.map((escrow) => recovery(team, escrow, words));
}

function recovery(team, escrow, words) {
  const gifts = keychain.mine.gifts.filter((gift) => gift.escrow === escrow.id);
  const given = escrow.holders.filter(({ id }) => gifts.some((gift) => gift.from === id));
  const piece = stamp("recover", {
    needed: escrow.needed, holders: names(escrow.holders.filter(({ alive }) => alive)),
    given: names(given), any: given.length > 0, enough: gifts.length >= escrow.needed,
    fingerprint: boxes.fingerprint(keychain.own.publicKey),
  });
  const form = piece.querySelector("form");
  if (form) onSubmit(form, () => recover(team, escrow, gifts, words), words["keys.failed"]);
  return piece;
}

// The shares put together, held against the team's public key, and the key sealed to who recovers.
function recover(team, escrow, gifts, words) {
  const listed = team.keys.find(({ id }) => id === escrow.team_key);
  const shares = new Map();
  for (const gift of gifts) {
    try {
      shares.set(gift.from, boxes.openShare(boxes.bytes64(gift.sealed), keychain.own));
    } catch { /* one that does not open is not given */ }
  }
  const pair = boxes.combine(shares, boxes.bytes64(listed.public_key));
  if (!pair) return words["keys.recover.unfit"];
  const sealed = boxes.text64(boxes.sealKey(pair.privateKey, keychain.own.publicKey));
  return post("recovered", { escrow: escrow.id, sealed });
}
