// The rules that learn, each a visit at a time, by the translated textbook: as learning/algorithms/ says.

import * as K from "./kernels.js";
import { generator } from "./random.js";

const EXPLODED = 1e6; // times what a loss was at first
const SMALL = 64; // rows up to which a pocket tries every neuron
const BY_HAND = 50; // rows from which on nobody goes through them by hand
const WHOLE = []; // shares of visits: every visit is whole
const finite = (numbers) => numbers.every(Number.isFinite);

/** The rule that a spec asks for, at its start. */
export function ruleOf(spec, visits) {
  if (spec.kind === "network") return network(spec);
  return spec.kind === "sigmoid" ? delta(spec) : perceptron(spec, visits);
}

/** What single neurons have in common: theta is first the weights, a row a neuron, then the biases. */
function neurons(spec, code) {
  const [d, n] = [spec.X[0].length, spec.classes.length > 2 ? spec.classes.length : 1];
  const theta = spec.start ? Float64Array.from(spec.start) : new Float64Array(n * d + n);
  if (!spec.start) theta.fill(spec.fixed_bias ?? 0, n * d);
  const view = (flat) => [K.rows_of(flat, [d], n)[0], Array.from({ length: n }, (_, k) => flat.subarray(n * d + k, n * d + k + 1))];
  const [W, b] = view(theta);
  const rows = [spec.X.map((x) => Float64Array.from(x)), spec.y];
  return {
    theta, d, n, W, b, rows, view,
    rates: (eta) => [eta, spec.fixed_bias === null ? eta : 0, 0],
    /** Sums, answers and targets of a row, before it moves anything. */
    look(i) {
      const z = W.map((w, k) => K.weighted_sum(w, b[k][0], rows[0][i]));
      const a = z.map((sum) => K.activate(code, sum));
      if (code === K.SOFTMAX || code === K.WINNER) K.compete(code, z, a);
      return { z, a, target: z.map((_, k) => K.target_for(spec.y[i], k, n, 0)) };
    },
  };
}

/** The delta rule of one sigmoid neuron, or softmax of several. */
function delta(spec) {
  const code = spec.classes.length > 2 ? K.SOFTMAX : K.SIGMOID;
  const all = neurons(spec, code);
  const [most, scale, none] = [EXPLODED * Math.log(Math.max(2, all.n)), Float64Array.of(1), [[], [], Float64Array.of(0)]];
  return {
    ...all,
    counts: true,
    visit(i, eta) {
      const facts = [code, [all.W, all.b], all.rows, [[i], WHOLE], all.rates(eta), scale];
      return code === K.SOFTMAX ? K.multiclass_epoch(...facts, none, [[], [], []]) : K.delta_epoch(...facts);
    },
    isSound: (loss) => finite([...all.theta, loss]) && loss <= most,
  };
}

/** Rosenblatt's perceptron: plain, averaged or with a pocket; several compete. */
function perceptron(spec, { weight, total }) {
  const [competing, variant] = [spec.classes.length > 2, spec.variant];
  const all = neurons(spec, competing ? K.WINNER : K.STEP);
  const { W, b, rows, n, d } = all;
  const free = variant === "averaged" && !competing && !spec.start && spec.fixed_bias === null;
  const mayTie = spec.X.length >= BY_HAND && spec.X.every((x) => x.every(Number.isInteger));
  if (free && mayTie) b[0][0] = spec.eta / 2; // so that no sum is 0: a mean would be wrong about all rows there
  const sums = new Float64Array(all.theta.length);
  const [S, s] = all.view(sums);
  const time = Float64Array.of(0);
  const best = Float64Array.from(all.theta);
  const shown = rows[0].map((_, i) => i).filter((i) => weight.length === 0 || weight[i] > 0);
  const record = Float64Array.of(3 * Math.log2(shown.length), -1, 0);
  const counts = [weight, total, weight.reduce((most, each) => Math.max(most, each), 1)];
  const pocket = [...all.view(best), variant === "pocket" ? [record] : [], counts, rows[0].length <= SMALL];
  let needed = 0;
  const rule = { ...all, counts: true, settles: true, visit, end: (mistakes) => mistakes, finished: () => null, isSound: (loss) => finite([...all.theta, loss]) };

  function visit(i, eta) {
    const facts = [[W, b], rows, [[i], WHOLE], all.rates(eta)];
    const average = [S, s, time];
    if (competing) return K.multiclass_epoch(K.WINNER, ...facts, Float64Array.of(1), average, pocket);
    if (variant === "averaged") return K.averaged_epoch(...facts, average);
    return variant === "pocket" ? K.pocket_epoch(...facts, average, pocket) : K.perceptron_epoch(...facts);
  }

  const mean = () => all.theta.map((value, t) => (time[0] === 0 ? value : value - sums[t] / time[0]));
  const sumsOf = (flat, i) => {
    const [V, v] = all.view(flat);
    return V.map((w, k) => K.weighted_sum(w, v[k][0], rows[0][i]));
  };
  const right = (flat) => K.rows_right(all.view(flat), competing ? -1 : 0, rows, counts, -1);

  /** The rows that the mean has wrong, with the neuron that is wrong and the one with the largest sum. */
  function wrongMeans() {
    const flat = mean();
    return shown.flatMap((i) => {
      const z = sumsOf(flat, i);
      const winner = z.indexOf(Math.max(...z));
      return spec.y[i] === (competing ? winner : Number(z[0] >= 0)) ? [] : [{ i, winner }];
    });
  }

  function move(i, k, error, eta) {
    const bias = all.rates(eta)[1];
    K.perceptron_move(W[k], b[k], error, eta, bias, rows[0][i]);
    K.perceptron_move(S[k], s[k], error, eta * time[0], eta * time[0] * (bias / eta), rows[0][i]);
  }

  /** Go through the epochs in which only the clock goes on, until the mean is right too; return what it has wrong. */
  function settleMean(eta, left) {
    const wrong = wrongMeans();
    let longest = 0;
    for (const { i, winner } of wrong) {
      const [z, late, own] = [sumsOf(all.theta, i), sumsOf(sums, i), spec.y[i]];
      const others = z.map((_, m) => m).filter((m) => m !== own);
      const ahead = competing ? others.map((m) => z[own] - z[m]) : z;
      const lost = competing ? others.map((m) => late[own] - late[m]) : late;
      if (ahead.includes(0)) {
        if (competing) {
          move(i, own, 1, eta);
          move(i, winner, -1, eta);
        } else move(i, 0, own === 1 ? 1 : -1, eta);
        return wrong.length;
      }
      longest = Math.max(longest, ...lost.map((value, t) => value / ahead[t]));
    }
    if (wrong.length === 0) return 0;
    needed = Math.max(1, Math.floor((longest - time[0]) / total) + 1);
    if (needed > left) return wrong.length;
    time[0] += needed * total;
    return wrongMeans().length;
  }

  if (variant === "averaged") {
    rule.begin = () => { needed = 0; };
    rule.end = (mistakes, eta, left) => mistakes || settleMean(eta, left);
    rule.finished = (epoch, left) => (left > 0 && left < needed ? `the neuron itself has every row right; its mean would follow after ${needed.toLocaleString("en")} more epochs in which nothing else changes, and max_epochs leaves ${left.toLocaleString("en")}` : null);
    rule.answering = mean;
  }
  if (variant === "pocket") {
    if (spec.start) record[1] = right(best);
    rule.end = (mistakes) => {
      const due = pocket[4] || mistakes === 0 || time[0] - record[2] > record[0];
      for (const flat of due ? [all.theta, mean()] : [mean()]) {
        const count = right(flat);
        if (count < record[1] || (count === record[1] && (!competing || flat === all.theta))) continue; // a mean is steadier
        best.set(flat);
        record[1] = count;
      }
      return mistakes;
    };
    rule.finished = (epoch) => (record[1] >= total ? `after epoch ${epoch} the ${competing ? "layer" : "neuron"} in the pocket has every row right` : null);
    rule.answering = () => best;
  }
  return rule;
}

