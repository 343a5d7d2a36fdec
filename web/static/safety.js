// What can bring a team's key back when a passphrase is forgotten, and what cannot: said before it is made.
import { keychain } from "./keychain.js";
import { stamp } from "./pieces.js";

const LANGUAGE = document.documentElement.lang;
const date = new Intl.DateTimeFormat(LANGUAGE, { dateStyle: "medium" });
const list = new Intl.ListFormat(LANGUAGE, { type: "conjunction" });

export const dayOf = (iso) => date.format(new Date(iso));
export const inUse = (team) => team.keys.find((key) => key.current);
// As the reader's language lists them, each kept apart from the words around it, whichever way it is written.
export const names = (people) => list.format(people.map(({ name }) => `\u2068${name}\u2069`));

// Colleagues who have a key of a team in their hands, the member not among them.
export function othersWith(keyId) {
  const { me, colleagues } = keychain.mine;
  return colleagues.filter(({ id, holds }) => id !== me.id && holds.includes(keyId));
}

// How it stands with the escrow of a key, as values for a piece.
export function escrowOf(keyId) {
  const found = keychain.mine.escrows.find((escrow) => escrow.team_key === keyId);
  if (!found) return { escrow_none: true };
  const alive = found.holders.filter((holder) => holder.alive);
  return {
    escrow: found,
    escrow_works: found.works,
    escrow_dead: !found.works,
    escrow_short: found.works && alive.length < found.made_for,
    untried: found.works && !found.drilled_at,
    tried: found.works && found.drilled_at,
    tried_on: found.drilled_at && dayOf(found.drilled_at),
    needed: found.needed,
    made_for: found.made_for,
    left: alive.length,
    holders: names(alive),
  };
}

// A line for each team: who could let the member in, and whether there is an escrow.
export function showSafety(place) {
  const { me, teams, own, escrows } = keychain.mine;
  const without = teams.filter((team) => team.may_hold && !inUse(team));
  const lines = teams.filter((team) => team.may_hold && inUse(team)).map((team) => {
    const key = inUse(team);
    const others = othersWith(key.id), escrow = escrowOf(key.id);
    return stamp("safety", {
      label: team.label, has_key: true, others: others.length > 0, names: names(others), alone: !others.length,
      lost: own && key.sealed !== null && !others.length && !escrow.escrow_works, ...escrow,
    });
  });
  if (without.length && !own) {
    const label = list.format(without.map((team) => team.label));
    lines.unshift(stamp("safety", { label, is_new: true }));
  }
  const shares = own ? escrows.filter(({ holders }) => holders.some(({ id }) => id === me.id)) : [];
  if (shares.length) lines.push(stamp("safety-shares", {}));
  place.replaceChildren(...lines);
}
