// Which rows a training visits and when: as learning/sampler.py says, from the seed and the epoch's number alone.

import { generator } from "./random.js";

const FREELY = 16384; // rows up to which an order is shuffled freely

/**
 * The visits of a training, and the weight of each row (none where each counts once). Where the order is shuffled, rows
 * that are equal are first merged: one that occurs twice has two visits.
 */
export function visits({ X, y, shuffle, seed, kind }) {
  const shuffled = shuffle && X.length > 1;
  if (shuffled && X.length > FREELY) throw new Error(`A file shuffles ${FREELY.toLocaleString("en")} rows at most.`);
  let [rows, weight] = [X.map((_, i) => i), []];
  if (shuffled && kind !== "network") [rows, weight] = merged(X, y);
  const random = shuffled ? generator(seed) : null;
  const each = weight.length > 0 ? rows.flatMap((i) => new Array(weight[i]).fill(i)) : rows;
  return {
    weight,
    total: weight.length > 0 ? weight.reduce((a, b) => a + b, 0) : rows.length,
    /** The rows in the order of an epoch, the first being 0. */
    order(epoch) {
      if (!random) return rows;
      random.advance(BigInt(epoch) << 64n);
      return random.permutation(each);
    },
  };
}

/** The first of equal rows, sorted by the bytes of their numbers, and how often each occurs. */
function merged(X, y) {
  const keys = X.map((x, i) => new Uint8Array(Float64Array.from([...x, y[i]], (value) => value + 0).buffer));
  const compare = (i, j) => {
    for (let t = 0; t < keys[i].length; t += 1) if (keys[i][t] !== keys[j][t]) return keys[i][t] - keys[j][t];
    return 0;
  };
  const sorted = X.map((_, i) => i).sort((i, j) => compare(i, j) || i - j);
  const weight = new Array(X.length).fill(0);
  const first = [];
  for (const i of sorted) {
    if (first.length === 0 || compare(i, first.at(-1)) !== 0) first.push(i);
    weight[first.at(-1)] += 1;
  }
  return [first, first.length < X.length ? weight : []];
}
