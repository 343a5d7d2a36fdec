// The page of keys: one's own, colleagues', those of the teams, and how a lost one comes back.
import { started } from "./keybar.js";
import { keychain, load, onChange, state } from "./keychain.js";
import { showMakingEscrow, startEscrow } from "./keyescrow.js";
import { showMaking, startMaking } from "./keymaking.js";
import { people } from "./keypeople.js";
import { cards } from "./keyteams.js";
import { live, oneAtATime } from "./live.js";
import { replace } from "./pieces.js";

const page = document.getElementById("keys");
const words = JSON.parse(page.dataset.words);
const part = (name) => page.querySelector(`[data-part="${name}"]`);
let shown = "";

function show() {
  if (!keychain.mine) return;
  // Nothing is put anew under somebody's hands while nothing has changed.
  const { session_key: _, lock_box: __, ...told } = keychain.mine;
  const now = JSON.stringify([state(), Boolean(keychain.own), told]);
  if (now === shown) return;
  shown = now;
  showMaking();
  const rows = keychain.own ? people(words) : [];
  part("people").hidden = !rows.length;
  replace(part("people").querySelector("[data-place]"), rows);
  replace(part("teams"), cards(words));
  showMakingEscrow(part("escrow"), words);
}

onChange(show);
startMaking(words);
startEscrow(part("escrow").querySelector("form"), words);
await started;
show();
live("/desk/keys/events", oneAtATime(load));
