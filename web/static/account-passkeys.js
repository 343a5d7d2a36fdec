// Passkeys: the browser makes one or answers with one, and what it says goes to the server as a form.
import { ask } from "./live.js";

const bytes = (text) =>
  Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));
const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer)))
  .replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");

async function made(options) {
  const { id, type, rawId, response } = await navigator.credentials.create({ publicKey: {
    ...options,
    challenge: bytes(options.challenge),
    user: { ...options.user, id: bytes(options.user.id) },
    excludeCredentials: options.excludeCredentials.map((key) => ({ ...key, id: bytes(key.id) })),
  } });
  return { id, type, rawId: text(rawId), response: {
    clientDataJSON: text(response.clientDataJSON), attestationObject: text(response.attestationObject),
  } };
}

async function used(options) {
  const { id, type, rawId, response } = await navigator.credentials.get({ publicKey: {
    ...options, challenge: bytes(options.challenge), allowCredentials: [],
  } });
  return { id, type, rawId: text(rawId), response: {
    clientDataJSON: text(response.clientDataJSON), authenticatorData: text(response.authenticatorData),
    signature: text(response.signature), userHandle: response.userHandle && text(response.userHandle),
  } };
}

async function send(form) {
  const making = form.dataset.passkey === "make";
  const answer = await ask(form.dataset.options, making ? { body: new FormData(form) } : {});
  const options = await answer.json();
  if (!answer.ok) return options.refused;
  form.elements.answer.value = JSON.stringify(await (making ? made : used)(options));
  // Not again what a password was asked for already.
  if (making) form.elements.password.disabled = true;
  form.submit();
  return "";
}

for (const form of document.querySelectorAll("form[data-passkey]")) {
  form.hidden = !globalThis.PublicKeyCredential;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = form.querySelector("button"), trouble = form.querySelector("[data-trouble]");
    button.disabled = true;
    let why;
    try {
      why = await send(form);
    } catch {
      // Nobody touched the device, it is not theirs, or there is no network.
      why = form.dataset.failed;
    }
    trouble.textContent = why;
    trouble.hidden = !why;
    button.disabled = false;
  });
}
