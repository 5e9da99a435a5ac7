// Your data: paste, open or draw a table, bring it to one scale, and train two models on it side by side.

import { chart } from "./chart.js";
import { button, div, figure, fill, h, heads, labelled, line, numberBox, scrolled, titled, write } from "./dom.js";
import { short } from "./format.js";
import { answerer, classOf, parameters, shapeOf } from "./model.js";
import { badge } from "./palette.js";
import { plane, rangeOf } from "./plane.js";
import { player } from "./player.js";
import { tableOf } from "./row_screen.js";
import { rowsTable } from "./table.js";
import { transport, transportKeys } from "./transport.js";

const LARGEST = 1 << 20;
const MODELS = { perceptron: "perceptron", sigmoid: "sigmoid neuron", network: "network, 4 hidden neurons" };

export function dataScreen(ctx, lesson, saved = {}) {
  let data = structuredClone(saved.data ?? ctx.shared.data ?? tableOf(lesson));
  let chosen = saved.models ?? ["perceptron", "network"];
  let pair = saved.pair ?? [0, 1];
  let rates = saved.rates ?? [0.1, 0.1];
  let newest = 1;
  let held = null; // the row at which other features are held

  const players = [0, 1].map(() => player(ctx.source, () => refresh()));
  const text = h("textarea", { "aria-label": "a table as text, with a line of names first", spellcheck: "false", "data-part": "paste" });
  const file = h("input", { type: "file", accept: ".csv,.tsv,.txt,text/csv" });
  const target = h("input", { type: "text", placeholder: "the last one", class: "narrow", "data-part": "target" });
  const problem = h("p", { class: "problem", role: "alert", "data-part": "problem" });
  const facts = h("p", { class: "hint", "data-part": "facts" });
  const scales = h("table", { class: "scales" });
  const table = rowsTable({ flip, choose: (r) => { held = r; refresh(); } });
  const classPicker = h("select", { onchange: () => { newest = Number(classPicker.value); } });
  const pairPickers = [0, 1].map((d) => {
    const picker = h("select", { "data-axis": d, onchange: () => { pair[d] = Number(picker.value); refresh(); ctx.changed(); } });
    return picker;
  });
  const kinds = [0, 1].map((n) => {
    const picker = h("select", { "data-model": n, onchange: () => { chosen[n] = picker.value; train(); } }, ...Object.entries(MODELS).map(([kind, name]) => h("option", { value: kind }, name)));
    picker.value = chosen[n];
    const rate = numberBox(rates[n], (value) => { rates[n] = value; train(); }, { min: 1e-6, max: 1000, class: "narrow" });
    return div("line", labelled(`model ${n + 1}`, picker), labelled("rate", rate));
  });
  const editable = { move, add, remove };
  const planes = [0, 1].map((n) => plane(`the plane of model ${n + 1}`, n === 0 ? editable : {}));
  const planeCards = planes.map((each, n) => figure(`Model ${n + 1}`, each.element));
  const headings = planeCards.map(({ box }) => box.querySelector("h2"));
  const counts = chart("loss or mistakes of each epoch", {});
  const countCard = figure("Loss or mistakes of each epoch, model 1 and (dashed) model 2", counts.element);
  const apart = h("p", { "data-part": "disagree" });
  const said = h("p", { class: "sentence", "data-part": "sentence" });
  const lead = leader(players);
  const controls = transport(lead, { onreset: train, onseed: null });

  const element = h(
    "div",
    { class: "screen" },
    div("columns with-data",
      div("column",
        titled("A table", labelled("open a CSV file", file), h("p", { class: "hint" }, "or paste it here, a line of names first:"), text, labelled("column of classes", target), div("line", button("Use this table", () => take(text.value), { class: "primary", "data-part": "use" }), button("Start empty, and draw", empty)), problem, facts),
        titled("Two models on one clock", ...kinds),
        titled("Rows", table.element)),
      div("column",
        h("section", { class: "card" }, div("line", labelled("across", pairPickers[0]), labelled("up", pairPickers[1]), labelled("a new row is", classPicker)), apart),
        div("pair", ...planeCards.map(({ box }) => box)),
        div("pair", countCard.box, titled("Both scales", h("p", { class: "hint" }, "Features learn best on one scale: (value - mean) / deviation. What a model sees stands beside what the table says."), scrolled("both scales", scales), button("Ask about a row", () => ctx.navigate("row"), { "data-part": "to-row" }))))),
    h("footer", { class: "bar-below" }, said, controls.element),
  );

  file.addEventListener("change", async () => {
    const [one] = file.files;
    if (!one) return;
    if (one.size > LARGEST) refuse(`This file has ${(one.size / 2 ** 20).toFixed(1)} MB; the page takes 1 MB at most. glassneuron train takes any size.`);
    else take(await one.text());
    file.value = "";
  });

  function refuse(sentence) {
    write(problem, `${sentence} The rows you had are kept.`);
  }

  async function take(csv) {
    if (csv.trim() === "") return refuse("There is no text yet.");
    if (new Blob([csv]).size > LARGEST) return refuse("This text has more than 1 MB; the page takes 1 MB at most.");
    try {
      const reply = await ctx.source.table(csv, target.value.trim());
      data = { names: reply.names, classes: reply.classes, raw: reply.X, X: reply.scaled ?? reply.X, y: reply.y, means: reply.means, deviations: reply.deviations, id: reply.id ?? null };
      write(problem, "");
      write(facts, (reply.notes ?? []).join(" "));
      pair = [0, Math.min(1, data.names.length - 1)];
      held = null;
      train();
    } catch (error) {
      refuse(error.message);
    }
    return undefined;
  }

  function empty() {
    data = { names: ["x1", "x2"], classes: ["blue", "red"], X: [[-1, -1], [1, 1]], y: [0, 1], raw: [[-1, -1], [1, 1]], means: [0, 0], deviations: [1, 1], id: null, drawn: true };
    write(facts, "Click the plane of model 1 to add rows.");
    train();
  }

  const unscaled = (x) => x.map((value, j) => value * data.deviations[j] + data.means[j]);

  function changeRows(X, y) {
    data = { ...data, X, y, raw: X.map(unscaled), id: null };
    train();
  }
  function flip(r) {
    changeRows(data.X, data.y.map((k, i) => (i === r ? (k + 1) % data.classes.length : k)));
  }
  function move(r, point, done) {
    const X = data.X.slice();
    X[r] = X[r].slice();
    pair.forEach((d, n) => { X[r][d] = point[n]; });
    if (done) changeRows(X, data.y);
    else {
      lead.pause();
      data = { ...data, X };
      refresh();
    }
  }
  function add(point) {
    const x = data.names.map(() => 0);
    pair.forEach((d, n) => { x[d] = point[n]; });
    changeRows([...data.X, x], [...data.y, newest]);
  }
  function remove(r) {
    if (data.X.length > 2) changeRows(data.X.filter((_, i) => i !== r), data.y.filter((_, i) => i !== r));
  }

  function specOf(n) {
    const { names, classes } = data;
    const rows = data.id ? { table: data.id } : { X: data.X, y: data.y, names, classes };
    const many = data.X.length > 40;
    return { ...rows, kind: chosen[n], eta: rates[n], fixed_bias: null, epochs: many ? 100 : 300, seed: 0, shuffle: true, every: many ? "epoch" : "example", ...(chosen[n] === "network" ? { hidden: [4], activation: "tanh" } : {}) };
  }
  /** The same with its rows, for what the page computes itself. */
  const whole = (n) => ({ ...specOf(n), X: data.X, y: data.y, names: data.names, classes: data.classes });

  function train() {
    fill(classPicker, ...data.classes.map((label, k) => h("option", { value: k }, label)));
    newest = Math.min(newest, data.classes.length - 1);
    classPicker.value = String(newest);
    pairPickers.forEach((picker, d) => {
      fill(picker, ...data.names.map((name, j) => h("option", { value: j }, name)));
      picker.value = String(pair[d]);
    });
    drawScales();
    ctx.shared.data = data;
    players.forEach((each, n) => each.load(specOf(n)));
    ctx.changed();
  }

  function drawScales() {
    const r = held ?? 0;
    const row = (name, j) => line(name, short(data.means[j]), short(data.deviations[j]), short(data.raw[r][j]), short(data.X[r][j]));
    fill(scales, heads("feature", "mean", "deviation", `row ${r + 1}`, "scaled"), ...data.names.slice(0, 30).map(row));
  }

  function refresh() {
    const frames = players.map((each) => each.frame);
    controls.update(lead.state);
    if (frames.some((frame, n) => !frame || frame.theta.length !== parameters(shapeOf(whole(n))))) {
      const failed = players.find((each) => each.state.error);
      if (failed) write(said, failed.state.error);
      return;
    }
    const shapes = [0, 1].map((n) => shapeOf(whole(n)));
    const answers = shapes.map((shape, n) => {
      const answer = answerer(frames[n].theta, shape);
      return data.X.map((x) => classOf(answer(x), shape));
    });
    const right = answers.map((list) => list.filter((k, r) => k === data.y[r]).length);
    const middle = held === null ? medians(data.X) : data.X[held];
    planes.forEach((each, n) => {
      write(headings[n], `Model ${n + 1}: ${MODELS[chosen[n]]}, ${right[n]} of ${data.X.length} rows right`);
      const wrong = new Set(answers[n].map((k, r) => (k === data.y[r] ? -1 : r)).filter((r) => r >= 0));
      each.update({ X: data.X, y: data.y, names: pair.map((d) => `${data.names[d]}, scaled`), classes: data.classes, range: rangeOf(data.X, pair, 0.15), pair, held: middle.slice(), answer: answerer(frames[n].theta, shapes[n]), wrong: data.X.length <= 300 ? wrong : null, ring: held });
      const others = data.names.length - 2;
      planeCards[n].describe(`${right[n]} of ${data.X.length} rows right.${others > 0 ? ` The other ${others} features are held at ${held === null ? "their medians" : `those of row ${held + 1}`}.` : ""}`);
    });
    const differ = answers[0].map((k, r) => (k === answers[1][r] ? -1 : r)).filter((r) => r >= 0);
    fill(apart, differ.length === 0 ? "The two models answer every row alike." : `They disagree on ${differ.length} of ${data.X.length} rows: ${differ.slice(0, 12).map((r) => r + 1).join(", ")}${differ.length > 12 ? " and more" : ""}. `, h("span", { class: "legend" }, ...data.classes.slice(0, 10).flatMap((label, k) => [badge(k), ` ${label} `])));
    table.update({ X: data.raw, y: data.y, names: data.names, classes: data.classes, answers: answers[0], sums: null, outputs: null, current: held });
    const courses = players.map((each) => each.state.frames.slice(0, each.state.at + 1).filter((frame) => frame.ends).map((frame) => (each.state.spec.kind === "perceptron" ? frame.mistakes / data.X.length : frame.loss)));
    countCard.describe(counts.update(courses[0], frames[0].epoch, courses[1]));
    const words = `Epoch ${frames[0].epoch}: model 1 has ${right[0]} of ${data.X.length} rows right, model 2 has ${right[1]}.${players.map((each, n) => (each.state.done && each.state.at >= each.state.frames.length - 1 && each.state.why ? ` Model ${n + 1} stopped: ${each.state.why}.` : "")).join("")}`;
    write(said, words);
    if (!lead.state.playing) ctx.announce(words);
    ctx.shared.model = { spec: whole(right[1] >= right[0] ? 1 : 0), theta: frames[right[1] >= right[0] ? 1 : 0].theta, data };
  }

  const keys = transportKeys(element, lead);
  ctx.root.addEventListener("keydown", keys);
  train();
  return {
    element,
    player: lead,
    state: () => ({ data: data.X.length <= 60 ? data : undefined, models: chosen, pair, rates }),
    destroy() {
      ctx.root.removeEventListener("keydown", keys);
      players.forEach((each) => each.clear());
    },
  };
}

/** Two players on one clock: the one with more frames leads. */
function leader(players) {
  const both = (name) => (...facts) => players.map((each) => each[name](...facts));
  const longest = () => (players[1].state.frames.length > players[0].state.frames.length ? players[1] : players[0]);
  return {
    get state() {
      const state = longest().state;
      return { ...state, playing: players.some((each) => each.state.playing) };
    },
    go: both("go"),
    step: both("step"),
    end: both("end"),
    play: both("play"),
    pause: both("pause"),
    toggle: () => (players.some((each) => each.state.playing) ? players.forEach((each) => each.pause()) : players.forEach((each) => each.play())),
    unit: both("unit"),
    speed: both("speed"),
  };
}

function medians(X) {
  return X[0].map((_, j) => {
    const column = X.map((x) => x[j]).sort((a, b) => a - b);
    return column[Math.floor((column.length - 1) / 2)];
  });
}
