// Teams and their keys: who holds which, letting colleagues in, making and renewing a team's key.
import * as boxes from "./boxes.js";
import { keychain, post } from "./keychain.js";
import { escrowPieces } from "./keyescrow.js";
import { newTeamKey } from "./keymaking.js";
import { onSubmit, replace, stamp } from "./pieces.js";
import { escrowOf, inUse, names, othersWith } from "./safety.js";

export function showTeams(place, words) {
  replace(place, keychain.mine.teams.map((team) => card(team, words)));
}

function card(team, words) {
  const key = inUse(team), unlocked = Boolean(keychain.own);
  const others = key ? othersWith(key.id) : [], mine = key && key.sealed !== null;
  const escrow = key ? escrowOf(key.id) : {};
  const nobody = key && !mine && !others.length;
  // No escrow gives it back: what is sealed to it stays sealed.
  const lost = nobody && !escrow.escrow_works;
  const piece = stamp("team", {
    label: team.label,
    has_key: key, no_key: !key, lost, nobody: nobody && !lost, shut_out: key && !mine && others.length > 0,
    make: unlocked && (!key || lost), renew: unlocked && mine, first: !key,
    who: names([...(mine ? [{ name: words["keys.you"] }] : []), ...others]), known: mine || others.length > 0,
    only_me: mine && !others.length && !escrow.escrow_works,
    fingerprint: key ? boxes.fingerprint(boxes.bytes64(key.public_key)) : "",
    ...escrow,
  });
  for (const details of piece.querySelectorAll("details")) details.id = `${team.team}-${details.dataset.name}`;
  const place = (name) => piece.querySelector(`[data-place="${name}"]`);
  if (unlocked && key) {
    place("let_in").append(...letIn(team, words));
    place("escrow").append(...escrowPieces(team, words));
  }
  place("members")?.append(...others.map((who) => stamp("member", { name: who.name, fingerprint: printOf(who) })));
  for (const form of piece.querySelectorAll("form[data-form=team]")) {
    onSubmit(form, () => makeTeamKey(team, mine ? others : []), words["keys.failed"]);
  }
  return piece;
}

const printOf = (who) => boxes.fingerprint(boxes.bytes64(who.public_key));

// Colleagues who lack a key of the team that is held here, each with what has to be compared first.
function letIn(team, words) {
  const held = team.keys.filter(({ id }) => keychain.teams.has(id));
  const { me, colleagues } = keychain.mine;
  const lacking = colleagues.filter(({ id, holds }) => id !== me.id && held.some((key) => !holds.includes(key.id)));
  return lacking.map((who) => {
    const piece = stamp("let-in", { name: who.name, fingerprint: printOf(who) });
    piece.id = `${team.team}-let-in-${who.id}`;
    onSubmit(piece.querySelector("form"), () => sealTo(who, held), words["keys.failed"]);
    return piece;
  });
}

function sealTo(who, held) {
  const publicKey = boxes.bytes64(who.public_key);
  const keys = Object.fromEntries(held.map(({ id }) => [id, sealed(keychain.teams.get(id), publicKey)]));
  return post("let-in", { staff: who.id, public_key: who.public_key, keys });
}

// A new key of a team, sealed to who makes it and to everybody who held the one before.
function makeTeamKey(team, others) {
  const { pair, made } = newTeamKey(keychain.own.publicKey);
  const members = Object.fromEntries(others.map((who) => [
    who.id, { public_key: who.public_key, sealed: sealed(pair, boxes.bytes64(who.public_key)) }]));
  return post("team", { team: team.team, ...made, members });
}

function sealed(pair, publicKey) { return boxes.text64(boxes.sealKey(pair.privateKey, publicKey)); }