const OPTIMISERS = { sgd: K.SGD, momentum: K.MOMENTUM, nesterov: K.NESTEROV, adam: K.ADAM };
const CODES = { tanh: K.TANH, sigmoid: K.SIGMOID, relu: K.RELU };

/** A network, a row at a time. */
function network(spec) {
  const outputs = spec.classes.length > 2 ? spec.classes.length : 1;
  const sizes = [spec.X[0].length, ...spec.hidden, outputs];
  const codes = [...spec.hidden.map(() => CODES[spec.activation]), outputs > 1 ? K.SOFTMAX : K.SIGMOID];
  const theta = spec.start ? Float64Array.from(spec.start) : firstWeights(sizes, spec.seed);
  const X = spec.X.map((x) => Float64Array.from(x));
  const Y = spec.y.map((k) => (outputs === 1 ? Float64Array.of(k) : Float64Array.from({ length: outputs }, (_, m) => Number(m === k))));
  const [m, v, constants, losses] = [new Float64Array(theta.length), new Float64Array(theta.length), [0.9, 0.999, 1e-8], Float64Array.of(0)];
  const weight = new Float64Array(X.length).fill(1);
  let [clock, usual] = [0, 0];
  const calm = (loss) => {
    if (usual === 0) usual = Math.max(loss, Y.flatMap((row) => [...row]).reduce((total, value) => total + value * value, 0) / (Y.length * outputs), 1e-12);
    return loss <= EXPLODED * usual;
  };
  return {
    theta,
    counts: false,
    look(i) {
      const [Z, A] = [K.rows_of(new Float64Array(K.neurons_of(sizes)), sizes.slice(1), 1), K.rows_of(new Float64Array(K.neurons_of(sizes)), sizes, 1)];
      A[0] = [X[i]];
      K.forward(K.weights_of(theta, sizes), K.biases_of(theta, sizes), codes, [], Z, A);
      return { z: [...Z.at(-1)[0]], a: [...A.at(-1)[0]], target: [...Y[i]] };
    },
    visit(i, eta) {
      const done = K.train_batches([theta, sizes, codes, K.CROSS_ENTROPY], [X, Y, weight], [[i]], [1, [new Float64Array(0)]], [OPTIMISERS[spec.optimiser], m, v, clock, constants], [[eta], 0, Infinity], losses);
      clock += done;
      return [0, done === 1 && calm(losses[0]) ? losses[0] : Infinity];
    },
    isSound: (loss) => finite([...theta, loss]) && calm(loss),
  };
}

/** Glorot's first weights: a seed is drawn from the seed, as for the first of several starts. */
function firstWeights(sizes, seed) {
  const random = generator(generator(seed).upTo(2 ** 31 - 1));
  return Float64Array.from(
    sizes.slice(1).flatMap((count, l) => {
      const limit = Math.sqrt(6 / (sizes[l] + count));
      return [...Array.from({ length: count * sizes[l] }, () => random.uniform(-limit, limit)), ...new Array(count).fill(0)];
    }),
  );
}
