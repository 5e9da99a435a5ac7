// What the page asks, answered by the page itself: for a file that opens without a server.

import { training } from "./frames.js";
import { decide } from "./separable.js";

const KEPT = 4; // trainings under way
const MOST_POINTS = 12; // that are decided here

const needsPlay = (what) => Promise.reject(new Error(`${what} glassneuron play; this file works alone.`));

/**
 * Answer like `server`, from what the file carries: lessons, the verdicts on their tables, the gates, and the code
 * behind some numbers.
 */
export function local({ lessons, verdicts = [], gates = [], sources = {}, first = null }) {
  const runs = new Map();
  let runNumber = 0;
  const key = (X, y) => JSON.stringify([X, y]);
  const known = new Map(verdicts.map(({ X, y, verdict }) => [key(X, y), verdict]));

  function train(run, spec, cursor, count) {
    const name = `${run} ${JSON.stringify(spec)}`;
    const made = runs.get(name) ?? training(spec);
    runs.delete(name);
    runs.set(name, made); // the newest stands last
    if (runs.size > KEPT) runs.delete(runs.keys().next().value);
    return { run, ...made(cursor, Math.min(count, 2000)) };
  }

  async function prove(X, y) {
    const found = known.get(key(X, y));
    if (found) return found;
    if (X.length > MOST_POINTS || X[0].length > 2) return needsPlay(`Rows that were drawn are decided here up to ${MOST_POINTS} points of two inputs; a proof for more needs`);
    return decide(X, y);
  }

  return {
    first,
    linkable: false,
    number: () => (runNumber += 1),
    train: async (...facts) => train(...facts),
    prove,
    hint: () => needsPlay("Hints are exact, and need"),
    whatIf: () => needsPlay("The smallest change is exact, and needs"),
    gates: async () => ({ gates }),
    lessons: async () => lessons,
    sources: async () => sources,
    table: () => needsPlay("Reading a table needs"),
    drop() {},
    close() {},
  };
}
