// The rows as a table: inputs, target, and what is answered now. A truth table where there are four rows.

import { fill, h, scrolled, write } from "./dom.js";
import { output, short } from "./format.js";
import { badge } from "./palette.js";

const MOST = 12; // rows shown at once
const WIDE = 6; // inputs shown

/** A table; on.flip(row) gives a row the next class, on.choose(row) looks at it. */
export function rowsTable(on = {}) {
  const caption = h("caption", {});
  const head = h("thead", {});
  const body = h("tbody", {});
  const element = scrolled("the rows", h("table", { class: "rows" }, caption, head, body));
  let [shape, cells] = ["", []];

  function build(now, first, count) {
    const inputs = now.names.slice(0, WIDE).map((name) => h("th", { scope: "col" }, name));
    if (now.names.length > WIDE) inputs.push(h("th", { scope: "col" }, `… ${now.names.length - WIDE} more`));
    fill(head, h("tr", {}, h("th", { scope: "col" }, "row"), ...inputs, h("th", { scope: "col" }, "target"), now.sums ? h("th", { scope: "col" }, "sum") : null, h("th", { scope: "col" }, "answer"), h("th", { scope: "col" }, h("span", { class: "visually-hidden" }, "right or wrong"))));
    cells = Array.from({ length: count }, (_, n) => {
      const r = first + n;
      const line = {
        x: Array.from({ length: inputs.length }, () => h("td", {})),
        target: h("td", {}),
        sum: now.sums ? h("td", { class: "number" }) : null,
        answer: h("td", {}),
        right: h("td", { class: "verdict" }),
      };
      const number = on.choose ? h("button", { type: "button", class: "plain", onclick: () => on.choose(r), "aria-label": `look at row ${r + 1}` }, String(r + 1)) : String(r + 1);
      line.row = h("tr", { "data-row": r }, h("th", { scope: "row" }, number), ...line.x, line.target, line.sum, line.answer, line.right);
      return line;
    });
    fill(body, ...cells.map((line) => line.row));
  }

  return {
    element,
    /** Show {X, y, names, classes, answers: class of each row, sums, outputs, current, activation}. */
    update(now) {
      const count = Math.min(MOST, now.X.length);
      const first = now.X.length <= MOST ? 0 : Math.max(0, Math.min(now.X.length - MOST, (now.current ?? 0) - 5));
      const key = `${first} ${count} ${now.names.join("\n")} ${Boolean(now.sums)}`;
      if (key !== shape) {
        build(now, first, count);
        shape = key;
      }
      cells.forEach((line, n) => {
        const r = first + n;
        line.x.forEach((cell, j) => write(cell, j < WIDE ? short(now.X[r][j]) : ""));
        const label = now.classes[now.y[r]];
        if (line.target.dataset.class !== `${now.y[r]} ${label}`) {
          line.target.dataset.class = `${now.y[r]} ${label}`;
          fill(line.target, on.flip ? h("button", { type: "button", class: "flip", onclick: () => on.flip(r), "aria-label": `target of row ${r + 1}: ${label}; change it` }, badge(now.y[r]), ` ${label}`) : h("span", {}, badge(now.y[r]), ` ${label}`));
        }
        if (line.sum) write(line.sum, short(now.sums[r]));
        const right = now.answers[r] === now.y[r];
        write(line.answer, `${now.classes[now.answers[r]]}${now.outputs ? ` (${output(now.activation, now.outputs[r])})` : ""}`);
        write(line.right, right ? "✓" : "✗");
        line.right.setAttribute("aria-label", right ? "right" : "wrong");
        line.row.className = `${r === now.current ? "current" : ""}${right ? "" : " missed"}`;
      });
      const right = now.answers.filter((answer, r) => answer === now.y[r]).length;
      write(caption, `${right} of ${now.X.length} rows right${now.X.length > MOST ? `; rows ${first + 1} to ${first + count} are shown` : ""}`);
    },
  };
}
