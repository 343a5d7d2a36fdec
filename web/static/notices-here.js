// One's own page of notices: what this browser may do. It is asked only when somebody presses.
import { chime, setSound, soundIsOn } from "./notices-sound.js";
import { bySystem, canShow } from "./notices-system.js";

const here = document.getElementById("here");
const part = (name) => here.querySelector(`[data-${name}]`);

function show() {
  const may = canShow() ? Notification.permission : "never";
  for (const line of here.querySelectorAll("[data-may]")) line.hidden = line.dataset.may !== may;
  part("ask").hidden = may !== "default";
  part("show").hidden = may !== "granted";
  part("sound").checked = soundIsOn();
}

part("ask").addEventListener("click", async () => {
  await Notification.requestPermission();
  show();
});
part("show").addEventListener("click", () => bySystem("try", part("show").dataset.show));
part("sound").addEventListener("change", () => {
  setSound(part("sound").checked);
  chime();
});
part("controls").hidden = false;
show();

// Quiet hours are those of where somebody is.
const zone = document.querySelector("[name=time_zone][data-unset]");
if (zone) zone.value = Intl.DateTimeFormat().resolvedOptions().timeZone ?? zone.value;
