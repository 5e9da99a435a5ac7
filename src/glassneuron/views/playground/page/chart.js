// Mistakes or losses, epoch after epoch: bars or a line, a cursor where the training stands, and a second course laid over it.

import { axes } from "./axes.js";
import { s } from "./dom.js";
import { short } from "./format.js";

/** A chart; onseek(epoch) is called for a click. */
export function chart(name, { bars = false, onseek = null } = {}) {
  const picture = axes(name, 150);
  let count = 1;
  if (onseek) picture.element.addEventListener("click", (event) => onseek(Math.max(1, Math.min(count, Math.floor(picture.share(event) * count) + 1))));
  return {
    element: picture.element,
    /** Show values of epochs 1, 2, ...; `now` is the epoch under way; `other` a second list. */
    update(values, now, other = null) {
      count = Math.max(values.length, other?.length ?? 0, 10);
      const top = Math.max(...values.filter(Number.isFinite), ...(other ?? []).filter(Number.isFinite), 0) * 1.05 || 1;
      const view = picture.begin([0.5, count + 0.5], [0, top], count > 10 ? `epoch, 1 to ${count}` : "epoch");
      const course = (list, look) => {
        const every = Math.max(1, Math.floor(list.length / 300));
        view.line(list.map((value, e) => [e + 1, value]).filter(([e, value]) => ((e - 1) % every === 0 || e === list.length) && Number.isFinite(value)), look);
      };
      if (bars && values.length <= 120)
        values.forEach((value, e) => {
          const [left, right, up] = [view.x(e + 0.65), view.x(e + 1.35), view.y(value)];
          view.add(s("rect", { x: left.toFixed(1), y: up, width: Math.max(1, right - left).toFixed(1), height: Math.max(value === 0 ? 1.5 : 0, view.y(0) - up), class: e + 1 === now ? "bar now" : "bar", "data-value": value }));
        });
      else if (values.length) course(values, "course");
      if (other?.length) course(other, "course other");
      if (now > 0) view.upright(now, 0, top, { class: "cursor" });
      const last = values.slice(-12).map(short).join(", ");
      return view.show(`${name}: ${values.length ? `${values.length > 12 ? "the last twelve are " : ""}${last}` : "none yet"}.`);
    },
  };
}
