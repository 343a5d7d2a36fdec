// Which keys are open in this browser. The member's private key is here once the passphrase was typed,
// with the keys of teams it opens. From page to page it is kept shut away with what the server gives to
// this session alone: neither the computer nor the server opens it without the other.
import * as boxes from "./boxes.js";
import { ask } from "./live.js";

const PLACE = "waypost-unlocked";
const tabs = new BroadcastChannel("waypost-keys");
const listeners = [];
// How often the server took something that changed what it tells.
let posted = 0;

export const keychain = {
  // What the server told last; null until it has.
  mine: null,
  // The member's key pair while it is unlocked, and those of teams by their number.
  own: null,
  teams: new Map(),
  // Whose keys are not what the server says they are, by name.
  swapped: new Set(),
  // The key was made anew, on another computer perhaps, since it was unlocked here.
  changed: false,
};

// none: no key made yet. swapped: nothing may be read or written. shut_out: nobody has let them in yet.
export function state() {
  if (keychain.swapped.size) return "swapped";
  if (!keychain.mine.own) return "none";
  if (!keychain.own) return "locked";
  return keychain.teams.size ? "open" : "shut_out";
}

export function onChange(listener) { listeners.push(listener); }

export async function load() {
  await boxes.ready;
  const before = posted;
  const answer = await ask("/desk/keys/mine");
  if (!answer.ok) throw new Error(String(answer.status));
  const told = await answer.json();
  // It may be of before what was posted meanwhile, and would take a new key for one that is exchanged.
  if (before !== posted) return load();
  return learn(told);
}

// Post to be kept; `pair` is the member's from then on. Gives the line that says why not, or "".
export async function post(what, body, pair = null) {
  const answer = await ask(`/desk/keys/${what}`, { body: JSON.stringify(body) });
  const told = await answer.json();
  if (!answer.ok) return told.refused;
  posted += 1;
  if (pair) use(pair, told);
  learn(told);
  return "";
}

// Whether the passphrase was the one. Throws boxes.Damaged.
export function unlock(passphrase) {
  const privateKey = boxes.unwrap(keychain.mine.own.wrapped, passphrase);
  if (!privateKey) return false;
  const pair = boxes.pairOf(privateKey);
  if (isFor(pair, keychain.mine.own)) use(pair, keychain.mine);
  else keychain.swapped.add(keychain.mine.me.name);
  learn(keychain.mine);
  return true;
}

export function lock() {
  tabs.postMessage({ locked: true });
  forget();
  tell();
}

function learn(mine) {
  keychain.mine = mine;
  keychain.own ??= kept(mine);
  if (keychain.own && !(mine.own && isFor(keychain.own, mine.own))) {
    forget();
    keychain.changed = true;
  }
  if (keychain.own) openTeams(mine);
  tell();
}

function use(pair, mine) {
  forget();
  keychain.own = pair;
  keychain.changed = false;
  const shut = boxes.shut(
    pair.privateKey, boxes.fromHex(mine.session_key), boxes.OPENS_IN_THIS_SESSION);
  const here = JSON.stringify({ staff: mine.me.id, ...shut });
  sessionStorage.setItem(PLACE, here);
  tabs.postMessage({ kept: here });
}

function forget() {
  sessionStorage.removeItem(PLACE);
  keychain.own = null;
  keychain.teams.clear();
}

// The pair that was unlocked on an earlier page of this session, or null.
function kept(mine) {
  const here = JSON.parse(sessionStorage.getItem(PLACE));
  const key = boxes.fromHex(mine.session_key);
  const privateKey = here?.staff === mine.me.id && boxes.open(here, key, boxes.OPENS_IN_THIS_SESSION);
  if (privateKey) return boxes.pairOf(privateKey);
  sessionStorage.removeItem(PLACE);
  return null;
}

function openTeams(mine) {
  for (const { label, keys } of mine.teams) {
    for (const key of keys.filter(({ sealed }) => sealed !== null)) {
      const pair = keychain.teams.get(key.id) ?? opened(key);
      if (pair && isFor(pair, key)) keychain.teams.set(key.id, pair);
      else keychain.swapped.add(label);
    }
  }
}

function opened(key) {
  try {
    return boxes.openKey(boxes.bytes64(key.sealed), keychain.own);
  } catch {
    return null;
  }
}

function isFor(pair, listed) { return boxes.same(pair.publicKey, boxes.bytes64(listed.public_key)); }

function tell() { for (const listener of listeners) listener(); }

// A tab that is opened asks the others, so that the passphrase is typed once; one that locks, locks all.
tabs.addEventListener("message", ({ data }) => {
  const here = sessionStorage.getItem(PLACE);
  if (data.asks && here) tabs.postMessage({ kept: here });
  if (data.kept && !here) {
    sessionStorage.setItem(PLACE, data.kept);
    if (keychain.mine) learn(keychain.mine);
  }
  if (data.locked) {
    const was = keychain.own;
    forget();
    if (was) tell();
  }
});
if (!sessionStorage.getItem(PLACE)) tabs.postMessage({ asks: true });
