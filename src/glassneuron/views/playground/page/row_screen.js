// Your row: what moved its answer, sliders in the table's units, and the smallest change that flips it.

import { button, div, fill, h, heads, labelled, line, numberBox, s, scrolled, set, titled, write } from "./dom.js";
import { output, short } from "./format.js";
import { answerer, classOf, forward, shapeOf } from "./model.js";
import { badge } from "./palette.js";

const MOST = 20; // features with a slider

/** The screen: of a model that was trained on the screen before, or of the lesson's own, which is trained first. */
export function rowScreen(ctx, lesson, saved = {}) {
  const given = saved.model ?? ctx.shared.model;
  const element = h("div", {}, h("p", { class: "sentence", role: "status" }, "A sigmoid neuron is being trained on the lesson's rows."));
  let inner = null;
  let gone = false;
  const begin = (model) => {
    if (gone) return;
    inner = screenOf(ctx, model, saved);
    fill(element, inner.element);
  };
  if (given) begin(given);
  else
    lastFrame(ctx.source, lesson.spec).then(
      (frame) => begin({ spec: lesson.spec, theta: frame.theta, data: tableOf(lesson) }),
      (error) => fill(element, h("p", { class: "problem" }, error.message)),
    );
  return {
    element,
    state: () => inner?.state() ?? {},
    destroy() {
      gone = true;
      inner?.destroy();
    },
  };
}

/** Train to the end, and return the last frame. */
async function lastFrame(source, spec) {
  const run = source.number();
  const { X, y, names, classes, ...settings } = spec;
  const asked = { ...(spec.table ? settings : spec), every: "epoch" }; // a table that the server keeps goes by its id
  for (let cursor = 0; ; ) {
    const { frames, done } = await source.train(run, asked, cursor, 2000);
    cursor += frames.length;
    if (done || frames.length === 0) return frames.at(-1);
  }
}

/** A lesson's table: rows on one scale, and as they are. */
export function tableOf({ spec, table }) {
  const ones = spec.names.map(() => 1);
  const { X, y, names, classes } = spec;
  return { X, y, names, classes, raw: table?.X ?? X, means: table?.means ?? ones.map(() => 0), deviations: table?.deviations ?? ones, id: table?.id ?? null, notes: table?.notes ?? [] };
}

