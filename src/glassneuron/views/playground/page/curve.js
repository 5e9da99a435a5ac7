// The activation as a curve, with a dot where the sum stands, others laid over it; and the loss of one row likewise.

import { axes } from "./axes.js";
import { output, short } from "./format.js";
import { activate, lossOf, slope } from "./model.js";

const LOOKS = ["course", "course other", "course third"];
const spanOf = (z) => Math.max(5, Math.min(1e6, Math.abs(z ?? 0) * 1.2));
const along = (span, n = 240) => Array.from({ length: n + 1 }, (_, i) => -span + (i / n) * 2 * span);

export function curve(name) {
  const picture = axes(name, 190);
  return {
    element: picture.element,
    /** Show one or several activations, the sum z of the first, and its tangent if asked for. */
    update(activations, z, { tangent = false } = {}) {
      const span = spanOf(z);
      const grows = activations.some((kind) => kind === "relu" || kind === "linear");
      const [low, high] = grows ? [-span, span] : activations.includes("tanh") ? [-1.1, 1.1] : [-0.08, 1.08];
      const chart = picture.begin([-span, span], [low, high]);
      chart.upright(0, low, high, { stroke: "#c4c8ce" });
      activations.forEach((kind, n) => {
        const points = kind === "step" ? [-span, -1e-9 * span, 0, span] : along(span);
        chart.line(points.map((value) => [value, activate(kind, value)]), LOOKS[n]);
      });
      let words = `The curve of ${activations.join(" and ")}.`;
      if (z !== null && z !== undefined) {
        const [a, m] = [activate(activations[0], z), slope(activations[0], z)];
        chart.upright(z, low, a, { class: "cursor" });
        chart.dot(z, a, tangent ? m : null, span / 4);
        words += `${tangent ? ` Its slope there is ${short(m)}.` : ""} At the sum ${short(z)} it answers ${output(activations[0], a)}.`;
      }
      return chart.show(words);
    },
  };
}

/** The loss of one row against its sum, with a dot where it stands and the slope there, which is the error. */
export function lossCurve(name) {
  const picture = axes(name, 190);
  return {
    element: picture.element,
    update(kind, z, y) {
      const span = spanOf(z);
      const points = along(span, 120).map((value) => [value, lossOf(kind, value, y).loss]);
      const { loss, slope: m } = lossOf(kind, z, y);
      const chart = picture.begin([-span, span], [0, Math.max(...points.map(([, value]) => value)) * 1.05]);
      chart.line(points, "course");
      chart.dot(z, loss, m, span / 4);
      return chart.show(`With target ${short(y)} the loss at the sum ${short(z)} is ${short(loss)}, and its slope ${short(m)}: the error with its sign turned, by which the weights move.`);
    },
  };
}
