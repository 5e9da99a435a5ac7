// A training as frames, in the page itself: the same frames, to the last digit of a perceptron, as the server makes them.

import { ruleOf } from "./rules.js";
import { visits } from "./visits.js";

const MOST = 100000; // frames of a training

const DEFAULTS = {
  eta: 0.1, fixed_bias: null, epochs: 1000, seed: 0, shuffle: false, variant: "plain", hidden: [2], activation: "tanh",
  optimiser: "sgd", start: null, changes: [], every: "example", classes: ["0", "1"],
};

/** A number with so many digits, written as Python writes it. */
function general(value, digits) {
  const [mantissa, power] = value.toExponential(digits - 1).split("e");
  const exponent = Number(power);
  if (exponent >= -4 && exponent < digits) return String(Number(value.toPrecision(digits)));
  return `${Number(mantissa)}e${exponent < 0 ? "-" : "+"}${String(Math.abs(exponent)).padStart(2, "0")}`;
}

const plural = (n, word) => `${n} ${word}${n === 1 ? "" : "s"}`;

/** A training that is asked for frame by frame; one that has gone by is reached by training again. */
export function training(given) {
  const spec = { ...DEFAULTS, ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== null)) };
  let [place, why, length, source] = [0, null, null, null];

  function* frames() {
    const chosen = visits(spec);
    const rule = ruleOf(spec, chosen);
    const changes = [...spec.changes];
    let [eta, number] = [spec.eta, 0];
    const frame = (epoch, more) => ({
      epoch, row: -1, z: [], a: [], error: [], mistakes: 0, loss: null, ends: false, ...more, theta: [...rule.theta],
      ...(rule.answering ? { answer: [...rule.answering()] } : {}),
    });
    /** Whether a frame can be shown; a rate may change behind it. */
    const shown = ({ theta, z, a }) => [...theta, ...z, ...a].every(Number.isFinite);
    const behind = () => {
      if (changes[0]?.at === number) eta = changes.shift().eta;
      number += 1;
    };
    yield frame(0);
    behind();
    for (let epoch = 0; epoch < spec.epochs; epoch += 1) {
      const [order, left] = [chosen.order(epoch), spec.epochs - epoch - 1];
      let [counted, mistakes, loss, last, t] = [0, 0, 0, null, 0];
      rule.begin?.();
      for (; t < order.length && Number.isFinite(loss); t += 1) {
        const { z, a, target } = rule.look(order[t]);
        const [some, more] = rule.visit(order[t], eta);
        [counted, loss] = [counted + some, loss + more];
        mistakes += Number(z.length === 1 ? z[0] >= 0 !== target[0] > 0 : z.indexOf(Math.max(...z)) !== target.indexOf(1));
        last = { row: order[t], z, a, error: target.map((wanted, k) => wanted - a[k]) };
        if (spec.every === "epoch" || t === order.length - 1) continue;
        const made = frame(epoch + 1, { ...last, mistakes });
        if (!shown(made)) continue;
        yield made;
        behind();
      }
      const mean = loss / chosen.total;
      if (!rule.isSound(mean)) {
        const made = frame(epoch + 1, { ...last, mistakes });
        if (spec.every !== "epoch" && t === order.length && shown(made)) yield made;
        why = `training diverged in epoch ${epoch + 1}: the numbers outgrew what a computer holds; learning_rate=${general(eta, 3)} is too large`;
        return;
      }
      const wrong = rule.end ? rule.end(counted, eta, left) : counted;
      const seen = spec.every === "epoch" ? {} : last;
      yield frame(epoch + 1, { ...seen, mistakes: rule.counts ? wrong : mistakes, loss: mean, ends: true });
      behind();
      if (rule.settles && wrong === 0) why = `epoch ${epoch + 1} passed without a mistake: every row is answered right`;
      else why = rule.finished?.(epoch + 1, left) ?? null;
      if (why) return;
      if (left === 0 && rule.settles) why = `did not converge in ${plural(epoch + 1, "epoch")}: ${plural(wrong, "mistake")} in the last one`;
      else if (left === 0) why = `reached max_epochs=${epoch + 1}; the last loss is ${general(mean, 4)}`;
    }
  }

  function begin() {
    [place, why, length, source] = [0, null, null, frames()];
  }
  begin();

  /** The frames from number `cursor` on, at most `count`. */
  return (cursor, count) => {
    const out = [];
    if (cursor < place) begin();
    while (out.length < count && length === null) {
      const { value, done } = source.next();
      if (done || place === MOST) {
        if (!done) why = `shown up to here: a training has at most ${MOST.toLocaleString("en")} frames on this page`;
        length = place;
        break;
      }
      if (place >= cursor) out.push(value);
      place += 1;
    }
    return { cursor, frames: out, done: place === length, why: length === null ? null : why, length };
  };
}
