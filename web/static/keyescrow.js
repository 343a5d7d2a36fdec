// Escrow: a team's key in shares for supervisors, any few of whom bring it back together.
import * as boxes from "./boxes.js";
import { keychain, post } from "./keychain.js";
import { make } from "./live.js";
import { onSubmit, stamp } from "./pieces.js";
import { inUse, names } from "./safety.js";

const FEWEST = 2, MOST = 7;

// What can be done about the escrows of a team: making one, giving one's share, recovering.
export function escrowPieces(team, words) {
  const pieces = [];
  for (const escrow of keychain.mine.escrows.filter((found) => found.team === team.team)) {
    if (!keychain.teams.has(escrow.team_key)) pieces.push(recovery(team, escrow, words));
    if (escrow.my_share !== null) pieces.push(...giving(team, escrow, words));
  }
  const key = inUse(team);
  if (keychain.teams.has(key.id)) pieces.push(making(team, key, words));
  return pieces;
}

function making(team, key, words) {
  const supervisors = keychain.mine.colleagues.filter(({ role }) => role === "supervisor");
  const enough = supervisors.length >= FEWEST;
  const piece = stamp("make-escrow", { enough, too_few: !enough });
  piece.id = `${team.team}-escrow`;
  if (!enough) return piece;
  const form = piece.querySelector("form"), needed = form.elements.needed;
  needed.id = `${team.team}-needed`;
  form.querySelector("[data-place=supervisors]").append(...supervisors.map((who) => {
    const box = Object.assign(make("input"), { type: "checkbox", name: "holder", value: who.id, checked: true });
    box.id = `${team.team}-holder-${who.id}`;
    return make("label", "check", null, box, make("bdi", "", who.name));
  }));
  const most = Math.min(supervisors.length, MOST);
  for (let n = FEWEST; n <= most; n += 1) needed.append(Object.assign(make("option", "", n), { value: n }));
  onSubmit(form, () => makeEscrow(key, supervisors, form, words), words["keys.failed"]);
  return piece;
}

function makeEscrow(key, supervisors, form, words) {
  const chosen = new Set([...form.querySelectorAll("[name=holder]:checked")].map(({ value }) => Number(value)));
  const holders = supervisors.filter(({ id }) => chosen.has(id));
  const needed = Number(form.elements.needed.value);
  if (holders.length < needed || holders.length > MOST) return words["keys.refused.numbers"];
  const shares = boxes.split(keychain.teams.get(key.id).privateKey, holders.map(({ id }) => id), needed);
  const sealed = holders.map((who) => [who.id, sealShare(shares.get(who.id), who)]);
  return post("escrow", { team_key: key.id, needed, shares: Object.fromEntries(sealed) });
}

// My share, for each colleague who does not have the key.
function giving(team, escrow, words) {
  const lacking = keychain.mine.colleagues.filter(
    ({ id, holds }) => id !== keychain.mine.me.id && !holds.includes(escrow.team_key));
  return lacking.map((who) => {
    const fingerprint = boxes.fingerprint(boxes.bytes64(who.public_key));
    const piece = stamp("give-share", { name: who.name, fingerprint });
    piece.id = `${team.team}-give-${escrow.id}-${who.id}`;
    onSubmit(piece.querySelector("form"), () => {
      const share = boxes.openShare(boxes.bytes64(escrow.my_share), keychain.own);
      return post("give", { escrow: escrow.id, to: who.id, public_key: who.public_key, sealed: sealShare(share, who) });
    }, words["keys.failed"]);
    return piece;
  });
}

function recovery(team, escrow, words) {
  const gifts = keychain.mine.gifts.filter((gift) => gift.escrow === escrow.id);
  const given = escrow.holders.filter(({ id }) => gifts.some((gift) => gift.from === id));
  const piece = stamp("recover", {
    needed: escrow.needed, holders: names(escrow.holders.filter(({ alive }) => alive)),
    given: names(given), any: given.length > 0, enough: gifts.length >= escrow.needed,
    dead: !escrow.works, fingerprint: boxes.fingerprint(keychain.own.publicKey),
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

function sealShare(share, who) { return boxes.text64(boxes.sealShare(share, boxes.bytes64(who.public_key))); }
