// The page in a cell of a notebook. What it shows comes with the model; a training that runs in Python comes as messages.

import { local } from "./local.js";
import { page } from "./main.js";
import { style } from "./style.js";

/** Frames of a running `fit` arrive one after the other; each view reads them from the model. */
export function initialize({ model }) {
  const hear = ({ begins, frames = [], why }) => {
    if (begins) model.set("why", null);
    model.set("frames", begins ? frames : [...model.get("frames"), ...frames]);
    if (begins) model.set("fits", model.get("fits") + 1);
    if (why !== undefined) model.set("why", why);
  };
  model.on("msg:custom", hear);
  return () => model.off("msg:custom", hear);
}

/** A view: everything stands in a shadow root, so that its ids and its style are nobody else's. */
export function render({ model, el }) {
  el.setAttribute("data-lm-suppress-shortcuts", "true"); // arrows and letters mean the neuron here, not the notebook
  const [cell, sheet, root] = ["div", "style", "div"].map((tag) => document.createElement(tag));
  cell.className = "glassneuron-cell";
  sheet.textContent = style;
  cell.append(sheet, root);
  const place = el.attachShadow ? document.createElement("div") : el;
  if (place !== el) el.replaceChildren(place);
  (place === el ? el : place.attachShadow({ mode: "open" })).append(cell);

  const data = model.get("data");
  const alone = local(data);
  const source = data.live ? followed(model, alone) : alone;
  let [shown, gone] = [null, false];
  page(root, source, { state: data.state }).then((made) => {
    if (gone) made.destroy();
    else shown = made;
    const bar = root.querySelector(".bar-below"); // in a cell, which is long, the controls stand on top
    bar?.parentElement.prepend(bar);
  });

  /** Look at the newest frame, unless someone has gone back to an older one. */
  let newest = 0;
  const follow = () => {
    const player = shown?.player();
    if (!player || !source.isLive(player.state.spec) || player.goal < newest) return;
    newest = model.get("frames").length - 1;
    player.go(newest);
  };
  const again = () => {
    const player = shown?.player();
    newest = 0;
    if (player && source.isLive(player.state.spec)) player.load(player.state.spec);
  };
  if (data.live) {
    model.on("change:frames", follow);
    model.on("change:fits", again);
  }
  return () => {
    gone = true;
    if (data.live) {
      model.off("change:frames", follow);
      model.off("change:fits", again);
    }
    shown?.destroy();
    source.close();
    el.replaceChildren();
  };
}

/** Answer with the frames that come from Python; a training with other settings is computed here. */
function followed(model, alone) {
  let first = null;
  const waiting = new Set();
  const wake = () => {
    for (const resolve of waiting) resolve();
    waiting.clear();
  };
  model.on("change:frames", wake);
  model.on("change:why", wake);
  return {
    ...alone,
    isLive: (spec) => JSON.stringify(spec) === first,
    async train(run, spec, cursor, count) {
      first ??= JSON.stringify(spec);
      if (JSON.stringify(spec) !== first) return alone.train(run, spec, cursor, count);
      for (;;) {
        const [frames, why] = [model.get("frames"), model.get("why")];
        if (frames.length > cursor || why !== null) {
          const some = frames.slice(cursor, cursor + count);
          const done = why !== null && cursor + some.length >= frames.length;
          return { run, cursor, frames: some, done, why: done ? why : null, length: done ? frames.length : null };
        }
        await new Promise((resolve) => waiting.add(resolve));
      }
    },
    close() {
      model.off("change:frames", wake);
      model.off("change:why", wake);
      wake();
    },
  };
}
