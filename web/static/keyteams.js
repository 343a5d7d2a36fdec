// Teams and their keys: who holds which, how one comes back, making and renewing a team's key.
import * as boxes from "./boxes.js";
import { keychain, post } from "./keychain.js";
import { recoveries } from "./keyescrow.js";
import { newTeamKey } from "./keymaking.js";
import { sealTo } from "./keypeople.js";
import { onSubmit, stamp } from "./pieces.js";
import { escrowOf, inUse, names, othersWith } from "./safety.js";

// A partner is told of the first line's teams to give cases back, and has no part in their keys.
export const cards = (words) => keychain.mine.teams
  .filter((team) => team.may_hold || keychain.mine.me.role !== "partner").map((team) => card(team, words));

function card(team, words) {
  const key = inUse(team), unlocked = Boolean(keychain.own);
  const others = key ? othersWith(key.id) : [], mine = key && key.sealed !== null;
  const escrow = key ? escrowOf(key.id) : {};
  const nobody = key && !mine && !others.length;
  // No escrow gives it back: what is sealed to it stays sealed.
  const lost = nobody && !escrow.escrow_works;
  const piece = stamp("team", {
    label: team.label,
    has_key: key, no_key: !key, lost, nobody: nobody && !lost, shut_out: key && !mine && others.length > 0 && team.may_hold,
    make: unlocked && team.may_hold && (!key || lost), renew: unlocked && mine, first: !key,
    who: names([...(mine ? [{ name: words["keys.you"] }] : []), ...others]), known: mine || others.length > 0,
    only_me: mine && !others.length && !escrow.escrow_works,
    fingerprint: key ? boxes.fingerprint(boxes.bytes64(key.public_key)) : "",
    ...escrow,
  });
  for (const details of piece.querySelectorAll("details")) details.id = `${team.team}-${details.dataset.name}`;
  if (unlocked && team.may_hold) piece.querySelector("[data-place=recover]").append(...recoveries(team, words));
  piece.querySelector("[data-place=members]")?.append(...others.map((who) =>
    stamp("member", { name: who.name, fingerprint: boxes.fingerprint(boxes.bytes64(who.public_key)) })));
  for (const form of piece.querySelectorAll("form[data-form=team]")) {
    onSubmit(form, () => makeTeamKey(team, mine ? others : []), words["keys.failed"]);
  }
  return piece;
}

// A new key of a team, sealed to who makes it and to everybody who held the one before.
function makeTeamKey(team, others) {
  const { pair, made } = newTeamKey(keychain.own.publicKey);
  const members = Object.fromEntries(others.map((who) => [
    who.id, { public_key: who.public_key, sealed: sealTo(who, pair) }]));
  return post("team", { team: team.team, ...made, members });
}
