// A look into a network: one neuron's way forward and back, term by term, and any slope checked by differences.

import { button, div, fill, h, write } from "./dom.js";
import { factor, output, short, sum } from "./format.js";
import { difference, gradient, layersOf } from "./model.js";

const MOST = 8;

export function inspector() {
  const title = h("h2", {}, "Forward and back");
  const forwardTable = h("table", { class: "arithmetic" });
  const backTable = h("table", { class: "arithmetic" });
  const checked = h("p", { class: "hint-text", role: "status", "data-part": "check" });
  const check = button("Check this slope by differences", checkSlope, { "data-part": "check-slope" });
  const element = h("section", { class: "card inspector" }, title, h("p", { class: "hint" }, "Choose a neuron in the diagram."), forwardTable, backTable, div("line", check), checked);
  let [now, place] = [null, [1, 0, 0]];

  /** What the last layer should answer. */
  const targets = ({ spec, row, shape }) => (shape.outputs > 1 ? spec.classes.map((_, k) => Number(spec.y[row] === k)) : [spec.y[row]]);

  function parameter() {
    const [l, k, j] = place;
    const neuron = layersOf(now.theta, now.shape)[l - 1][k];
    return j === "bias" ? neuron.biasAt : neuron.at + j;
  }

  function checkSlope() {
    if (!now?.x) return;
    const y = targets(now);
    const at = parameter();
    const exact = gradient(now.theta, now.shape, now.x, y).slopes[at];
    const other = difference(now.theta, now.shape, now.x, y, at);
    write(checked, `By the chain rule ${exact.toPrecision(8)}; by moving the weight a little and looking at the loss ${other.toPrecision(8)}.`);
  }

  function draw() {
    write(checked, "");
    check.disabled = !now.x;
    const { shape, theta, x, way } = now;
    const layers = layersOf(theta, shape);
    let [l, k] = place;
    if (l > layers.length || k >= layers[l - 1].length) [l, k] = [layers.length, 0];
    place = [l, k, place[2] === "bias" || place[2] < layers[l - 1][k].w.length ? place[2] : 0];
    const j = place[2];
    const neuron = layers[l - 1][k];
    const last = l === layers.length;
    const kind = shape.activations[l - 1];
    write(title, `${last ? `Output neuron ${k + 1}` : `Hidden neuron ${k + 1} of layer ${l}`}: forward and back`);
    if (!x) {
      fill(forwardTable, h("tr", {}, h("td", {}, "Step forward: then a row is on its way.")));
      fill(backTable);
      return;
    }
    const inputs = l === 1 ? x : way.a[l - 2];
    const terms = neuron.w.slice(0, MOST).map((w, i) => `${short(w)}·${factor(inputs[i])}`);
    if (neuron.w.length > MOST) terms.push(`… ${neuron.w.length - MOST} more`);
    const [z, a] = [way.z[l - 1][k], way.a[l - 1][k]];
    fill(forwardTable, line("sum", `${sum([...terms, short(neuron.b)])} = ${short(z)}`), line("answer", `${kind}(${short(z)}) = ${output(kind, a)}`));
    const y = targets(now);
    const { loss, slopes } = gradient(theta, shape, x, y);
    const back = slopes[neuron.biasAt]; // the slope at the sum is that of the bias
    const rows = [];
    if (last) rows.push(line("loss", short(loss)), line("dL/dz", `${output(kind, a)} - ${short(y[k])} = ${short(back)}`));
    else {
      const next = layers[l];
      const parts = next.slice(0, MOST).map((other) => `${short(other.w[k])}·${factor(slopes[other.biasAt])}`);
      const through = { tanh: `(1 - ${factor(a)}²)`, sigmoid: `${output("sigmoid", a)}·(1 - ${output("sigmoid", a)})`, relu: z > 0 ? "1" : "0" }[kind];
      rows.push(line("dL/dz", `(${sum(parts)})·${through} = ${short(back)}`));
    }
    neuron.w.slice(0, MOST).forEach((_, i) => rows.push(line(`dL/dw${i + 1}`, `${factor(back)}·${factor(inputs[i])} = ${short(slopes[neuron.at + i])}`, i)));
    rows.push(line("dL/db", short(back), "bias"));
    fill(backTable, ...rows);
    write(check, `Check dL/d${j === "bias" ? "b" : `w${j + 1}`} by differences`);
  }

  function line(name, text, j = null) {
    const label = j === null ? name : button(name, () => choose(place[0], place[1], j), { class: "plain", "data-slope": j });
    return h("tr", { class: j !== null && j === place[2] ? "current" : "" }, h("th", { scope: "row" }, label), h("td", {}, text));
  }

  function choose(l, k, j = 0) {
    place = [l, k, j];
    if (now) draw();
  }

  return {
    element,
    choose,
    get chosen() {
      return place.slice(0, 2);
    },
    update(next) {
      now = next;
      draw();
    },
  };
}
