// The page of keys: one's own, those of the teams, and how a lost one comes back.
import { keychain, load, onChange, state } from "./keychain.js";
import { started } from "./keybar.js";
import { showMaking, startMaking } from "./keymaking.js";
import { showTeams } from "./keyteams.js";
import { live, oneAtATime } from "./live.js";

const page = document.getElementById("keys");
const words = JSON.parse(page.dataset.words);
let shown = "";

function show() {
  if (!keychain.mine) return;
  // Nothing is put anew under somebody's hands while nothing has changed.
  const { session_key: _, ...told } = keychain.mine;
  const now = JSON.stringify([state(), Boolean(keychain.own), told]);
  if (now === shown) return;
  shown = now;
  showMaking();
  showTeams(page.querySelector("[data-teams]"), words);
}

onChange(show);
startMaking(words);
await started;
show();
live("/desk/keys/events", oneAtATime(load));
