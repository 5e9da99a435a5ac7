// Which rows a training visits and when: as learning/sampler.py says, from the seed and the epoch's number alone.

import { generator } from "./random.js";

const FREELY = 16384; // rows up to which an order is shuffled freely
const BASE = 0x9e3779b97f4a7c15n; // of the hash that tells rows apart

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

/**
 * The first of equal rows, in an order that depends on their values alone, and how often each occurs: by the bytes of
 * their first numbers where those tell all others apart, and else by a hash of the whole row.
 */
function merged(X, y) {
  const words = X.map((x, i) => new BigUint64Array(Float64Array.from([...x, y[i]], (value) => value + 0).buffer));
  const firsts = words.map((row) => inBytes(row[0]));
  const apart = (rows) => new Set(rows.map((i) => firsts[i])).size === rows.length;
  const all = X.map((_, i) => i);
  const keys = apart(all) ? firsts.map((word) => [word]) : words.map((row) => [hashOf(row), ...row]);
  const sorted = all.sort((i, j) => compared(keys[i], keys[j]) || i - j);
  const weight = new Array(X.length).fill(0);
  const first = [];
  for (const i of sorted) {
    if (first.length === 0 || compared(words[i], words[first.at(-1)]) !== 0) first.push(i);
    weight[first.at(-1)] += 1;
  }
  if (apart(first)) first.sort((i, j) => compared([firsts[i]], [firsts[j]]));
  return [first, first.length < X.length ? weight : []];
}

function compared(a, b) {
  for (let t = 0; t < a.length; t += 1) if (a[t] !== b[t]) return a[t] < b[t] ? -1 : 1;
  return 0;
}

/** A word whose order is that of the bytes of another. */
function inBytes(word) {
  const view = new DataView(new ArrayBuffer(8));
  view.setBigUint64(0, word, true);
  return view.getBigUint64(0, false);
}

/** The words of a row as the coefficients of a polynomial, upper halves mixed into the lower. */
function hashOf(row) {
  let [sum, power] = [0n, 1n];
  for (const word of row) {
    power = BigInt.asUintN(64, power * BASE);
    sum += (word ^ (word >> 32n)) * power;
  }
  return BigInt.asUintN(64, sum);
}
