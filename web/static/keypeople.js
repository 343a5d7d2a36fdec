// Letting colleagues in, and giving one's shares to who has lost a key: after comparing their number.
import * as boxes from "./boxes.js";
import { keychain, post } from "./keychain.js";
import { make } from "./live.js";
import { onSubmit, stamp } from "./pieces.js";

const numberOf = (who) => boxes.fingerprint(boxes.bytes64(who.public_key));

// Rows of colleagues who lack a key that is held here, and of who lacks one of which a share is.
export function people(words) {
  const { me, colleagues } = keychain.mine;
  const others = colleagues.filter(({ id }) => id !== me.id);
  return [...others.flatMap((who) => letIn(who, words)), ...others.flatMap((who) => giving(who, words))];
}

// A key pair's private half, sealed to somebody.
export function sealTo(who, { privateKey }) {
  return boxes.text64(boxes.sealKey(privateKey, boxes.bytes64(who.public_key)));
}

export function sealShareTo(who, share) {
  return boxes.text64(boxes.sealShare(share, boxes.bytes64(who.public_key)));
}

function letIn(who, words) {
  const held = ({ keys }) => keys.filter(({ id }) => keychain.teams.has(id));
  const teams = keychain.mine.teams.filter((team) =>
    who.may_hold.includes(team.team) && held(team).some(({ id }) => !who.holds.includes(id)));
  if (!teams.length) return [];
  const piece = stamp("let-in", { name: who.name, fingerprint: numberOf(who) });
  piece.id = `let-in-${who.id}`;
  piece.querySelector("[data-place=teams]").append(...teams.map((team) => choice(`${piece.id}-${team.team}`, team)));
  onSubmit(piece.querySelector("form"), (form) => {
    const chosen = new Set([...form.querySelectorAll("[name=team]:checked")].map(({ value }) => value));
    if (!chosen.size) return words["keys.let_in.teams"];
    const keys = teams.filter(({ team }) => chosen.has(team)).flatMap(held);
    const sealed = keys.map(({ id }) => [id, sealTo(who, keychain.teams.get(id))]);
    return post("let-in", { staff: who.id, public_key: who.public_key, keys: Object.fromEntries(sealed) });
  }, words["keys.failed"]);
  return [piece];
}

function choice(id, team) {
  const box = Object.assign(make("input"), { type: "checkbox", name: "team", value: team.team, checked: true, id });
  return make("label", "check", null, box, make("bdi", "", team.label));
}

// Who holds the whole key lets in; a share is for keys that are not held here.
function giving(who, words) {
  const escrows = keychain.mine.escrows.filter(({ team, team_key: key, my_share: share }) =>
    share !== null && who.may_hold.includes(team) && !who.holds.includes(key) && !keychain.teams.has(key));
  if (!escrows.length) return [];
  const piece = stamp("give-share", { name: who.name, fingerprint: numberOf(who) });
  piece.id = `give-${who.id}`;
  onSubmit(piece.querySelector("form"), async () => {
    for (const { id, my_share: mine } of escrows) {
      const share = boxes.openShare(boxes.bytes64(mine), keychain.own);
      const gift = { escrow: id, to: who.id, public_key: who.public_key, sealed: sealShareTo(who, share) };
      const refused = await post("give", gift);
      if (refused) return refused;
    }
    piece.querySelector("[data-done]").hidden = false;
    return "";
  }, words["keys.failed"]);
  return [piece];
}
