// The plane of two inputs: what the neurons answer everywhere, the rows, and the lines on which sums are zero.

import { ticks } from "./axes.js";
import { div, h, s, set } from "./dom.js";
import { cut, short, tuple } from "./format.js";
import { mark, mixed } from "./palette.js";

const [WIDTH, LEFT, TOP, SIZE] = [400, 44, 10, 346];
const GRID = 64;

/**
 * A plane. `on` may have move(i, point), add(point), remove(i) and done(): with them its rows can be dragged, added by a
 * click on the empty plane and deleted; all of it by keyboard too.
 */
export function plane(name, on = {}) {
  const canvas = h("canvas", { width: GRID, height: GRID, "aria-hidden": "true" });
  const layer = (label) => s("g", { class: label });
  const [axes, over, lines, rows] = [layer("axes"), layer("over"), layer("lines"), layer("rows")];
  const picture = s("svg", { viewBox: `0 0 ${WIDTH} ${WIDTH}`, role: on.move ? "group" : "img", "aria-label": name }, axes, over, lines, rows);
  const help = on.move ? h("p", { class: "hint" }, on.add ? "Drag a row, click the plane to add one. By keyboard: arrows choose, Enter grabs and drops, Delete removes." : "Drag a row. By keyboard: arrows choose, Enter grabs and drops.") : null;
  const element = h("div", {}, div("plane", canvas, picture), help);
  const image = canvas.getContext("2d")?.createImageData(GRID, GRID) ?? null;
  let view = { X: [], y: [], range: [[0, 1], [0, 1]], pair: [0, 1], names: ["x1", "x2"], classes: [] };
  let [focused, grabbed, before] = [0, false, null];

  const across = (u) => LEFT + ((u - view.range[0][0]) / (view.range[0][1] - view.range[0][0])) * SIZE;
  const up = (v) => TOP + (1 - (v - view.range[1][0]) / (view.range[1][1] - view.range[1][0])) * SIZE;
  const at = (event) => {
    const box = picture.getBoundingClientRect();
    const [px, py] = [((event.clientX - box.left) / box.width) * WIDTH, ((event.clientY - box.top) / box.height) * WIDTH];
    const [u, v] = [(px - LEFT) / SIZE, 1 - (py - TOP) / SIZE];
    return [u, v].map((share, d) => rounded(view.range[d][0] + Math.min(1, Math.max(0, share)) * (view.range[d][1] - view.range[d][0]), d));
  };
  const grain = (d) => 10 ** Math.floor(Math.log10((view.range[d][1] - view.range[d][0]) / 100));
  const rounded = (value, d) => Number((Math.round(value / grain(d)) * grain(d)).toPrecision(12));

  function paint() {
    if (!image || !view.answer) return;
    const [[x0, x1], [y0, y1]] = view.range;
    const x = view.held ? view.held.slice() : [0, 0];
    const [i, j] = view.pair;
    const key = new Map(); // colours of answers that come again, such as 0 and 1
    for (let r = 0, p = 0; r < GRID; r += 1) {
      x[j] = y1 - ((r + 0.5) / GRID) * (y1 - y0);
      for (let c = 0; c < GRID; c += 1, p += 4) {
        x[i] = x0 + ((c + 0.5) / GRID) * (x1 - x0);
        const shares = view.answer(x);
        const known = shares.length === 1 ? Math.round(shares[0] * 200) : shares.indexOf(Math.max(...shares)) + 1000;
        let rgb = key.get(known);
        if (!rgb) {
          rgb = mixed(shares.length === 1 ? [1 - known / 200, known / 200] : shares.map((_, k) => (k === known - 1000 ? 1 : 0)));
          key.set(known, rgb);
        }
        [image.data[p], image.data[p + 1], image.data[p + 2], image.data[p + 3]] = [...rgb, 255];
      }
    }
    canvas.getContext("2d").putImageData(image, 0, 0);
  }

  function drawAxes() {
    axes.replaceChildren(s("rect", { x: LEFT, y: TOP, width: SIZE, height: SIZE, fill: "none", stroke: "#8a8f98" }));
    const text = (x, y, words, more = {}) => s("text", { x, y, "font-size": 12, fill: "#4a4f57", "text-anchor": "middle", ...more }, words);
    for (const value of ticks(...view.range[0])) axes.append(s("line", { x1: across(value), x2: across(value), y1: TOP + SIZE, y2: TOP + SIZE + 4, stroke: "#8a8f98" }), text(across(value), TOP + SIZE + 17, short(value)));
    for (const value of ticks(...view.range[1])) axes.append(s("line", { x1: LEFT - 4, x2: LEFT, y1: up(value), y2: up(value), stroke: "#8a8f98" }), text(LEFT - 7, up(value) + 4, short(value), { "text-anchor": "end" }));
    const [across_, up_] = view.names;
    axes.append(text(LEFT + SIZE / 2, WIDTH - 6, cut(across_, 34), { "font-size": 13 }));
    axes.append(text(13, TOP + SIZE / 2, cut(up_, 34), { "font-size": 13, transform: `rotate(-90 13 ${TOP + SIZE / 2})` }));
  }

  function drawLines() {
    lines.replaceChildren();
    for (const { w, b, look, label } of view.lines ?? []) {
      const ends = clipped(w, b, view.range);
      if (!ends) continue;
      const [[x1, y1], [x2, y2]] = ends.map(([u, v]) => [across(u), up(v)]);
      lines.append(s("line", { x1, y1, x2, y2, class: look, "data-line": label ?? look }));
      if (look === "now") {
        // a small arrow to the side on which it fires
        const length = Math.hypot(w[0], w[1]);
        const [mx, my] = [(x1 + x2) / 2, (y1 + y2) / 2];
        const [dx, dy] = [w[0] / (view.range[0][1] - view.range[0][0]), -w[1] / (view.range[1][1] - view.range[1][0])];
        const scale = 22 / (Math.hypot(dx, dy) || 1);
        if (length > 0) lines.append(s("line", { x1: mx, y1: my, x2: mx + dx * scale, y2: my + dy * scale, class: "side" }), s("circle", { cx: mx + dx * scale, cy: my + dy * scale, r: 3.5, class: "side-end" }));
      }
    }
  }

  function drawRows() {
    const [i, j] = view.pair;
    rows.replaceChildren();
    view.X.forEach((x, r) => {
      if (view.only && !view.only.has(r)) return;
      const [px, py] = [across(x[i]), up(x[j])];
      const group = s("g", { "data-row": r, class: "row-point" });
      if (view.ring === r) group.append(s("circle", { cx: px, cy: py, r: 15, class: "ring" }));
      const many = view.X.length > 60;
      const missed = view.wrong?.has(r);
      group.append(mark(view.y[r], px, py, view.X.length > 300 ? 4 : many ? 5.5 : 9, many && missed ? { stroke: "#20242a", "stroke-width": 1.8 } : {}));
      if (missed && !many) group.append(s("path", { d: `M${px + 6} ${py - 14}l7 7m0 -7l-7 7`, class: "wrong" }));
      if (on.move) {
        set(group, { tabindex: r === focused ? 0 : -1, role: "button", "aria-label": `row ${r + 1}, ${tuple([x[i], x[j]])}, class ${view.classes[view.y[r]]}`, "aria-pressed": grabbed && r === focused ? "true" : "false" });
        group.append(s("circle", { cx: px, cy: py, r: 16, fill: "transparent", class: "handle" }));
        group.addEventListener("pointerdown", (event) => drag(event, r));
        group.addEventListener("keydown", (event) => keyed(event, r));
        group.addEventListener("focus", () => {
          focused = r;
        });
      }
      rows.append(group);
    });
    if (on.move && focused >= view.X.length) focused = 0;
  }

  function focus(r) {
    focused = r;
    drawRows();
    rows.querySelector(`[data-row="${r}"]`)?.focus();
  }

  function drag(event, r) {
    if (event.button !== 0) return;
    event.preventDefault();
    event.stopPropagation();
    focused = r;
    const start = view.X[r].slice();
    let moved = false;
    // the group is drawn anew while it moves, so the picture keeps the pointer
    picture.setPointerCapture(event.pointerId);
    const move = (next) => {
      moved = true;
      on.move(r, at(next), false);
    };
    const end = (next) => {
      picture.removeEventListener("pointermove", move);
      picture.removeEventListener("pointerup", end);
      picture.removeEventListener("pointercancel", end);
      if (next.type === "pointercancel") on.move(r, view.pair.map((d) => start[d]), true);
      else if (moved) on.move(r, at(next), true);
      else if (on.tap) on.tap(r);
      focus(r);
    };
    picture.addEventListener("pointermove", move);
    picture.addEventListener("pointerup", end);
    picture.addEventListener("pointercancel", end);
  }

  function keyed(event, r) {
    const moves = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
    const way = moves[event.key];
    const point = view.pair.map((d) => view.X[r][d]);
    if (event.key === "Enter") {
      grabbed = !grabbed;
      if (grabbed) before = point;
      else on.move(r, point, true);
    } else if (event.key === "Escape" && grabbed) {
      grabbed = false;
      on.move(r, before, true);
    } else if ((event.key === "Delete" || event.key === "Backspace") && on.remove) {
      grabbed = false;
      on.remove(r);
      focus(Math.max(0, Math.min(r, view.X.length - 1)));
    } else if (way && grabbed) {
      const far = event.shiftKey ? 10 : 1;
      on.move(r, point.map((value, d) => rounded(value + way[d] * far * 5 * grain(d), d)), false);
    } else if (way) {
      const step = way[0] + way[1] > 0 ? 1 : -1;
      focus((r + step + view.X.length) % view.X.length);
      event.preventDefault();
      event.stopPropagation();
      return;
    } else return;
    event.preventDefault();
    event.stopPropagation();
    focus(Math.min(r, view.X.length - 1));
  }

  if (on.add)
    picture.addEventListener("click", (event) => {
      if (event.target.closest?.(".row-point")) return;
      const box = picture.getBoundingClientRect();
      const [px, py] = [((event.clientX - box.left) / box.width) * WIDTH, ((event.clientY - box.top) / box.height) * WIDTH];
      if (px >= LEFT && px <= LEFT + SIZE && py >= TOP && py <= TOP + SIZE) on.add(at(event));
    });

  return {
    element,
    picture,
    over,
    place: (u, v) => [across(u), up(v)],
    /** Show a view: X, y, classes, names, range, answer(x), lines, ring, wrong, pair and held. */
    update(next) {
      const before = view;
      view = { pair: [0, 1], ...next };
      if (before.range.flat().join() !== view.range.flat().join() || before.names !== view.names) drawAxes();
      paint();
      drawLines();
      const focusedHere = rows.contains(rows.getRootNode().activeElement);
      drawRows();
      if (focusedHere) rows.querySelector(`[data-row="${focused}"]`)?.focus();
      over.replaceChildren(...(view.overlay ? view.overlay(across, up) : []));
      if (view.label) set(picture, { "aria-label": view.label });
    },
  };
}

