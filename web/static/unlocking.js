// On pages that hold keys: locking the screen locks them, and the passphrase brings both back.
import { bytes64, openWords } from "./boxes.js";
import { openWith } from "./idle.js";
import { keychain, lock, unlock } from "./keychain.js";

openWith({
  lock: () => { if (keychain.own) lock(); },
  possible: () => Boolean(keychain.mine?.own),
  // What proves to the server that its owner is back; null when this is not the passphrase.
  open: (passphrase) =>
    unlock(passphrase) ? openWords(bytes64(keychain.mine.lock_box), keychain.own) : null,
});
