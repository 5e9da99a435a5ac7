// McCulloch and Pitts' neuron as a gate: you set the weights, and a hint says exactly whether the free ones can still do it.

import { button, div, figure, fill, h, labelled, numberBox, set, titled, write } from "./dom.js";
import { short } from "./format.js";
import { activate, answerer, shape, weightedSum } from "./model.js";
import { neuronDiagram } from "./neuron_diagram.js";
import { plane } from "./plane.js";
import { overlayOf } from "./proof.js";
import { rowsTable } from "./table.js";

const X = [[0, 0], [0, 1], [1, 0], [1, 1]];
const STEP = shape([2, 1], ["step"]);
const NAMES = ["x1", "x2"];
const PARTS = ["weight of x1", "weight of x2", "bias"];

export function gatesScreen(ctx, lesson, saved = {}) {
  const now = { gate: "AND", theta: [0, 0, 0], locked: [false, false, false], ...structuredClone(lesson.gates ?? {}), ...structuredClone(saved) };
  let gates = [];
  let certificate = null;

  const chooser = h("select", { "data-setting": "gate", onchange: () => change(() => { now.gate = chooser.value; }) });
  const diagram = neuronDiagram({ weight: (j, value) => change(() => { if (!now.locked[j]) now.theta[j] = value; }), bias: (value) => change(() => { if (!now.locked[2]) now.theta[2] = value; }) });
  const diagramCard = figure("Your neuron", diagram.element);
  const table = rowsTable({});
  const picture = plane("the four rows");
  const planeCard = figure("The line that you draw", picture.element);
  const goal = h("p", { class: "goal" });
  const done = h("p", { class: "done", "data-part": "solved" });
  const hintText = h("p", { class: "hint-text", "data-part": "hint", "aria-live": "polite" });
  const formulas = h("p", { class: "hint" });

  const boxes = PARTS.map((name, p) => {
    const box = numberBox(now.theta[p], (value) => change(() => { now.theta[p] = value; }), { class: "narrow", "data-parameter": p });
    const lock = h("input", { type: "checkbox", "data-lock": p, onchange: () => change(() => { now.locked[p] = lock.checked; }) });
    return { box, lock, element: div("line", labelled(name, box), labelled("lock", lock)) };
  });
  const threshold = numberBox(-now.theta[2], (value) => change(() => { now.theta[2] = -value; }), { class: "narrow", "data-parameter": "threshold" });
  const solve = button("Do what the hint says", () => {}, { hidden: true, "data-part": "follow" });
  let follow = null;
  solve.addEventListener("click", () => {
    const theta = follow;
    change(() => { now.theta = theta.slice(); });
  });

  const element = h(
    "div",
    { class: "screen" },
    div("columns",
      div("column",
        titled("The gate", labelled("make it", chooser), goal, table.element, done),
        titled("You set the weights", ...boxes.map((each) => each.element), labelled("or as a threshold", threshold), h("p", { class: "hint" }, "It fires when the sum of the inputs' weights reaches the threshold. A bias is the threshold with its sign turned: the sum with the bias reaches 0."),
          div("line", button("Hint", ask, { class: "primary", "data-part": "ask-hint" }), solve), hintText)),
      div("column wide", diagramCard.box, titled("All sixteen", formulas, h("div", { class: "gates", "data-part": "gates" }))),
      div("column", planeCard.box)),
  );
  const all = element.querySelector("[data-part=gates]");

  const gate = () => gates.find(({ name }) => name === now.gate) ?? gates[0];

  function change(act) {
    act();
    certificate = null;
    follow = null;
    write(hintText, "");
    refresh();
    ctx.changed();
  }

  async function ask() {
    const { table: y } = gate();
    try {
      const reply = await ctx.source.hint(X, y, now.theta, now.locked);
      write(hintText, reply.text);
      follow = reply.possible ? (reply.move ? now.theta.map((value, p) => (p === reply.move.parameter ? reply.move.to : value)) : reply.theta) : null;
      solve.hidden = !follow || follow.join() === now.theta.join();
      certificate = reply.certificate ?? null;
      element.dataset.possible = String(reply.possible);
      draw();
    } catch (error) {
      write(hintText, error.message);
    }
  }

  function draw() {
    const { table: y } = gate();
    const [w, b] = [now.theta.slice(0, 2), now.theta[2]];
    const sums = X.map((x) => weightedSum(w, b, x));
    const answers = sums.map((z) => activate("step", z));
    const overlay = certificate?.point ? overlayOf({ separable: false, certificate }, X).overlay : null;
    picture.update({ X, y, names: NAMES, classes: ["0", "1"], range: [[-0.5, 1.5], [-0.5, 1.5]], answer: answerer(now.theta, STEP), lines: [{ w, b, look: "now" }], wrong: new Set(answers.map((a, r) => (a === y[r] ? -1 : r))), overlay });
    planeCard.describe(`The line ${short(w[0])}·x1 + ${short(w[1])}·x2 + ${short(b)} = 0; ${answers.filter((a, r) => a === y[r]).length} of 4 rows are on the right side.`);
    table.update({ X, y, names: NAMES, classes: ["0", "1"], answers, sums, current: null });
    const right = answers.every((a, r) => a === y[r]);
    write(done, right ? `That is ${now.gate}: all four rows are right.` : "");
    element.dataset.solved = String(right);
  }

  function refresh() {
    if (!gates.length) return;
    const [w, b] = [now.theta.slice(0, 2), now.theta[2]];
    boxes.forEach(({ box, lock }, p) => {
      set(box, { value: String(now.theta[p]), disabled: now.locked[p] });
      set(lock, { checked: now.locked[p] });
    });
    set(threshold, { value: String(b === 0 ? 0 : -b), disabled: now.locked[2] });
    set(chooser, { value: now.gate });
    solve.hidden = true;
    const { formula, neuron } = gate();
    write(goal, `${formula}${neuron ? "" : " : no single neuron can, whatever the weights; ask for a hint to see the proof"}`);
    diagramCard.describe(diagram.update({ w, b, x: null, z: 0, a: 0, activation: "step", names: NAMES }));
    for (const chip of all.children) set(chip, { "aria-pressed": chip.dataset.gate === now.gate ? "true" : "false" });
    draw();
  }

  ctx.source.gates().then((reply) => {
    gates = reply.gates ?? reply;
    fill(chooser, ...gates.map(({ name }) => h("option", { value: name }, name)));
    fill(all, ...gates.map(({ name, table: bits, neuron }) => button(`${name} ${bits.join("")}`, () => change(() => { now.gate = name; }), { class: neuron ? "chip" : "chip impossible", "data-gate": name })));
    const can = gates.filter(({ neuron }) => neuron).length;
    write(formulas, `The answers to 00, 01, 10, 11. One neuron can be ${can} of the ${gates.length}; the others take two layers.`);
    refresh();
  });
  return { element, state: () => structuredClone(now), destroy() {} };
}
