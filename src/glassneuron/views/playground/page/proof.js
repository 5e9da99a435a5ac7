// Can one neuron have every row right? The verdict, its proof with numbers in it, and how it looks in the plane.

import { fill, h, s, scrolled, write } from "./dom.js";
import { short, tuple } from "./format.js";
import { weightedSum } from "./model.js";
import { inequality } from "./words.js";

const MOST = 200;

/** A card that proves; `onverdict` is told each verdict, for the plane. */
export function proof(source, onverdict) {
  const text = h("p", { class: "verdict-text" });
  const equation = h("p", { class: "equation" });
  const list = h("table", { class: "inequalities" });
  const loop = h("p", { class: "loop" });
  const element = h("section", { class: "card proof" }, h("h2", {}, "Could any neuron do it?"), equation, text, scrolled("what each row asks", list), loop);
  let [asked, timer, verdict, shown] = [0, null, null, ""];

  async function ask(X, y, key) {
    asked += 1;
    const mine = asked;
    try {
      const reply = await source.prove(X, y);
      if (mine !== asked) return;
      verdict = reply;
    } catch (error) {
      if (mine !== asked) return;
      verdict = { separable: null, text: error.message };
    }
    shown = key;
    // the equation stands by itself, as what there is to see
    const found = verdict.certificate?.equation ?? "";
    write(text, verdict.text.split("\n").filter((line) => line.trim() !== found).join("\n"));
    element.dataset.separable = String(verdict.separable);
    write(equation, found);
    onverdict(verdict);
  }

  return {
    element,
    get verdict() {
      return verdict;
    },
    /** Ask for a table, a little later where the table is still moving. */
    table(X, y, classes) {
      const key = JSON.stringify([X, y]);
      if (key === shown) return;
      shown = key;
      clearTimeout(timer);
      if (classes.length > 2 || X.length > MOST) {
        verdict = { separable: null, text: classes.length > 2 ? "Proofs here are for two classes." : `Proofs here are for ${MOST} rows at most; glassneuron prove takes any table.` };
        write(text, verdict.text);
        onverdict(verdict);
        return;
      }
      timer = setTimeout(() => ask(X, y, key), 60);
    },
    /** The inequalities of a small table, with the weights of this moment in them. */
    weights(spec, w, b) {
      if (spec.X.length > 8 || spec.X[0].length > 4 || spec.classes.length > 2) {
        fill(list);
        return;
      }
      const lines = spec.X.map((x, r) => {
        const fires = spec.y[r] === 1;
        const { symbols, left } = inequality(x, fires, w, b);
        const z = weightedSum(w, b, x);
        const holds = fires ? z >= 0 : z < 0;
        return h("tr", { class: holds ? "" : "missed" }, h("th", { scope: "row" }, tuple(x)), h("td", {}, fires ? "fires" : "silent"), h("td", {}, symbols), h("td", { class: "number" }, `${left} = ${short(z)}`), h("td", { "aria-label": holds ? "holds" : "does not hold" }, holds ? "✓" : "✗"));
      });
      fill(list, h("caption", {}, "What each row asks of the weights, and how they stand now"), h("tbody", {}, ...lines));
    },
    /** Say where the weights after an epoch are those of an earlier one: then it goes round for ever. */
    repeats(frames) {
      const seen = new Map();
      for (const frame of frames) {
        if (!frame.ends || frame.mistakes === 0) continue;
        const key = frame.theta.join();
        if (seen.has(key)) {
          write(loop, `After epoch ${frame.epoch} the weights are those after epoch ${seen.get(key)}, to the last digit: from here on the training goes round for ever.`);
          return;
        }
        seen.set(key, frame.epoch);
      }
      write(loop, "");
    },
  };
}

/** How a verdict looks in a plane of two inputs: the street, or the two hulls and the point in which they meet. */
export function overlayOf(verdict, X) {
  if (!verdict || X[0]?.length !== 2) return { lines: [], overlay: null };
  if (verdict.separable && verdict.street?.w) {
    const { w, b, width } = verdict.street;
    const half = (width / 2) * Math.hypot(...w);
    return { lines: [half, -half].map((edge) => ({ w, b: b + edge, look: "street" })), overlay: null };
  }
  if (!verdict.certificate) return { lines: [], overlay: null };
  const { left, right, point } = verdict.certificate;
  const overlay = (across, up) => {
    const side = (rows, look) => {
      // no more than three rows stand on either side: their hull is a point, a piece of a line or a triangle
      return s("polygon", { points: rows.map(([r]) => X[r]).map(([u, v]) => `${across(u).toFixed(1)},${up(v).toFixed(1)}`).join(" "), class: look });
    };
    return [side(left, "hull left"), side(right, "hull right"), s("circle", { cx: across(point[0]), cy: up(point[1]), r: 7, class: "crossing" })];
  };
  return { lines: [], overlay };
}
