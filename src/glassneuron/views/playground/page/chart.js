// Mistakes or losses, epoch after epoch: bars or a line, a cursor where the training stands, and a second course laid over it.

import { s, set } from "./dom.js";
import { short } from "./format.js";
import { ticks } from "./plane.js";

const [WIDTH, HEIGHT, LEFT, BOTTOM, TOP] = [400, 150, 44, 26, 10];

/** A chart; onseek(epoch) is called for a click. */
export function chart(name, { bars = false, onseek = null } = {}) {
  const picture = s("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", class: "chart", "aria-label": name });
  let count = 1;
  if (onseek)
    picture.addEventListener("click", (event) => {
      const box = picture.getBoundingClientRect();
      const share = (((event.clientX - box.left) / box.width) * WIDTH - LEFT) / (WIDTH - LEFT - 8);
      onseek(Math.max(1, Math.min(count, Math.floor(share * count) + 1)));
    });
  return {
    element: picture,
    /** Show values of epochs 1, 2, ...; `now` is the epoch under way; `other` a second list. */
    update(values, now, other = null) {
      count = Math.max(values.length, other?.length ?? 0, 10);
      const top = Math.max(...values.filter(Number.isFinite), ...(other ?? []).filter(Number.isFinite), 0) * 1.05 || 1;
      const x = (epoch) => LEFT + ((epoch - 0.5) / count) * (WIDTH - LEFT - 8);
      const y = (value) => HEIGHT - BOTTOM - (Math.min(value, top) / top) * (HEIGHT - BOTTOM - TOP);
      const parts = [];
      const text = (tx, ty, words, anchor) => s("text", { x: tx, y: ty, "font-size": 12, fill: "#4a4f57", "text-anchor": anchor }, words);
      for (const value of ticks(0, top, 3)) parts.push(s("line", { x1: LEFT, x2: WIDTH - 8, y1: y(value), y2: y(value), stroke: "#e6e8eb" }), text(LEFT - 6, y(value) + 4, short(value), "end"));
      parts.push(text((LEFT + WIDTH) / 2, HEIGHT - 4, count > 10 ? `epoch, 1 to ${count}` : "epoch", "middle"));
      const line = (list, look) => {
        const every = Math.max(1, Math.floor(list.length / 300));
        const points = list.map((value, e) => [e, value]).filter(([e, value]) => (e % every === 0 || e === list.length - 1) && Number.isFinite(value));
        return s("polyline", { points: points.map(([e, value]) => `${x(e + 1).toFixed(1)},${y(value).toFixed(1)}`).join(" "), class: look });
      };
      if (bars && values.length <= 120) {
        const width = Math.max(1, ((WIDTH - LEFT - 8) / count) * 0.7);
        values.forEach((value, e) => {
          parts.push(s("rect", { x: (x(e + 1) - width / 2).toFixed(1), y: y(value), width: width.toFixed(1), height: Math.max(value === 0 ? 1.5 : 0, HEIGHT - BOTTOM - y(value)), class: e + 1 === now ? "bar now" : "bar", "data-value": value }));
        });
      } else if (values.length) parts.push(line(values, "course"));
      if (other?.length) parts.push(line(other, "course other"));
      if (now > 0) parts.push(s("line", { x1: x(now), x2: x(now), y1: TOP, y2: HEIGHT - BOTTOM, class: "cursor" }));
      picture.replaceChildren(...parts);
      const last = values.slice(-12).map(short).join(", ");
      const words = `${name}: ${values.length ? `${values.length > 12 ? "the last twelve are " : ""}${last}` : "none yet"}.`;
      set(picture, { "aria-label": words });
      return words;
    },
  };
}
