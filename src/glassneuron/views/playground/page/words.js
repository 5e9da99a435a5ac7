// What just happened, in one sentence and as arithmetic.

import { factor, output, short, sum, tuple, writtenSum } from "./format.js";
import { layersOf } from "./model.js";

const MOST = 6; // weights whose moves are written out

/** The learning rate with which frame k was made. */
export function rateAt(spec, k) {
  let eta = spec.eta;
  for (const change of spec.changes ?? []) if (k > change.at) eta = change.eta;
  return eta;
}

/** What the target of a row is for neuron k. */
export function targetOf(spec, row, k) {
  return spec.classes.length > 2 ? Number(spec.y[row] === k) : spec.y[row];
}

/** One sentence on a frame. */
export function sentence(state, shape) {
  const { spec, frames, at, done, why } = state;
  const frame = frames[at];
  if (!frame) return state.error ?? "The training is being prepared.";
  const last = done && at === frames.length - 1 && why ? ` It stopped: ${why}.` : "";
  if (at === 0) return `The start: ${spec.kind === "network" ? "random weights" : spec.start ? "the weights that were set" : "all weights are 0"}. Press Play, or step forward.${last}`;
  if (frame.row < 0) return `Epoch ${frame.epoch} is over${frame.mistakes !== null ? `, with ${counted(frame.mistakes, "mistake")}` : ""}.${last}`;
  const x = tuple(spec.X[frame.row]);
  const label = spec.classes[spec.y[frame.row]];
  const ends = frame.ends ? ` With it epoch ${frame.epoch} is over: ${counted(frame.mistakes, "mistake")}${frame.loss !== null && spec.kind !== "perceptron" ? `, mean loss ${short(frame.loss)}` : ""}.` : "";
  let what;
  if (spec.kind === "network") what = `The network answers ${tuple(frame.a)} to ${x}, target ${label}; every weight moves a little against its slope.`;
  else if (spec.kind === "sigmoid") what = `The neuron answers ${output(shape.activations[0], frame.a[0])} to ${x}, target ${label}: the error is ${short(frame.error[0])}, and each weight moves by it.`;
  else if (frame.error.every((error) => error === 0)) what = `Row ${frame.row + 1}, ${x}: the answer ${label} is right, so nothing changes.`;
  else if (frame.error.length === 1) {
    const fires = frame.a[0] === 1;
    what = `Row ${frame.row + 1}, ${x}: the sum ${short(frame.z[0])} ${fires ? "is not negative, so it fires, but should be silent: the weights move away from the row" : "is negative, so it is silent, but should fire: the weights move toward the row"}.`;
  } else what = `Row ${frame.row + 1}, ${x}, is ${label}, and another neuron had the largest sum: the neuron of ${label} moves toward the row, the other away.`;
  return what + ends + last;
}

/** The arithmetic of a frame as rows of [name, text]. */
export function arithmetic(state, shape) {
  const { spec, frames, at } = state;
  const frame = frames[at];
  if (!frame || at === 0 || frame.row < 0 || spec.kind === "network") return [];
  const x = spec.X[frame.row];
  const [before, after] = [frames[at - 1].theta, frame.theta].map((theta) => layersOf(theta, shape)[0]);
  const eta = rateAt(spec, at);
  const lines = [];
  frame.z.forEach((z, k) => {
    if (k >= 4) return;
    const name = frame.z.length > 1 ? `${spec.classes[k]}: ` : "";
    lines.push([`${name}sum`, writtenSum(before[k].w, before[k].b, x, z)]);
    const [a, error] = [frame.a[k], frame.error[k]];
    lines.push([`${name}output`, frame.z.length > 1 && spec.kind === "perceptron" ? (a === 1 ? "the largest sum: it fires" : "not the largest sum") : `${shape.activations[0]}(${short(z)}) = ${output(shape.activations[0], a)}`]);
    if (error === 0) {
      lines.push([`${name}error`, "0: right, nothing changes"]);
      return;
    }
    lines.push([`${name}error`, `${short(targetOf(spec, frame.row, k))} - ${output(shape.activations[0], a)} = ${short(error)}`]);
    before[k].w.slice(0, MOST).forEach((w, j) => lines.push([`${name}w${j + 1}`, `${short(w)} + ${short(eta)}·${factor(error)}·${factor(x[j])} = ${short(after[k].w[j])}`]));
    if (x.length > MOST) lines.push(["", `and ${x.length - MOST} more weights likewise`]);
    lines.push([`${name}bias`, spec.fixed_bias === null || spec.fixed_bias === undefined ? `${short(before[k].b)} + ${short(eta)}·${factor(error)} = ${short(after[k].b)}` : `${short(before[k].b)}, held`]);
  });
  return lines;
}

/** What a row asks of the weights, as text: `w2 + b >= 0`, and with numbers in it. */
export function inequality(x, fires, w, b) {
  const terms = x.map((value, j) => (value === 0 ? null : value === 1 ? `w${j + 1}` : value === -1 ? `-w${j + 1}` : `${short(value)}·w${j + 1}`)).filter(Boolean);
  const numbers = x.map((value, j) => (value === 0 ? null : `${short(w[j])}·${factor(value)}`)).filter(Boolean);
  return { symbols: `${sum([...terms, "b"])} ${fires ? ">=" : "<"} 0`, left: sum([...numbers, short(b)]) };
}

export const counted = (n, word) => `${n === 0 ? "no" : short(n)} ${word}${n === 1 ? "" : "s"}`;
