// A notice by the system. Phones show one of a page only through a worker; ours does nothing else, and keeps
// nothing.
import { chime, soundIsOn } from "./notices-sound.js";

const WORKER = "/static/notices-worker.js", ICON = "/static/waypost.svg";
const { lang, dir } = document.documentElement;

export const canShow = () => "Notification" in window && Boolean(navigator.serviceWorker);

// One tag a kind: a newer notice takes the place of the older one, whichever page shows it.
export async function bySystem(what, text) {
  if (!canShow() || Notification.permission !== "granted") return chime();
  const registration = await worker();
  const silent = !soundIsOn();
  return registration.showNotification(text, { tag: what, icon: ICON, lang, dir, silent, renotify: !silent });
}

async function worker() {
  const registration = await navigator.serviceWorker.register(WORKER);
  const waking = registration.installing ?? registration.waiting;
  if (!registration.active && waking) {
    await new Promise((done) => {
      waking.addEventListener("statechange", () => { if (waking.state === "activated") done(); });
    });
  }
  return registration;
}
