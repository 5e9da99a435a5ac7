// One neuron, live: inputs, weights on their wires, the bias as a wire from a constant 1, the sum, the activation, the answer.

import { s, set } from "./dom.js";
import { cut, factor, output, short } from "./format.js";
import { activate } from "./model.js";

const [INPUT, SUM, BEND, OUT] = [70, 290, 405, 500];
const MOST = 8; // inputs that are drawn; of more, the heaviest

/** A diagram of one neuron; on.weight(j, value) and on.bias(value) let its wires be dragged up and down. */
export function neuronDiagram(on = {}) {
  const picture = s("svg", { viewBox: "0 0 560 300", role: on.weight ? "group" : "img", class: "diagram", "aria-label": "a neuron" });
  let shown = null;

  function build(inputs, names) {
    const nodes = [...inputs, "bias"];
    const height = Math.max(260, nodes.length * 58);
    set(picture, { viewBox: `0 0 560 ${height}` });
    picture.replaceChildren();
    const middle = height / 2;
    const gap = Math.min(84, (height - 56) / Math.max(1, nodes.length - 1));
    const wires = s("g", {});
    const marks = s("g", {});
    const parts = { wires: [], values: [] };
    nodes.forEach((j, n) => {
      const y = middle + (n - (nodes.length - 1) / 2) * gap;
      const wire = s("line", { x1: INPUT + 21, y1: y, x2: SUM - 27, y2: middle + (n - (nodes.length - 1) / 2) * 6, "data-wire": j });
      const [tx, ty] = [INPUT + 21 + (SUM - 27 - INPUT - 21) * 0.4, y + (middle + (n - (nodes.length - 1) / 2) * 6 - y) * 0.4];
      const back = s("rect", { x: tx - 34, y: ty - 12, width: 68, height: 24, rx: 6, fill: on.weight ? "#fff" : "none", class: "grip" });
      const weight = s("text", { x: tx, y: ty + 5, "text-anchor": "middle", class: "weight", "data-weight": j });
      const handle = s("g", {}, back, weight);
      if (on.weight) {
        set(handle, { class: "drag", "data-drag": j });
        handle.addEventListener("pointerdown", (event) => drag(event, j));
      }
      const value = s("text", { x: INPUT, y: y + 5, "text-anchor": "middle", class: "value", "data-input": j });
      const name = s("text", { x: INPUT, y: y - 26, "text-anchor": "middle", class: "name" }, j === "bias" ? "always" : cut(names[j], 20));
      marks.append(s("circle", { cx: INPUT, cy: y, r: 20, class: j === "bias" ? "constant" : "node" }), value, name);
      wires.append(wire);
      marks.append(handle);
      parts.wires.push({ j, wire, weight, value });
    });
    parts.sum = s("text", { x: SUM, y: middle + 44, "text-anchor": "middle", class: "value", "data-part": "sum" });
    parts.curve = s("path", { class: "curve" });
    parts.dot = s("circle", { r: 4.5, class: "dot" });
    parts.out = s("text", { x: OUT + 6, y: middle + 6, "text-anchor": "middle", class: "answer", "data-part": "output" });
    parts.kind = s("text", { x: BEND, y: middle + 52, "text-anchor": "middle", class: "name" });
    parts.outName = s("text", { x: OUT + 6, y: middle - 34, "text-anchor": "middle", class: "name" });
    const link = (a, b) => s("line", { x1: a, y1: middle, x2: b, y2: middle, class: "link" });
    picture.append(
      wires,
      link(SUM + 26, BEND - 34),
      link(BEND + 34, OUT - 20),
      s("circle", { cx: SUM, cy: middle, r: 26, class: "node" }),
      s("text", { x: SUM, y: middle + 8, "text-anchor": "middle", "font-size": 24, fill: "#222" }, "Σ"),
      s("rect", { x: BEND - 34, y: middle - 34, width: 68, height: 68, rx: 10, class: "node" }),
      s("line", { x1: BEND, x2: BEND, y1: middle - 28, y2: middle + 28, stroke: "#d5d8dd" }),
      parts.curve,
      parts.dot,
      s("circle", { cx: OUT + 6, cy: middle, r: 26, class: "node" }),
      parts.out,
      parts.kind,
      parts.outName,
      parts.sum,
      marks,
    );
    parts.middle = middle;
    return parts;
  }

  let dragged = null;
  function drag(event, j) {
    event.preventDefault();
    const scale = () => 560 / picture.getBoundingClientRect().width;
    const start = j === "bias" ? dragged.b : dragged.w[j];
    const pixel = event.clientY;
    picture.setPointerCapture(event.pointerId);
    const to = (next) => Math.round((start + (pixel - next.clientY) * scale() * 0.02) * 100) / 100;
    const change = (value, done) => (j === "bias" ? on.bias(value, done) : on.weight(j, value, done));
    const move = (next) => change(to(next), false);
    const end = (next) => {
      picture.removeEventListener("pointermove", move);
      picture.removeEventListener("pointerup", end);
      picture.removeEventListener("pointercancel", end);
      change(next.type === "pointercancel" ? start : to(next), true);
    };
    picture.addEventListener("pointermove", move);
    picture.addEventListener("pointerup", end);
    picture.addEventListener("pointercancel", end);
  }

  let parts = null;
  return {
    element: picture,
    /** Show {w, b, x, z, a, activation, names, answer}; x may be null: then no row is on its way. */
    update(now) {
      dragged = now;
      const order = now.w.map((_, j) => j);
      const inputs = order.length <= MOST ? order : order.sort((i, j) => Math.abs(now.w[j]) - Math.abs(now.w[i])).slice(0, MOST).sort((i, j) => i - j);
      const key = `${inputs.join()} ${now.names.join("\n")}`;
      if (shown !== key) {
        parts = build(inputs, now.names);
        shown = key;
      }
      const largest = Math.max(...now.w.map(Math.abs), Math.abs(now.b), 1e-9);
      for (const { j, wire, weight, value } of parts.wires) {
        const w = j === "bias" ? now.b : now.w[j];
        set(wire, { class: w < 0 ? "wire negative" : w > 0 ? "wire positive" : "wire zero", "stroke-width": (1 + 6 * (Math.abs(w) / largest)).toFixed(1) });
        weight.textContent = j === "bias" ? short(w) : now.x ? `${short(w)}·${factor(now.x[j])}` : short(w);
        value.textContent = j === "bias" ? "1" : now.x ? short(now.x[j]) : "";
      }
      const middle = parts.middle;
      const [z, a] = [now.x ? now.z : 0, now.x ? now.a : 0];
      const span = Math.max(4, Math.min(Math.abs(z) * 1.25, 1e6));
      const low = now.activation === "tanh" ? -1 : 0;
      const grows = now.activation === "relu" || now.activation === "linear";
      const y = (value) => (grows ? middle - (value / span) * 26 : middle + 24 - ((value - low) / (1 - low)) * 48);
      const points = Array.from({ length: 57 }, (_, i) => [BEND - 28 + i, (i - 28) / 28]);
      parts.curve.setAttribute("d", points.map(([px, t], i) => `${i ? (now.activation === "step" && i === 28 ? `H${px}V` : "L") : "M"}${now.activation === "step" && i === 28 ? y(1).toFixed(1) : `${px} ${y(activate(now.activation, t * span)).toFixed(1)}`}`).join(""));
      set(parts.dot, { cx: BEND + (z / span) * 28, cy: y(a), visibility: now.x ? "visible" : "hidden" });
      parts.sum.textContent = now.x ? short(now.z) : "sum";
      parts.kind.textContent = now.activation;
      parts.out.textContent = now.x ? output(now.activation, now.a) : "";
      set(parts.out, { "font-size": Math.min(15, 80 / parts.out.textContent.length).toFixed(1) });
      parts.outName.textContent = now.answer ? cut(now.answer, 20) : "answer";
      const hidden = now.w.length - inputs.length;
      const words = inputs.map((j) => `${now.names[j]}${now.x ? ` = ${short(now.x[j])}` : ""} times weight ${short(now.w[j])}`);
      const text = `A neuron with ${now.w.length} inputs: ${words.join("; ")}${hidden ? `; and ${hidden} lighter ones` : ""}; bias ${short(now.b)}. ${now.x ? `The sum is ${short(now.z)}, and ${now.activation} makes ${output(now.activation, now.a)} of it.` : ""}`;
      set(picture, { "aria-label": text });
      return text;
    },
  };
}