/** The range of two columns, with a margin around. */
export function rangeOf(X, pair = [0, 1], margin = 0.25) {
  return pair.map((d) => {
    let [low, high] = [Infinity, -Infinity];
    for (const x of X) [low, high] = [Math.min(low, x[d]), Math.max(high, x[d])];
    if (!(low <= high)) [low, high] = [0, 1];
    const room = high > low ? (high - low) * margin : Math.max(1, Math.abs(low) * margin);
    return [low - room, high + room];
  });
}

/** Where the line w·x + b = 0 crosses a range: its two ends, or null. */
export function clipped([w1, w2], b, [[x0, x1], [y0, y1]]) {
  const ends = [];
  const add = (u, v) => {
    const [ex, ey] = [(x1 - x0) * 1e-9, (y1 - y0) * 1e-9];
    if (u >= x0 - ex && u <= x1 + ex && v >= y0 - ey && v <= y1 + ey && !ends.some(([p, q]) => Math.abs(p - u) <= ex && Math.abs(q - v) <= ey)) ends.push([u, v]);
  };
  if (w2 !== 0) for (const u of [x0, x1]) add(u, -(w1 * u + b) / w2);
  if (w1 !== 0) for (const v of [y0, y1]) add(-(w2 * v + b) / w1, v);
  return ends.length >= 2 ? ends.slice(0, 2) : null;
}
