// Answers of a form of assistance, by question: what is the same, and how those of two people come together.
// Nothing of a page here. An answer has `value` (a text, a number or a list of texts) or `none` (not_known,
// not_said), who gave it and when; `left`: what the chat said and somebody took out again; `others`: answers of
// others to the same question, until somebody chooses. A question that is left empty has no answer.

export const NOT_KNOWN = "not_known", NOT_SAID = "not_said";

export const isAnswered = (answer) => answer !== undefined && ("value" in answer || "none" in answer);
export const valuesOf = (answer) => [answer?.value ?? []].flat();

// What can be read of a form, as { save, answers }. Throws when it is none.
export function parse(text) {
  const { save, answers } = JSON.parse(text);
  const fit = Object.entries(answers).filter(([, answer]) => isAnswer(answer));
  return { save, answers: new Map(fit) };
}

export function written(form, save, answers) {
  const filled = (_, value) => Array.isArray(value) && !value.length ? undefined : value;
  return JSON.stringify({ ...form, save, answers: Object.fromEntries(answers) }, filled);
}

// Of what the chat said, what nobody has confirmed, taken out, or answered otherwise.
export function unverified(answer, said, { several }) {
  if (answer && "none" in answer || !several && isAnswered(answer)) return [];
  const settled = [...valuesOf(answer), ...(answer?.left ?? [])];
  const open = said.filter((value) => !settled.includes(value));
  return several ? open : open.slice(0, 1);
}

export function sameAll(some, others) {
  return [...new Set([...some.keys(), ...others.keys()])].every((id) => same(some.get(id), others.get(id)));
}

// What both have, made from `base`: as { answers, both }, where `both` are questions that both answered, and
// not alike. Both answers are kept then; emptiness gives way to an answer.
export function merge(base, mine, theirs) {
  const answers = new Map(), both = [];
  for (const id of new Set([...mine.keys(), ...theirs.keys()])) {
    const was = base.get(id), own = mine.get(id), other = theirs.get(id);
    let found;
    if (same(own, other) || same(was, own)) found = other;
    else if (same(was, other)) found = own;
    else {
      found = together(own, other);
      if (found.others.length) both.push(id);
    }
    if (found) answers.set(id, found);
  }
  return { answers, both };
}

// The answer that stays, of several.
export function chosen(answer, { value, none, by, at }) {
  const core = none === undefined ? { value } : { none };
  return { ...core, by, at, ...(answer.left ? { left: answer.left } : {}) };
}

function together(own = {}, other = {}) {
  const [first, second] = isAnswered(own) ? [own, other] : [other, own];
  const rivals = [second, ...(first.others ?? []), ...(second.others ?? [])].filter(isAnswered);
  const others = [];
  for (const { value, none, by, at } of rivals) {
    const rival = none === undefined ? { value, by, at } : { none, by, at };
    if (![first, ...others].some((known) => core(known) === core(rival))) others.push(rival);
  }
  return { ...first, left: [...new Set([...(own.left ?? []), ...(other.left ?? [])])], others };
}

function same(one, other) {
  return core(one) === core(other) && list(one?.left) === list(other?.left)
    && list((one?.others ?? []).map(core)) === list((other?.others ?? []).map(core));
}

function core(answer) {
  const value = answer?.value ?? null;
  return JSON.stringify([answer?.none ?? null, Array.isArray(value) ? [...value].sort() : value]);
}

function list(items = []) { return JSON.stringify([...items].sort()); }

// Whoever has a case's public key can seal something to it: what is no answer is not taken for one.
function isAnswer(answer) {
  if (answer === null || typeof answer !== "object" || Array.isArray(answer)) return false;
  const texts = (items) => Array.isArray(items) && items.every((item) => typeof item === "string");
  const { value, none, left = [], others = [] } = answer;
  const fits = value === undefined || typeof value === "string" || Number.isFinite(value) || texts(value);
  return fits && (none === undefined || typeof none === "string") && texts(left)
    && Array.isArray(others) && others.every(isAnswer);
}
