// A training, frame by frame: perceptron, XOR, sigmoid and network are this one screen with other cards on it.

import { chart } from "./chart.js";
import { curve, lossCurve } from "./curve.js";
import { button, div, figure, fill, h, labelled, line, numberBox, titled, write } from "./dom.js";
import { short } from "./format.js";
import { inspector } from "./inspector.js";
import { answerer, classOf, forward, largestSlope, layersOf, shapeOf, weightedSum } from "./model.js";
import { networkDiagram } from "./network_diagram.js";
import { neuronDiagram } from "./neuron_diagram.js";
import { plane, rangeOf } from "./plane.js";
import { player } from "./player.js";
import { overlayOf, proof } from "./proof.js";
import { settings } from "./settings.js";
import { rowsTable } from "./table.js";
import { transport, transportKeys } from "./transport.js";
import { arithmetic, rateAt, sentence } from "./words.js";

const MARGIN = 0.5;

export function trainingScreen(ctx, lesson, saved = {}) {
  const first = { fixed_bias: null, seed: 0, shuffle: false, epochs: 100, ...structuredClone(saved.spec ?? lesson.spec) };
  let spec = structuredClone(first);
  const [network, byMistakes] = [spec.kind === "network", spec.kind === "perceptron"];
  let shape = shapeOf(spec);
  let fork = null; // the same training with another rate from some frame on
  let drawn = { X: spec.X.map((x) => x.slice()), y: spec.y.slice() }; // rows as they are dragged, before they are learned
  let newest = spec.classes.length > 1 ? 1 : 0;
  let range = rangeOf(spec.X, [0, 1], MARGIN);

  const own = player(ctx.source, () => refresh());
  const other = player(ctx.source, () => refresh());

  // Cards, made once; `refresh` writes what has changed into them.
  const single = !network && shape.outputs === 1;
  const diagram = single ? neuronDiagram() : networkDiagram({ neuron: (l, k) => look?.choose(l, k), wire: (l, k, j) => look?.choose(l, k, j) });
  const look = network ? inspector() : null;
  const diagramCard = figure(single ? "The neuron" : network ? "The network" : "One neuron a class", diagram.element);
  const card = h("table", { class: "arithmetic", "data-part": "arithmetic" });
  const cardBox = titled("This step as arithmetic", card, ctx.sourceButton(network ? "train_batches" : spec.kind === "sigmoid" ? "delta_epoch" : "perceptron_update"));
  const table = rowsTable({ flip, choose: (r) => jumpTo(r) });
  const editable = { move, add, remove };
  const picture = spec.X[0].length >= 2 ? plane("the plane of inputs", editable) : null;
  const planeCard = picture ? figure("The plane", picture.element) : null;
  const classPicker = h("select", { onchange: () => { newest = Number(classPicker.value); } }, ...spec.classes.map((label, k) => h("option", { value: k }, label)));
  classPicker.value = String(newest);
  if (planeCard) planeCard.box.append(labelled("a new row is", classPicker), h("output", { class: "count", "data-part": "count" }));
  const counts = chart(byMistakes ? "mistakes in each epoch" : "mean loss of each epoch", { bars: byMistakes, onseek: seek });
  const countCard = figure(byMistakes ? "Mistakes in each epoch" : "Loss of each epoch", counts.element);
  const bend = spec.kind === "sigmoid" ? curve("the activation") : null;
  const bendCard = bend ? figure("Sigmoid, and the step it softens", bend.element, ctx.sourceButton("sigmoid")) : null;
  const valley = spec.kind === "sigmoid" && single ? lossCurve("the loss of this row") : null;
  const valleyCard = valley ? figure("The loss of this row, and its slope", valley.element, ctx.sourceButton("neuron_loss")) : null;
  const hidden = network && picture ? plane("the plane of the hidden neurons") : null;
  const hiddenCard = hidden ? figure("What the hidden neurons make of it", hidden.element) : null;
  let verdict = null;
  const prover = byMistakes && ctx.source.prove ? proof(ctx.source, (found) => { verdict = found; refresh(); }) : null;

  const rate = numberBox(0.5, () => {}, { min: 1e-6, max: 1000, class: "narrow", "data-setting": "fork" });
  const forkText = h("p", { class: "fork-text", "aria-live": "polite" });
  const unfork = button("Forget it", forget, { hidden: true });
  const forkBox = h("section", { class: "card fork" }, h("h2", {}, "What if"), div("line", labelled("the rate had been", rate), button("from here on", forkHere, { "data-part": "fork" }), unfork), forkText);

  diagramCard.box.classList.add("first");
  planeCard?.box.classList.add("second");
  cardBox.classList.add("third");
  const controls = transport(own, { onreset: reset, onseed: newSeed });
  const said = h("p", { class: "sentence", "data-part": "sentence" });
  const settingsPlace = h("div", {});
  const element = h(
    "div",
    { class: "screen training" },
    div("columns",
      div("column", titled(single && spec.X.length <= 4 ? "Truth table" : "Rows", table.element), settingsPlace, forkBox),
      div("column wide", diagramCard.box, look?.element, network ? null : cardBox, bendCard?.box, valleyCard?.box, prover?.element),
      div("column", planeCard?.box, countCard.box, hiddenCard?.box),
    ),
    h("footer", { class: "bar-below" }, said, controls.element),
  );

  function apply(changes, { keep = false } = {}) {
    spec = { ...spec, ...changes };
    if (!keep) delete spec.changes;
    if (changes.hidden || changes.activation) shape = shapeOf(spec);
    fill(settingsPlace, settings(spec, apply));
    forget(false);
    drawn = { X: spec.X.map((x) => x.slice()), y: spec.y.slice() };
    own.load(spec);
    ctx.changed();
  }

  // ---- rows
  function flip(r) {
    const y = spec.y.slice();
    y[r] = (y[r] + 1) % spec.classes.length;
    apply({ y });
  }
  function move(r, point, done) {
    drawn.X[r] = drawn.X[r].slice();
    [drawn.X[r][0], drawn.X[r][1]] = point;
    own.pause();
    if (done) apply({ X: drawn.X, start: spec.start });
    else refresh();
  }
  function add(point) {
    const more = spec.X[0].slice(2).map(() => 0);
    apply({ X: [...spec.X, [...point, ...more]], y: [...spec.y, newest] });
  }
  function remove(r) {
    if (spec.X.length <= 2) return;
    apply({ X: spec.X.filter((_, i) => i !== r), y: spec.y.filter((_, i) => i !== r) });
  }
  function jumpTo(r) {
    const { frames, at } = own.state;
    for (let k = at + 1; k < frames.length; k += 1) if (frames[k].row === r) return own.go(k);
    return undefined;
  }

  // ---- time
  function seek(epoch) {
    const k = own.state.frames.findIndex((frame) => frame.epoch === epoch && frame.ends);
    own.go(k < 0 ? own.state.frames.length - 1 : k);
  }
  function reset() {
    apply(structuredClone(first));
    range = rangeOf(spec.X, [0, 1], MARGIN);
    shape = shapeOf(spec);
  }
  function newSeed() {
    apply({ seed: spec.seed + 1, start: null, shuffle: network ? spec.shuffle : true });
  }
  function forkHere() {
    if (!rate.reportValidity()) return;
    const at = own.state.at;
    fork = { at, eta: Number(rate.value) };
    const changed = { ...spec, changes: [...(spec.changes ?? []), { at, eta: fork.eta }] };
    other.load(changed).then(() => other.go(own.state.at));
    write(forkText, `From step ${at} on, the dashed course learns with rate ${short(fork.eta)} instead of ${short(rateAt(spec, at + 1))}. Play, and see where they part.`);
    unfork.hidden = false;
    ctx.changed();
  }
  function forget(tell = true) {
    if (!fork && !tell) return;
    fork = null;
    other.clear();
    unfork.hidden = true;
    write(forkText, "");
    refresh();
  }

  // ---- what is seen
  function refresh() {
    const state = own.state;
    const frame = state.frames[state.at];
    if (!frame || state.spec !== spec) return;
    controls.update(state);
    const words = sentence(state, shape) + stuck(state, frame);
    write(said, words);
    if (!state.playing) ctx.announce(words);
    const { X, y } = drawn;
    const theta = frame.answer ?? frame.theta; // what would answer now: of a variant not the neuron that learns
    const before = state.frames[Math.max(0, state.at - 1)].theta;
    const answer = answerer(theta, shape);
    const outputs = X.map((x) => answer(x).slice());
    const answers = outputs.map((list) => classOf(list, shape));
    const neuron = single ? layersOf(theta, shape)[0][0] : null;
    table.update({
      X, y, names: spec.names, classes: spec.classes, answers, current: frame.row,
      sums: single ? X.map((x) => weightedSum(neuron.w, neuron.b, x)) : null,
      outputs: byMistakes || outputs[0].length > 1 ? null : outputs.map(([a]) => a), activation: shape.activations.at(-1),
    });
    drawDiagram(frame, before, answers);
    fill(card, ...arithmetic(state, shape).map((each) => line(...each)));
    const epochs = courseOf(state);
    const forked = fork && other.state.frames.length ? courseOf(other.state, state.at) : null;
    countCard.describe(counts.update(epochs, frame.epoch, forked));
    const course = fork ? other.state.frames[Math.min(state.at, other.state.frames.length - 1)] : null;
    if (fork && other.state.at !== state.at && other.state.frames.length <= state.at && !other.state.done) other.go(state.at);
    drawPlane(X, y, answers, frame, theta, before, course);
    if (bend && frame.row >= 0) bendCard.describe(bend.update(["sigmoid", "step"], frame.z[0], { tangent: true }));
    else if (bend) bendCard.describe(bend.update(["sigmoid", "step"], null));
    if (valley) valleyCard.describe(frame.row >= 0 ? valley.update("sigmoid", frame.z[0], spec.y[frame.row]) : valley.update("sigmoid", 0, 1));
    if (prover) {
      prover.table(X, y, spec.classes);
      if (single) prover.weights({ ...spec, X, y }, neuron.w, neuron.b);
      if (state.done) prover.repeats(state.frames);
    }
  }

  /** Why a network came to rest with rows still wrong: no small move wins much from here. */
  function stuck(state, frame) {
    const ends = state.done && state.at === state.frames.length - 1;
    if (!network || !ends || !frame.mistakes) return "";
    const targets = spec.y.map((k) => (shape.outputs > 1 ? spec.classes.map((_, c) => Number(c === k)) : [k]));
    const left = largestSlope(frame.theta, shape, spec.X, targets);
    return ` ${frame.mistakes} of ${spec.X.length} rows are still wrong, and the largest slope of the loss is down to ${short(left)}: from this start small moves lead nowhere better. Try a new seed.`;
  }

  /** What each epoch that is over counted: mistakes of perceptrons, losses of the others. */
  function courseOf(state, until = Infinity) {
    const ended = state.frames.filter((frame, k) => frame.ends && k <= until);
    return ended.map((frame) => (byMistakes ? frame.mistakes : frame.loss));
  }

  function drawDiagram(frame, before, answers) {
    const x = frame.row >= 0 ? spec.X[frame.row] : null;
    if (single) {
      // the neuron as it met the row; after it the weights move
      const { w, b } = layersOf(frame.row >= 0 ? before : frame.theta, shape)[0][0];
      const z = frame.row >= 0 ? frame.z[0] : null;
      diagramCard.describe(diagram.update({ w, b, x, z, a: frame.a?.[0], activation: shape.activations[0], names: spec.names, answer: x ? `${spec.classes[answersOf(frame)]}` : null }));
      return;
    }
    const theta = frame.row >= 0 ? before : frame.theta;
    const way = x ? forward(theta, shape, x) : { z: [], a: [] };
    const outputs = shape.outputs > 1 ? spec.classes : [`is it ${spec.classes[1]}?`];
    look?.update({ theta, shape, x, way, spec, row: frame.row });
    diagramCard.describe(diagram.update({ theta, shape, x, ...way, names: spec.names, outputs, chosen: look?.chosen ?? null, answers }));
  }
  const answersOf = (frame) => (byMistakes ? frame.a[0] : Number(frame.a[0] >= 0.5));

  function drawPlane(X, y, answers, frame, theta, before, course) {
    if (!picture) return;
    const wrong = new Set(answers.map((answer, r) => (answer === y[r] ? -1 : r)).filter((r) => r >= 0));
    const lines = [];
    const ends = own.state.done && own.state.at === own.state.frames.length - 1;
    const overlay = prover && !own.state.playing && (lesson.screen === "xor" || ends) ? overlayOf(verdict, X) : { lines: [], overlay: null };
    const firstLayer = layersOf(theta, shape)[0];
    if (single && X[0].length === 2) {
      const old = layersOf(before, shape)[0][0];
      if (frame.row >= 0 && !frame.error.every((error) => error === 0)) lines.push({ w: old.w, b: old.b, look: "ghost" });
      if (course) {
        const { w, b } = layersOf(course.theta, shape)[0][0];
        lines.push({ w, b, look: "forked" });
      }
      lines.push({ ...firstLayer[0], look: "now" });
    } else if (network && X[0].length === 2) {
      firstLayer.forEach(({ w, b }, k) => lines.push({ w, b, look: "hidden-line", label: `h${k + 1}` }));
    }
    lines.push(...overlay.lines);
    const held = X[0].length > 2 ? (frame.row >= 0 ? X[frame.row] : X[0]) : null;
    picture.update({
      X, y, names: spec.names, classes: spec.classes, range, answer: answerer(theta, shape), lines, ring: frame.row, wrong, overlay: overlay.overlay, held: held?.slice() ?? null,
    });
    const right = X.length - wrong.size;
    const text = `${X.length} rows; ${right} on the right side.${single && X[0].length === 2 ? ` The line is ${short(firstLayer[0].w[0])}·${spec.names[0]} + ${short(firstLayer[0].w[1])}·${spec.names[1]} + ${short(firstLayer[0].b)} = 0.` : ""}`;
    planeCard.describe(text);
    write(planeCard.box.querySelector("[data-part=count]"), `${X.length} rows`);
    if (hidden) drawHidden(X, y, theta, frame);
  }

  function drawHidden(X, y, theta, frame) {
    if (shape.sizes.length !== 3) return;
    const answers = X.map((x) => forward(theta, shape, x).a[0]);
    const last = layersOf(theta, shape)[1][0];
    const bounds = spec.activation === "tanh" ? [-1.15, 1.15] : spec.activation === "sigmoid" ? [-0.1, 1.1] : null;
    const two = shape.sizes[1] >= 2;
    const view = two ? answers : answers.map(([a]) => [a, 0]);
    hidden.update({
      X: view, y, classes: spec.classes, names: two ? ["answer of h1", "answer of h2"] : ["answer of h1", ""],
      range: bounds ? [bounds, bounds] : rangeOf(view, [0, 1], 0.3),
      lines: two && shape.sizes[1] === 2 && shape.outputs === 1 ? [{ w: last.w, b: last.b, look: "now" }] : [],
      answer: null, ring: frame.row,
    });
    hiddenCard.describe(`Each row where the first two hidden neurons put it; the last neuron needs one straight line between the classes there.`);
  }

  fill(settingsPlace, settings(spec, apply));
  const keys = transportKeys(element, own);
  ctx.root.addEventListener("keydown", keys);
  own.load(spec, saved.at ?? 0).then(() => {
    if (saved.fork) {
      const at = own.state.at;
      own.go(saved.fork.at).then(() => {
        rate.value = String(saved.fork.eta);
        forkHere();
        own.go(at);
      });
    }
  });

  return {
    element,
    player: own,
    state: () => ({ spec, at: own.state.at, fork }),
    destroy() {
      ctx.root.removeEventListener("keydown", keys);
      own.clear();
      other.clear();
    },
  };
}
