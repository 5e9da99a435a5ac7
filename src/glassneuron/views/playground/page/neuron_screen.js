// One neuron with weights that you set: inputs in, arithmetic, answer.

import { curve } from "./curve.js";
import { div, figure, h, labelled, numberBox, set, titled, write } from "./dom.js";
import { output, short, writtenSum } from "./format.js";
import { activate, answerer, shape, weightedSum } from "./model.js";
import { neuronDiagram } from "./neuron_diagram.js";
import { plane } from "./plane.js";

const ACTIVATIONS = ["sigmoid", "step", "tanh", "relu", "linear"];

export function neuronScreen(ctx, lesson, saved = {}) {
  const now = { w: [0, 1], b: 4, x: [2, 3], activation: "sigmoid", ...structuredClone(lesson.neuron ?? {}), ...structuredClone(saved) };
  const names = lesson.names ?? now.w.map((_, j) => `x${j + 1}`);

  const diagram = neuronDiagram({
    weight: (j, value) => change(() => { now.w[j] = value; }),
    bias: (value) => change(() => { now.b = value; }),
  });
  const diagramCard = figure("The neuron", diagram.element, h("p", { class: "hint" }, "Drag a weight up or down, or type it."));
  const picture = now.w.length === 2 ? plane("the plane of inputs", { move: (_, point) => change(() => { now.x = point; }) }) : null;
  const planeCard = picture ? figure("Every pair of inputs", picture.element) : null;
  const bend = curve("the activation");
  const bendCard = figure("The activation", bend.element, ctx.sourceButton("sigmoid"));
  const sum = h("p", { class: "sum", "data-part": "written-sum" });
  const answer = h("p", { class: "sum", "data-part": "written-output" });

  const inputs = now.x.map((value, j) => {
    const slider = h("input", { type: "range", min: -10, max: 10, step: 0.1, value: String(value), "aria-label": `${names[j]}, slider`, "data-input-slider": j });
    const box = numberBox(value, (number) => change(() => { now.x[j] = number; }), { "data-input-box": j, class: "narrow" });
    const bit = h("button", { type: "button", class: "bit", "data-bit": j, onclick: () => change(() => { now.x[j] = now.x[j] === 1 ? 0 : 1; }) }, "0/1");
    set(bit, { "aria-label": `${names[j]}: switch between 0 and 1` });
    slider.addEventListener("input", () => change(() => { now.x[j] = Number(slider.value); }));
    return { slider, box, element: div("line", labelled(names[j], box), slider, bit) };
  });
  const weights = now.w.map((value, j) => numberBox(value, (number) => change(() => { now.w[j] = number; }), { "data-weight-box": j, class: "narrow" }));
  const bias = numberBox(now.b, (number) => change(() => { now.b = number; }), { "data-weight-box": "bias", class: "narrow" });
  const kind = h("select", { "data-setting": "activation" }, ...ACTIVATIONS.map((name) => h("option", { value: name }, name)));
  kind.addEventListener("change", () => change(() => { now.activation = kind.value; }));

  const element = h(
    "div",
    { class: "screen" },
    div("columns",
      div("column",
        titled("Inputs", ...inputs.map((input) => input.element)),
        titled("Weights and bias", ...weights.map((box, j) => labelled(`weight of ${names[j]}`, box)), labelled("bias", bias), labelled("activation", kind))),
      div("column wide", diagramCard.box, titled("The arithmetic", sum, answer, ctx.sourceButton("weighted_sum"))),
      div("column", planeCard?.box, bendCard.box)),
  );

  function change(act) {
    act();
    refresh();
    ctx.changed();
  }

  function refresh() {
    const { w, b, x, activation } = now;
    const z = weightedSum(w, b, x);
    const a = activate(activation, z);
    inputs.forEach(({ slider, box }, j) => {
      set(slider, { value: String(x[j]) });
      set(box, { value: String(x[j]) });
    });
    weights.forEach((box, j) => set(box, { value: String(w[j]) }));
    set(bias, { value: String(b) });
    set(kind, { value: activation });
    const words = diagram.update({ w, b, x, z, a, activation, names });
    diagramCard.describe(words);
    write(sum, `sum = ${writtenSum(w, b, x, z)}`);
    const exact = short(a) === String(a) ? "" : `, exactly ${a}`;
    write(answer, `output = ${activation}(${short(z)}) = ${output(activation, a)}${exact}`);
    ctx.announce(`The sum is ${short(z)}, the output ${output(activation, a)}.`);
    bendCard.describe(bend.update([activation], z, { tangent: activation !== "step" }));
    if (!picture) return;
    const one = shape([w.length, 1], [activation]);
    const answers = answerer(w.concat(b), one);
    const low = activation === "tanh" ? -1 : 0;
    const fires = (value) => (activation === "relu" || activation === "linear" ? activate("sigmoid", value) : (value - low) / (1 - low));
    const span = Math.max(5, ...x.map((value) => Math.abs(value) * 1.2));
    picture.update({ X: [x], y: [Number(z >= 0)], names, classes: ["negative", "not negative"], range: [[-span, span], [-span, span]], answer: (row) => [fires(answers(row)[0])], lines: [{ w, b, look: "now" }] });
    planeCard.describe(`The sum is zero on the line ${short(w[0])}·${names[0]} + ${short(w[1])}·${names[1]} + ${short(b)} = 0; the arrow points to the side where it is positive.`);
  }

  refresh();
  return { element, state: () => structuredClone(now), destroy() {} };
}
