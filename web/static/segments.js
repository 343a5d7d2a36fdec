// How many SMS segments a text needs; the same rules as locales/segments.py, held by a test.
// GSM 03.38: 160 septets alone, 153 a segment; UCS-2: 70 UTF-16 units alone, 67 a segment.

const GSM7 = new Set(
  "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡" +
  "ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà");
const EXTENSION = new Set("^{}\\[~]|€\f");

export function countSegments(text) {
  const characters = [...text];
  const forcedBy = characters.find((c) => !GSM7.has(c) && !EXTENSION.has(c)) ?? "";
  const sizes = characters.map((c) => (forcedBy ? c.length : EXTENSION.has(c) ? 2 : 1));
  const [alone, joined] = forcedBy ? [70, 67] : [160, 153];
  const units = sizes.reduce((sum, size) => sum + size, 0);
  const encoding = forcedBy ? "UCS-2" : "GSM-7";
  if (units <= alone) return { encoding, segments: units ? 1 : 0, units, forcedBy };
  let segments = 1, room = joined;
  for (const size of sizes) {
    if (size > room) { segments += 1; room = joined; }
    room -= size;
  }
  return { encoding, segments, units, forcedBy };
}
