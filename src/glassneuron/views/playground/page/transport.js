// Back, play, forward, scrub: the controls of a training.

import { button, div, h, labelled, s, set, write } from "./dom.js";

const SPEEDS = [
  [1, "1 a second"],
  [4, "4 a second"],
  [15, "15 a second"],
  [60, "60 a second"],
  [600, "600 a second"],
];

export function transport(player, { onreset, onseed }) {
  const icon = (label, path, act) => button(s("svg", { viewBox: "0 0 16 16", width: 16, height: 16, "aria-hidden": "true" }, s("path", { d: path, fill: "currentColor" })), act, { "aria-label": label, title: label, class: "icon" });
  const toStart = icon("to the start", "M2 2h2v12H2zM14 2v12L5 8z", () => player.go(0));
  const back = icon("one step back", "M12 2v12L3 8z", () => player.step(-1));
  const play = h("button", { type: "button", class: "primary", onclick: () => player.toggle() });
  const next = icon("one step forward", "M4 2v12l9-6z", () => player.step(1));
  const toEnd = icon("to the end", "M12 2h2v12h-2zM2 2v12l9-6z", () => player.end());
  const scrub = h("input", { type: "range", min: 0, max: 1, step: 1, value: 0, "aria-label": "moment of the training", class: "scrub" });
  scrub.addEventListener("input", () => player.go(Number(scrub.value)));
  const unit = h("select", {}, h("option", { value: "example" }, "example"), h("option", { value: "epoch" }, "epoch"));
  unit.addEventListener("change", () => player.unit(unit.value));
  const speed = h("select", {}, ...SPEEDS.map(([value, text]) => h("option", { value }, text)));
  speed.addEventListener("change", () => player.speed(Number(speed.value)));
  const clock = h("output", { class: "clock" });
  // on a small screen the rest waits behind a word
  const more = h("details", { class: "more", open: typeof matchMedia !== "function" || !matchMedia("(max-width: 46rem)").matches }, h("summary", {}, "more"), div("line", clock, labelled("step by", unit), labelled("speed", speed), div("buttons", button("Reset", onreset, { title: "the same start again" }), onseed ? button("New seed", onseed, { title: "another order, other first weights" }) : null)));
  const element = h(
    "section",
    { class: "transport", role: "group", "aria-label": "training" },
    div("buttons", toStart, back, play, next, toEnd),
    scrub,
    more,
  );
  return {
    element,
    update(state) {
      const frame = state.frames[state.at];
      set(scrub, { max: Math.max(1, state.frames.length - 1) });
      set(scrub, { value: String(state.at), "aria-valuetext": frame ? `epoch ${frame.epoch}, step ${state.at}` : "" });
      write(play, state.playing ? "Pause" : "Play");
      set(back, { disabled: state.at === 0 });
      set(toStart, { disabled: state.at === 0 });
      const over = state.done && state.at >= state.frames.length - 1;
      set(next, { disabled: over });
      set(toEnd, { disabled: over });
      set(unit, { value: state.unit });
      set(speed, { value: String(state.speed) });
      write(clock, frame ? `epoch ${frame.epoch} · step ${state.at}${state.done ? ` of ${state.frames.length - 1}` : ""}` : "…");
    },
  };
}

/** Arrows step, Space plays, Home and End go to both ends, wherever no input wants the key for itself. */
export function transportKeys(root, player) {
  return (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    const target = event.composedPath()[0];
    if (target.closest?.("input, select, textarea, [role=tab], .row-point, dialog, summary")) return;
    const acts = { ArrowRight: () => player.step(1), ArrowLeft: () => player.step(-1), Home: () => player.go(0), End: () => player.end() };
    if (event.key === " " && !target.closest?.("button, a, [role=button]")) acts[" "] = () => player.toggle();
    if (!acts[event.key]) return;
    event.preventDefault();
    acts[event.key]();
  };
}
