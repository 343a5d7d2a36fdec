// Whether the server may be asked anything now: not while the screen is locked. idle.js opens and shuts it.
export const gate = { locked: false, lifted: Promise.resolve(), pass: async () => {} };
