// What is typed and not sent yet, kept in this browser and nowhere else: sealed to the member's own key, so
// that nobody opens it here without their passphrase. It survives a reload, a crash and a lost connection.
import * as boxes from "./boxes.js";
import { keychain } from "./keychain.js";

const PLACE = "waypost-draft:";
const LIVES_MS = 3 * 86_400_000;
// Bytes; what is usual of a draft fits, so that its length tells nothing.
const SMALLEST = 512;

const place = (number) => `${PLACE}${keychain.mine.me.id}:${number}`;

// Keep the draft of a case. False when this browser keeps nothing.
export function keep(number, draft) {
  try {
    const sealed = boxes.text64(boxes.sealWords(JSON.stringify(draft), keychain.own.publicKey, SMALLEST));
    localStorage.setItem(place(number), JSON.stringify({ at: Date.now(), sealed }));
    return true;
  } catch {
    return false;
  }
}

// The draft of a case, or null. One that the member's key does not open any more is gone for good.
export function kept(number) {
  try {
    prune();
    const here = localStorage.getItem(place(number));
    return here && JSON.parse(boxes.openWords(boxes.bytes64(JSON.parse(here).sealed), keychain.own));
  } catch {
    drop(number);
    return null;
  }
}

export function drop(number) {
  try { localStorage.removeItem(place(number)); } catch { /* a browser that keeps nothing has none */ }
}

// Nobody comes back to what is older; nor does anybody look for what is no draft.
function prune() {
  for (const key of Object.keys(localStorage).filter((key) => key.startsWith(PLACE))) {
    let at = 0;
    try { ({ at } = JSON.parse(localStorage.getItem(key))); } catch { /* no draft of ours */ }
    if (!(Date.now() - at < LIVES_MS)) localStorage.removeItem(key);
  }
}
