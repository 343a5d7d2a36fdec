// Keys and what is sealed to them, with libsodium and nothing else: no page, no server, no words.
// The formats are those of hotline/boxes.py, hotline/padding.py and hotline/escrow.py.
// A key pair is { publicKey, privateKey }; keys and boxes are Uint8Array, base64 on the way.
import sodium from "libsodium-wrappers-sumo";

export const ready = sodium.ready;
export const OPENS_WITH_PASSPHRASE = "waypost:private-key", OPENS_IN_THIS_SESSION = "waypost:unlocked";
// Argon2id: three passes over 64 MiB. What a server may ask for is bounded: not so little that it could
// guess passphrases, not so much that the page would hang.
const OPS = 3, MEM = 64 * 2 ** 20;
const LEAST_OPS = 2, MOST_OPS = 10, LEAST_MEM = 32 * 2 ** 20, MOST_MEM = 256 * 2 ** 20;
const SMALLEST_SHARE = 1024;

// A wrapped key that is none, or whose passphrase somebody has made easy to guess.
export class Damaged extends Error {}

export const text64 = (bytes) => sodium.to_base64(bytes, sodium.base64_variants.ORIGINAL);
export const bytes64 = (text) => sodium.from_base64(text, sodium.base64_variants.ORIGINAL);
export const same = (one, other) => one.length === other.length && sodium.memcmp(one, other);

export function makePair() {
  const { publicKey, privateKey } = sodium.crypto_box_keypair();
  return { publicKey, privateKey };
}

export function pairOf(privateKey) {
  return { publicKey: sodium.crypto_scalarmult_base(privateKey), privateKey };
}

export const sealKey = (privateKey, publicKey) => sodium.crypto_box_seal(privateKey, publicKey);

// The key pair whose private half was sealed to `pair`. Throws when it was sealed to somebody else.
export function openKey(sealed, pair) {
  return pairOf(sodium.crypto_box_seal_open(sealed, pair.publicKey, pair.privateKey));
}

export function sealWords(text, publicKey, smallest) {
  const plain = sodium.from_string(text);
  let size = smallest;
  while (size <= plain.length) size *= 2;
  return sodium.crypto_box_seal(sodium.pad(plain, size), publicKey);
}

// Throws when it was sealed to somebody else, or is damaged.
export function openWords(sealed, pair) {
  const padded = sodium.crypto_box_seal_open(sealed, pair.publicKey, pair.privateKey);
  return sodium.to_string(sodium.unpad(padded, padded.length));
}

// A private key under a passphrase, as text for the server to keep.
export function wrap(privateKey, passphrase) {
  const salt = sodium.randombytes_buf(16);
  const { nonce, box } = shut(privateKey, stretched(passphrase, salt, OPS, MEM), OPENS_WITH_PASSPHRASE);
  return JSON.stringify({ v: 1, kdf: "argon2id13", ops: OPS, mem: MEM, salt: text64(salt), nonce, box });
}

// Null when the passphrase is not the one. Throws Damaged.
export function unwrap(wrapped, passphrase) {
  let parts, salt;
  try {
    parts = JSON.parse(wrapped);
    salt = bytes64(parts.salt);
  } catch {
    throw new Damaged();
  }
  const within = (number, least, most) => Number.isInteger(number) && number >= least && number <= most;
  if (parts.v !== 1 || parts.kdf !== "argon2id13" || salt.length !== 16
    || !within(parts.ops, LEAST_OPS, MOST_OPS) || !within(parts.mem, LEAST_MEM, MOST_MEM)) throw new Damaged();
  return open(parts, stretched(passphrase, salt, parts.ops, parts.mem), OPENS_WITH_PASSPHRASE);
}

// As typed on any keyboard: letters composed alike, one space between words.
export const tidy = (passphrase) => passphrase.normalize("NFKC").trim().split(/\s+/u).join(" ");

function stretched(passphrase, salt, ops, mem) {
  return sodium.crypto_pwhash(32, tidy(passphrase), salt, ops, mem, sodium.crypto_pwhash_ALG_ARGON2ID13);
}

// Shut away with a key that both sides have, for one purpose.
export function shut(secret, key, purpose) {
  const nonce = sodium.randombytes_buf(24);
  const box = sodium.crypto_aead_xchacha20poly1305_ietf_encrypt(secret, purpose, null, nonce, key);
  return { nonce: text64(nonce), box: text64(box) };
}

// Null when it was shut with another key or for another purpose.
export function open({ nonce, box }, key, purpose) {
  try {
    return sodium.crypto_aead_xchacha20poly1305_ietf_decrypt(
      null, bytes64(box), purpose, bytes64(nonce), key);
  } catch {
    return null;
  }
}

// A key in shares by holder's number: any `needed` of them have it together, fewer know nothing of it.
// For every such group it is the XOR of parts, one for each of the group and all but one of them random.
export function split(privateKey, holders, needed) {
  const shares = new Map(holders.map((holder) => [holder, {}]));
  for (const group of groups([...holders].sort((a, b) => a - b), needed)) {
    const parts = group.slice(1).map(() => sodium.randombytes_buf(privateKey.length));
    parts.push(together([privateKey, ...parts]));
    group.forEach((holder, at) => { shares.get(holder)[group.join(",")] = text64(parts[at]); });
  }
  return shares;
}

// The key pair out of shares by holder's number, of which some may be wrong; null when no group's parts
// make the private half of `publicKey`.
export function combine(shares, publicKey) {
  for (const name of new Set([...shares.values()].flatMap(Object.keys))) {
    const parts = name.split(",").map((holder) => shares.get(Number(holder))?.[name]);
    if (!parts.every((part) => typeof part === "string")) continue;
    try {
      const pair = pairOf(together(parts.map(bytes64)));
      if (same(pair.publicKey, publicKey)) return pair;
    } catch { /* a part of the wrong length is no part */ }
  }
  return null;
}

export const sealShare = (share, publicKey) => sealWords(JSON.stringify(share), publicKey, SMALLEST_SHARE);
export const openShare = (sealed, pair) => JSON.parse(openWords(sealed, pair));

function together(parts) {
  return parts.reduce((sum, part) => sum.map((byte, at) => byte ^ part[at]));
}

function groups(of, size) {
  if (size === 0) return [[]];
  return of.flatMap((first, at) => groups(of.slice(at + 1), size - 1).map((rest) => [first, ...rest]));
}

// What two people compare: six groups of five digits, some 99 bits of the key's hash.
export function fingerprint(publicKey) {
  const hash = sodium.crypto_generichash(30, publicKey);
  const group = (at) => hash.slice(at, at + 5).reduce((sum, byte) => (sum * 256 + byte) % 100_000, 0);
  return [0, 5, 10, 15, 20, 25].map((at) => String(group(at)).padStart(5, "0")).join(" ");
}

// One of `choices`, each as likely as the others.
export const draw = (choices) => choices[sodium.randombytes_uniform(choices.length)];
export const fromHex = (text) => sodium.from_hex(text);
