// Axes of a small chart: where a value lies, and round numbers beside.

import { s, set } from "./dom.js";
import { short } from "./format.js";

const [WIDTH, LEFT, BOTTOM, TOP, RIGHT] = [400, 44, 26, 10, 8];

/** A chart of this height; draw(xs, ys, ...) begins a picture with both ranges, and returns what a picture needs. */
export function axes(name, height) {
  const element = s("svg", { viewBox: `0 0 ${WIDTH} ${height}`, role: "img", class: "chart", "aria-label": name });
  return {
    element,
    /** Which share of the width lies left of a click. */
    share(event) {
      const box = element.getBoundingClientRect();
      return (((event.clientX - box.left) / box.width) * WIDTH - LEFT) / (WIDTH - LEFT - RIGHT);
    },
    begin([x0, x1], [y0, y1], below = null) {
      const x = (value) => LEFT + ((value - x0) / (x1 - x0)) * (WIDTH - LEFT - RIGHT);
      const y = (value) => TOP + (1 - (Math.max(y0, Math.min(y1, value)) - y0) / (y1 - y0)) * (height - BOTTOM - TOP);
      const text = (tx, ty, words, anchor) => s("text", { x: tx, y: ty, "font-size": 12, fill: "#4a4f57", "text-anchor": anchor }, words);
      const parts = ticks(y0, y1, 4).flatMap((value) => [s("line", { x1: LEFT, x2: WIDTH - RIGHT, y1: y(value), y2: y(value), stroke: "#e6e8eb" }), text(LEFT - 6, y(value) + 4, short(value), "end")]);
      if (below === null) parts.push(...ticks(x0, x1, 6).map((value) => text(x(value), height - 8, short(value), "middle")));
      else parts.push(text((LEFT + WIDTH) / 2, height - 4, below, "middle"));
      return {
        x,
        y,
        add: (...more) => parts.push(...more),
        line: (points, look) => parts.push(s("polyline", { points: points.map(([u, v]) => `${x(u).toFixed(1)},${y(v).toFixed(1)}`).join(" "), class: look })),
        upright: (at, from, to, more) => parts.push(s("line", { x1: x(at), x2: x(at), y1: y(from), y2: y(to), ...more })),
        /** A dot on a curve, and how the curve slopes there. */
        dot(u, v, slope = null, length = 0) {
          if (slope !== null) parts.push(s("line", { x1: x(u - length), y1: y(v - slope * length), x2: x(u + length), y2: y(v + slope * length), class: "tangent" }));
          parts.push(s("circle", { cx: x(u), cy: y(v), r: 5.5, class: "dot" }));
        },
        show(words) {
          element.replaceChildren(...parts);
          set(element, { "aria-label": words });
          return words;
        },
      };
    },
  };
}

/** Round numbers within a range, about five. */
export function ticks(low, high, about = 5) {
  const raw = (high - low) / about;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].map((n) => n * power).find((n) => n >= raw * 0.999);
  const found = [];
  for (let k = Math.ceil(low / step - 1e-9); k * step <= high + 1e-9 * step; k += 1) found.push(Number((k * step).toPrecision(12)));
  return found;
}
