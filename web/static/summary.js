// What a contact told, in the reader's language: needs first, then findings, then what is not known.
// `words` gives the text of a message id.
import { make } from "./live.js";

const ELEMENTS = ["act", "means", "purpose"];

// `facts` is what the case began with, `answers` what the contact shared, null when nothing.
export function showSummary(place, facts, answers, words) {
  const shown = [];
  if (facts?.path) shown.push(make("p", "asked", words[`path.${facts.path}`]));
  if (!answers) {
    shown.push(make("p", "empty", words["case.not_shared"]));
  } else {
    const needs = texts(answers.needs, "need", words);
    if (needs.length) shown.push(make("h3", "", words["case.needs"]), list("needs", needs));
    if (answers.outcome) shown.push(...findings(answers, words));
    for (const gap of ["not_asked", "not_answered"]) {
      shown.push(...folded(gap, texts(answers[gap], "question", words), words));
    }
  }
  const open = [...place.querySelectorAll("details[open]")].map((details) => details.dataset.gap);
  place.replaceChildren(...shown);
  for (const details of place.querySelectorAll("details")) details.open = open.includes(details.dataset.gap);
  place.removeAttribute("aria-busy");
}

function texts(names, kind, words) { return (names ?? []).map((name) => words[`${kind}.${name}`] ?? name); }

function list(name, lines) { return make("ul", name, null, ...lines.map((line) => make("li", "", line))); }

function findings(answers, words) {
  const rules = (answers.reasons ?? []).filter((reason) => reason.startsWith("rule."));
  const shown = [make("h3", "", words["case.outcome"]), make("p", "outcome", words[`outcome.${answers.outcome}`])];
  if (rules.length) shown.push(list("quiet", rules.map((rule) => words[rule])));
  const dimensions = (answers.dimensions ?? []).filter(({ codes }) => codes.length);
  shown.push(make("h3", "", words["case.findings"]));
  if (!dimensions.length) shown.push(make("p", "empty", words["case.flags_none"]));
  shown.push(...dimensions.map((dimension) => section(dimension, answers.strengths ?? {}, words)));
  shown.push(make("h3", "", words["case.elements"]));
  shown.push(make("ul", "elements", null, ...ELEMENTS.filter((name) => name in answers).map((name) =>
    make("li", answers[name] ? "found" : "", null,
      make("span", "", words[`element.${name}`]),
      make("span", "quiet", words[answers[name] ? "case.found" : "case.not_known"])))));
  return shown;
}

// One dimension with what was said yes to. An unknown strength is never shown as a rating.
function section({ name, codes, positive, indicated }, strengths, words) {
  const weight = positive ? words["case.by_rule"] : indicated ? words["case.indicated"] : "";
  return make("section", "dimension", null,
    make("h4", "", null, make("span", "", words[`dimension.${name}`]), make("span", "weight", weight)),
    make("ul", "reasons", null, ...codes.map((code) => make("li", "", null,
      make("span", "", words[`indicator.${code}`] ?? code),
      make("span", "quiet", words[`strength.${strengths[code] ?? "unknown"}`])))));
}

function folded(name, questions, words) {
  if (!questions.length) return [];
  const details = make("details", "", null,
    make("summary", "", `${words[`case.${name}`]} (${questions.length})`), list("quiet", questions));
  details.dataset.gap = name;
  return [details];
}
