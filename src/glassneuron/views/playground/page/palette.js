// The colours and shapes of classes: those of every picture of the package, and a test holds them equal.

import { s } from "./dom.js";

export const COLOURS = ["#0072B2", "#D55E00", "#008060", "#9A4F85", "#7A6A00", "#4B4B4B", "#0B8FB3", "#A33B00"];
export const SHAPES = ["square", "circle", "triangle", "diamond", "star", "cross", "plus", "pentagon"];

export const colour = (k) => COLOURS[k % COLOURS.length];
export const shapeName = (k) => SHAPES[(k + Math.floor(k / COLOURS.length)) % SHAPES.length];

const corners = (n, turn, radius = () => 1) =>
  Array.from({ length: n }, (_, i) => {
    const angle = turn + (2 * Math.PI * i) / n;
    return [radius(i) * Math.cos(angle), radius(i) * Math.sin(angle)];
  });
const OUTLINES = {
  square: [[-0.8, -0.8], [0.8, -0.8], [0.8, 0.8], [-0.8, 0.8]],
  triangle: corners(3, -Math.PI / 2, () => 1.15),
  diamond: corners(4, 0, () => 1.15),
  star: corners(10, -Math.PI / 2, (i) => (i % 2 ? 0.5 : 1.2)),
  pentagon: corners(5, -Math.PI / 2, () => 1.05),
  plus: [[-0.35, -1], [0.35, -1], [0.35, -0.35], [1, -0.35], [1, 0.35], [0.35, 0.35], [0.35, 1], [-0.35, 1], [-0.35, 0.35], [-1, 0.35], [-1, -0.35], [-0.35, -0.35]],
};
OUTLINES.cross = OUTLINES.plus.map(([x, y]) => [(x - y) * Math.SQRT1_2, (x + y) * Math.SQRT1_2]);

/** The mark of class k, at (x, y). */
export function mark(k, x, y, size, attributes = {}) {
  const look = { fill: colour(k), stroke: "#fff", "stroke-width": 1.5, ...attributes };
  if (shapeName(k) === "circle") return s("circle", { cx: x, cy: y, r: size, ...look });
  const points = OUTLINES[shapeName(k)].map(([dx, dy]) => `${(x + size * dx).toFixed(1)},${(y + size * dy).toFixed(1)}`);
  return s("polygon", { points: points.join(" "), "stroke-linejoin": "round", ...look });
}

/** A small mark beside a word. */
export const badge = (k) => s("svg", { viewBox: "-8 -8 16 16", width: 14, height: 14, "aria-hidden": "true", class: "badge" }, mark(k, 0, 0, 6));

/** Mix the colours of classes with white: shares[k] says how much of class k, `strength` how far from white. */
export function mixed(shares, strength = 0.38) {
  const rgb = [0, 0, 0];
  shares.forEach((share, k) => {
    const hex = parseInt(colour(k).slice(1), 16);
    [hex >> 16, (hex >> 8) & 255, hex & 255].forEach((part, c) => {
      rgb[c] += share * part;
    });
  });
  return rgb.map((part) => Math.round(255 + (part - 255) * strength));
}
