// Passing a case on: its key is sealed to other teams here, so that the server never holds it.

// The case's key sealed to each of the teams' keys that `chosen` names in its data, as the server takes it.
export function sealedKeys(chosen, opened) {
  return JSON.parse(chosen.dataset.keys).map((key) => ({
    team: key.team, team_key: key.team_key, sealed: opened.sealTo(key.public_key),
  }));
}
