// The activation as a curve, with a dot where the sum stands; others may be laid over it.

import { s, set } from "./dom.js";
import { output, short } from "./format.js";
import { activate, slope } from "./model.js";
import { ticks } from "./plane.js";

const [WIDTH, HEIGHT, LEFT, BOTTOM, TOP] = [400, 190, 44, 26, 10];
const LOOKS = ["course", "course other", "course third"];

export function curve(name) {
  const picture = s("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", class: "chart", "aria-label": name });
  return {
    element: picture,
    /** Show one or several activations, z and a of the first, and its tangent if asked for. */
    update(activations, z, { tangent = false } = {}) {
      const span = Math.max(5, Math.min(1e6, Math.abs(z ?? 0) * 1.2));
      const grows = activations.some((kind) => kind === "relu" || kind === "linear");
      const [low, high] = grows ? [-span, span] : activations.includes("tanh") ? [-1.1, 1.1] : [-0.08, 1.08];
      const x = (value) => LEFT + ((value + span) / (2 * span)) * (WIDTH - LEFT - 8);
      const y = (value) => TOP + (1 - (Math.max(low, Math.min(high, value)) - low) / (high - low)) * (HEIGHT - BOTTOM - TOP);
      const parts = [];
      const text = (tx, ty, words, anchor) => s("text", { x: tx, y: ty, "font-size": 12, fill: "#4a4f57", "text-anchor": anchor }, words);
      for (const value of ticks(low, high, 4)) parts.push(s("line", { x1: LEFT, x2: WIDTH - 8, y1: y(value), y2: y(value), stroke: "#e6e8eb" }), text(LEFT - 6, y(value) + 4, short(value), "end"));
      for (const value of ticks(-span, span, 6)) parts.push(text(x(value), HEIGHT - 8, short(value), "middle"));
      parts.push(s("line", { x1: x(0), x2: x(0), y1: TOP, y2: HEIGHT - BOTTOM, stroke: "#c4c8ce" }));
      activations.forEach((kind, n) => {
        const points = Array.from({ length: 241 }, (_, i) => -span + (i / 240) * 2 * span);
        if (kind === "step") points.push(-1e-9 * span);
        points.sort((p, q) => p - q);
        parts.push(s("polyline", { points: points.map((value) => `${x(value).toFixed(1)},${y(activate(kind, value)).toFixed(1)}`).join(" "), class: LOOKS[n] }));
      });
      let words = `The curve of ${activations.join(" and ")}.`;
      if (z !== null && z !== undefined) {
        const a = activate(activations[0], z);
        if (tangent) {
          const m = slope(activations[0], z);
          const [p, q] = [z - span / 4, z + span / 4];
          parts.push(s("line", { x1: x(p), y1: y(a + m * (p - z)), x2: x(q), y2: y(a + m * (q - z)), class: "tangent" }));
          words += ` Its slope there is ${short(m)}.`;
        }
        parts.push(s("line", { x1: x(z), x2: x(z), y1: y(low), y2: y(a), class: "cursor" }), s("circle", { cx: x(z), cy: y(a), r: 5.5, class: "dot" }));
        words += ` At the sum ${short(z)} it answers ${output(activations[0], a)}.`;
      }
      picture.replaceChildren(...parts);
      set(picture, { "aria-label": words });
      return words;
    },
  };
}
