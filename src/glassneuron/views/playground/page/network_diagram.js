// A network, live: layers of neurons, with their weights on the wires and their answers inside.

import { s, set } from "./dom.js";
import { cut, output, short } from "./format.js";
import { layersOf } from "./model.js";

const MOST = 7; // neurons of a layer that are drawn
const SHARES = [0.3, 0.42, 0.2, 0.54, 0.66, 0.76, 0.12]; // where on its wire a number may stand, the best place first
const LABELLED = 14; // wires up to which each carries its number

/** A diagram of a network; on.neuron(l, k) and on.wire(l, k, j) tell what was chosen (j is "bias" for a bias). */
export function networkDiagram(on = {}) {
  const picture = s("svg", { viewBox: "0 0 560 320", role: "img", class: "diagram", "aria-label": "a network" });
  let [shown, parts] = ["", null];

  function build(sizes, names, outputs) {
    const rows = sizes.map((size, l) => Math.min(size, MOST) + (l < sizes.length - 1 ? 1 : 0));
    const height = Math.max(300, Math.max(...rows) * 62 + 30);
    set(picture, { viewBox: `0 0 560 ${height}` });
    const x = (l) => 66 + (l * 428) / (sizes.length - 1);
    const place = (l, k) => {
      const gap = Math.min(96, (height - 70) / Math.max(1, rows[l] - 1));
      return [x(l), height / 2 + (k - (rows[l] - 1) / 2) * gap + 6];
    };
    const [wires, labels, nodes] = [s("g", {}), s("g", {}), s("g", {})];
    const made = { wires: [], nodes: [] };
    const drawn = sizes.map((size) => Math.min(size, MOST));
    const taken = [];
    const few = sizes.slice(1).reduce((n, _, l) => n + drawn[l + 1] * (drawn[l] + 1), 0) <= LABELLED;
    for (let l = 1; l < sizes.length; l += 1)
      for (let k = 0; k < drawn[l]; k += 1)
        for (let j = 0; j <= drawn[l - 1]; j += 1) {
          const from = j === drawn[l - 1] ? "bias" : j;
          const [[x1, y1], [x2, y2]] = [place(l - 1, j), place(l, k)];
          const wire = s("line", { x1: x1 + 20, y1, x2: x2 - 22, y2, "data-wire": `${l}-${k}-${from}` });
          let text = null;
          if (few) {
            const spots = SHARES.map((share) => [x1 + 20 + (x2 - x1 - 42) * share, y1 + (y2 - y1) * share]);
            const free = spots.find(([px, py]) => taken.every(([qx, qy]) => Math.abs(px - qx) > 44 || Math.abs(py - qy) > 15));
            const [tx, ty] = free ?? spots[0];
            taken.push([tx, ty]);
            text = s("text", { x: tx, y: ty + 4, "text-anchor": "middle", class: "weight small", "data-weight": `${l}-${k}-${from}` });
            labels.append(text);
          }
          if (on.wire) wire.addEventListener("click", () => on.wire(l, k, from));
          wires.append(wire);
          made.wires.push({ l, k, j: from, wire, text });
        }
    sizes.forEach((size, l) => {
      for (let k = 0; k < rows[l]; k += 1) {
        const [cx, cy] = place(l, k);
        const bias = k === drawn[l] && l < sizes.length - 1;
        const value = s("text", { x: cx, y: cy + 5, "text-anchor": "middle", class: "value" }, bias ? "1" : "");
        const name = bias ? "always" : l === 0 ? cut(names[k], 16) : l === sizes.length - 1 ? cut(outputs[k] ?? "", 16) : `h${k + 1}`;
        const circle = s("circle", { cx, cy, r: 21, class: bias ? "constant" : "node" });
        const node = s("g", { "data-node": bias ? null : `${l}-${k}` }, circle, value, s("text", { x: cx, y: cy - 27, "text-anchor": "middle", class: "name" }, name));
        if (!bias && l > 0 && on.neuron) {
          set(node, { tabindex: 0, role: "button", class: "choose", "aria-label": `neuron ${k + 1} of layer ${l}` });
          node.addEventListener("click", () => on.neuron(l, k));
          node.addEventListener("keydown", (event) => {
            if (event.key !== "Enter" && event.key !== " ") return;
            event.preventDefault();
            event.stopPropagation();
            on.neuron(l, k);
          });
        }
        nodes.append(node);
        if (!bias) made.nodes.push({ l, k, value, circle });
      }
      if (size > MOST) nodes.append(s("text", { x: x(l), y: height - 6, "text-anchor": "middle", class: "name" }, `… ${size - MOST} more`));
    });
    if (on.neuron) set(picture, { role: "group" });
    picture.replaceChildren(wires, labels, nodes);
    return made;
  }

  return {
    element: picture,
    /** Show {theta, shape, x, z, a, names, outputs, chosen: [l, k]}; x may be null. */
    update(now) {
      const key = `${now.shape.sizes.join()} ${now.names.join("\n")} ${now.outputs.join("\n")}`;
      if (key !== shown) {
        parts = build(now.shape.sizes, now.names, now.outputs);
        shown = key;
      }
      const layers = layersOf(now.theta, now.shape);
      const largest = layers.map((neurons) => Math.max(1e-9, ...neurons.flatMap(({ w, b }) => [...w.map(Math.abs), Math.abs(b)])));
      for (const { l, k, j, wire, text } of parts.wires) {
        const w = j === "bias" ? layers[l - 1][k].b : layers[l - 1][k].w[j];
        set(wire, { class: w < 0 ? "wire negative" : w > 0 ? "wire positive" : "wire zero", "stroke-width": (0.8 + 5 * (Math.abs(w) / largest[l - 1])).toFixed(1) });
        if (text) text.textContent = short(w);
      }
      for (const { l, k, value, circle } of parts.nodes) {
        value.textContent = !now.x ? "" : l === 0 ? short(now.x[k]) : output(now.shape.activations[l - 1], now.a[l - 1][k]);
        circle.setAttribute("class", now.chosen && now.chosen[0] === l && now.chosen[1] === k ? "node chosen" : "node");
      }
      const sizes = now.shape.sizes.join(", ");
      const answers = now.x ? ` For (${now.x.slice(0, 6).map(short).join(", ")}${now.x.length > 6 ? ", …" : ""}) ${now.a.map((layer, l) => `layer ${l + 1} answers ${layer.slice(0, MOST).map((a) => output(now.shape.activations[l], a)).join(", ")}`).join("; ")}.` : "";
      const text = `A network with layers of ${sizes}, ${now.shape.activations.join(" then ")}.${answers}`;
      set(picture, { "aria-label": text });
      return text;
    },
  };
}