function screenOf(ctx, { spec, theta, data }, saved) {
  const shape = shapeOf({ ...spec, X: data.X, classes: data.classes });
  const answer = answerer(theta, shape);
  let number = Math.min(saved.number ?? 0, data.raw.length - 1);
  let row = saved.row ?? data.raw[number].slice();
  const locked = new Set(saved.locked ?? []);
  const ranges = saved.ranges ?? {};
  let [asked, timer, flip] = [0, null, null];
  const shown = data.names.slice(0, MOST);
  const bounds = data.names.map((_, j) => {
    const column = data.raw.map((x) => x[j]);
    const [low, high] = [Math.min(...column), Math.max(...column)];
    const room = high > low ? (high - low) * 0.25 : 1;
    return [low - room, high + room];
  });

  const which = numberBox(number + 1, (value) => { number = Math.round(value) - 1; row = data.raw[number].slice(); refresh(); }, { min: 1, max: data.raw.length, step: 1, class: "narrow", "data-part": "row-number" });
  const says = h("p", { class: "sentence", "data-part": "row-answer" });
  const sliders = shown.map((name, j) => {
    const slider = h("input", { type: "range", min: bounds[j][0], max: bounds[j][1], step: (bounds[j][1] - bounds[j][0]) / 400, "aria-label": `${name}, slider`, oninput: () => { row[j] = Number(Number(slider.value).toPrecision(4)); refresh(); } });
    const box = numberBox(row[j], (value) => { row[j] = value; refresh(); }, { class: "narrow", "data-feature": j });
    const lock = h("input", { type: "checkbox", "data-lock-feature": j, checked: locked.has(name), onchange: () => { if (lock.checked) locked.add(name); else locked.delete(name); refresh(); } });
    const ends = [0, 1].map((side) => {
      const end = h("input", { type: "number", step: "any", class: "narrow", placeholder: "any", value: ranges[name]?.[side] ?? "", "data-range": `${j}-${side}`, "aria-label": `${side ? "highest" : "lowest"} ${name} allowed` });
      end.addEventListener("change", () => {
        ranges[name] ??= [null, null];
        ranges[name][side] = end.value.trim() === "" ? null : Number(end.value);
        refresh();
      });
      return end;
    });
    return { slider, box, lock, element: div("line slider", labelled(name, box), slider, labelled("lock", lock), h("details", { class: "range" }, h("summary", {}, "range"), div("line", "from", ends[0], "to", ends[1]))) };
  });
  const moved = h("table", { class: "moved" });
  const change = h("p", { class: "verdict-text", "data-part": "flip" });
  const changes = h("table", {});
  const doIt = button("Make this change", () => { if (flip) { row = flip.row.slice(); refresh(); } }, { hidden: true, "data-part": "make-change" });
  const alone = h("table", {});
  const element = h(
    "div",
    { class: "screen" },
    div("columns",
      div("column", titled("The row", labelled("row of the table", which), ...sliders.map((each) => each.element), data.names.length > MOST ? h("p", { class: "hint" }, `and ${data.names.length - MOST} more features, as they stand in the row`) : null, button("As it was", () => { row = data.raw[number].slice(); refresh(); }))),
      div("column wide", titled("The answer", says), titled("What moved it", scrolled("what moved it", moved))),
      div("column", titled("The smallest change that flips it", change, changes, doIt), titled("One feature alone", scrolled("one feature alone", alone)))),
  );

  const scaled = (x) => x.map((value, j) => (value - data.means[j]) / data.deviations[j]);

  function refresh() {
    sliders.forEach(({ slider, box }, j) => {
      set(slider, { value: String(row[j]) });
      set(box, { value: String(Number(row[j].toPrecision(6))) });
    });
    set(which, { value: String(number + 1) });
    const x = scaled(row);
    const outputs = answer(x);
    const k = classOf(outputs, shape);
    const last = shape.activations.at(-1);
    const sure = last === "sigmoid" || last === "softmax" ? `, with a probability of ${output(last, outputs.length > 1 ? outputs[k] : k ? outputs[0] : 1 - outputs[0])}` : `; the sum is ${short(forward(theta, shape, x).z.at(-1)[shape.outputs > 1 ? k : 0])}`;
    const words = `The answer is ${data.classes[k]}${sure}.${row.join() === data.raw[number].join() ? ` In the table it is ${data.classes[data.y[number]]}.` : ""}`;
    fill(says, badge(k), ` ${words}`);
    element.dataset.answer = data.classes[k];
    ctx.announce(words);
    clearTimeout(timer);
    timer = setTimeout(ask, 120);
    ctx.changed();
  }

  async function ask() {
    asked += 1;
    const mine = asked;
    let reply;
    try {
      reply = await ctx.source.whatIf({ kind: spec.kind, hidden: spec.hidden ?? [], activation: spec.activation ?? "tanh", theta, names: data.names, classes: data.classes, means: data.means, deviations: data.deviations, row, locked: [...locked], ranges });
    } catch (error) {
      if (mine === asked) write(change, error.message);
      return;
    }
    if (mine !== asked) return;
    show(reply);
  }

  function show({ contributions, flip: found, single, text }) {
    const largest = Math.max(1e-12, ...contributions.columns.map(({ effect }) => Math.abs(effect)));
    const bar = (effect) => barOf(effect, (Math.abs(effect) / largest) * 46);
    const known = contributions.columns.slice(0, MOST);
    fill(
      moved,
      heads("feature", "value", "usual", "moves the sum by", ""),
      line(contributions.start_name, "", "", short(contributions.start)),
      ...known.map(({ name, value, usual, effect }) => line(name, plain(value), usual === null ? "" : short(usual), short(effect), bar(effect))),
      line(contributions.of, "", "", short(contributions.total)),
    );
    flip = found;
    write(change, text);
    doIt.hidden = !found;
    fill(changes, ...(found?.changes ?? []).map(({ name, before, after, written }) => line(name, plain(before), "→", written ?? plain(after))));
    const one = ({ name, flip: only, why_none: why }) => {
      const [{ before, after, written } = {}] = only?.changes ?? [];
      return line(name, plain(before), only ? (written ?? plain(after)) : why || "nothing alone");
    };
    fill(alone, heads("feature", "now", "flips at"), ...single.slice(0, MOST).map(one));
  }

  refresh();
  return {
    element,
    state: () => (theta.length <= 200 && data.raw.length <= 60 ? { model: { spec: { ...spec, X: undefined }, theta, data }, number, row, locked: [...locked], ranges } : { number }),
    destroy() {
      asked += 1;
      clearTimeout(timer);
    },
  };
}

const plain = (value) => (typeof value === "number" ? short(value) : String(value ?? ""));

/** A bar to the left or to the right of a middle line. */
function barOf(effect, width) {
  return s("svg", { viewBox: "0 0 100 14", width: 70, height: 12, "aria-hidden": "true" }, s("line", { x1: 50, x2: 50, y1: 0, y2: 14, stroke: "#8a8f98" }), s("rect", { x: effect < 0 ? 50 - width : 50, y: 2, width: Math.max(width, 0.5), height: 10, fill: effect < 0 ? "#D55E00" : "#0072B2" }));
}
