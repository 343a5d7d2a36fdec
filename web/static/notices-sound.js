// A soft sound for what waits: two low notes, made here. On or off for this browser.
const KEPT = "waypost-sound", NOTES = [523.25, 659.25], APART = 0.18, LASTS = 0.5, LOUDNESS = 0.08;

export const soundIsOn = () => localStorage.getItem(KEPT) === "on";
export const setSound = (on) => localStorage.setItem(KEPT, on ? "on" : "off");

let context;
export async function chime() {
  if (!soundIsOn()) return;
  context ??= new AudioContext();
  // A browser lets no page sound that nobody has touched.
  if (context.state === "suspended") await Promise.race([context.resume(), new Promise((done) => setTimeout(done, 500))]);
  if (context.state !== "running") return;
  NOTES.forEach((pitch, n) => play(pitch, context.currentTime + n * APART));
}

function play(pitch, at) {
  const note = new OscillatorNode(context, { frequency: pitch, type: "sine" });
  const loudness = new GainNode(context, { gain: 0 });
  loudness.gain.setValueAtTime(0, at);
  loudness.gain.linearRampToValueAtTime(LOUDNESS, at + 0.03);
  loudness.gain.exponentialRampToValueAtTime(0.0001, at + LASTS);
  note.connect(loudness).connect(context.destination);
  note.start(at);
  note.stop(at + LASTS);
}
