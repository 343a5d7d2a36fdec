// Passing a case on: its key is sealed to the other team here, so that the server never holds it.
import { keychain } from "./keychain.js";
import { ask, make } from "./live.js";

const inUse = ({ keys }) => keys.find((key) => key.current);

// Teams that have a key, but for the one the case is with.
export function showTeams(form, team) {
  const choice = form.elements.team;
  const names = keychain.mine.teams.filter((other) => other.team !== team && inUse(other));
  const offered = names.map((other) => other.team).join(" ");
  if (choice.dataset.offered === offered) return;
  choice.dataset.offered = offered;
  choice.replaceChildren(...names.map((other) => {
    const option = make("option", "", other.label);
    option.value = other.team;
    return option;
  }));
  form.querySelector("button").disabled = !names.length;
}

// Gives the line that says why not, or an empty one.
export async function passOn(form, opened) {
  const to = keychain.mine.teams.find((other) => other.team === form.elements.team.value);
  const key = inUse(to);
  const body = { team: to.team, team_key: key.id, sealed: opened.sealTo(key.public_key) };
  const answer = await ask(form.action, { body: JSON.stringify(body) });
  return (await answer.json()).refused;
}
