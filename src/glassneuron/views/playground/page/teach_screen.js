// Teach: say what students see, ask before you show, take the lesson along as a link or a file.

import { button, div, fill, h, labelled, titled, write } from "./dom.js";
import { packed } from "./link.js";
import { questions } from "./questions.js";

const PARTS = { tabs: "the other lessons", settings: "the settings", fork: "what-ifs about the rate", arithmetic: "the arithmetic of a step", proof: "the proof" };

export function teachScreen(ctx, lesson, saved = {}) {
  const trainings = ctx.lessons.filter(({ screen }) => !["teach", "row", "data"].includes(screen));
  let chosen = saved.chosen ?? "or";
  const hide = new Set(saved.hidden ?? []);

  const picker = h("select", { "data-part": "lesson", onchange: () => { chosen = picker.value; refresh(); } }, ...trainings.map(({ id, title }) => h("option", { value: id }, title)));
  picker.value = chosen;
  const boxes = Object.entries(PARTS).map(([name, words]) => {
    const box = h("input", { type: "checkbox", checked: hide.has(name), "data-hide-part": name, onchange: () => { if (box.checked) hide.add(name); else hide.delete(name); refresh(); } });
    return labelled(words, box);
  });
  const link = h("textarea", { readonly: true, rows: 3, "aria-label": "a link to the lesson", "data-part": "lesson-link" });
  const note = h("p", { class: "hint", role: "status", "data-part": "teach-note" });
  const quiz = h("div", { "data-part": "quiz" });
  const element = h(
    "div",
    { class: "screen" },
    div("columns",
      div("column", titled("A lesson for students", labelled("lesson", picker), h("p", {}, "Hide from them:"), ...boxes, button("Look at it", look, { class: "primary", "data-part": "look" }))),
      div("column wide", quiz),
      div("column", titled("Take it along", h("p", {}, "The link holds the whole lesson; whoever runs glassneuron play can open it."), link, div("line", button("Save as one file", save, { "data-part": "export" })), note, h("p", { class: "hint" }, "The file opens without a server, without a network, and trains by itself. For your own data, locks and questions: glassneuron lesson new.")))),
  );

  const state = () => ({ lesson: chosen, screen: {}, ...(hide.size ? { hide: [...hide] } : {}) });

  async function refresh() {
    ask().catch((error) => fill(quiz, h("p", { class: "problem" }, error.message)));
    ctx.changed();
    const text = await packed(state());
    link.value = text === null ? "This lesson is too long for a link." : `${location.href.split("#")[0].replace(/([?&])token=[^&]*/, "$1token=…")}#${text}`;
  }

  function look() {
    ctx.hide([...hide]);
    ctx.navigate(chosen);
  }

  async function save() {
    if (!ctx.source.exported) {
      write(note, "This is such a file already.");
      return;
    }
    write(note, "It is being written …");
    try {
      const text = await ctx.source.exported(state());
      const address = URL.createObjectURL(new Blob([text], { type: "text/html" }));
      const anchor = h("a", { href: address, download: `${chosen}.html` });
      anchor.click();
      setTimeout(() => URL.revokeObjectURL(address), 10000);
      write(note, `Saved as ${chosen}.html, ${Math.ceil(text.length / 1000)} kB.`);
    } catch (error) {
      write(note, error.message);
    }
  }

  /** Questions whose answers the training itself gives. */
  async function ask() {
    const { spec, screen } = ctx.lessons.find(({ id }) => id === chosen);
    if (!spec || screen === "gates" || screen === "neuron") {
      fill(quiz, h("p", {}, "This lesson has nothing to predict; choose one that trains."));
      return;
    }
    const mine = chosen;
    const epochs = async (changes) => {
      const { frames, why } = await ctx.source.train(ctx.source.number(), { ...spec, ...changes, every: "epoch" }, 0, 2000);
      const ended = frames.filter((frame) => frame.ends);
      return { ended, why, clean: ended.findIndex(({ mistakes }) => mistakes === 0) + 1 };
    };
    const [now, faster] = [await epochs({}), await epochs({ eta: spec.eta * 10 })];
    if (mine !== chosen) return;
    const needed = ({ clean, ended }) => (clean ? `${clean} epochs` : `no end within ${ended.length}`);
    const length = ({ clean }) => clean || Infinity;
    const order = Math.sign(length(faster) - length(now)) || 0;
    fill(quiz, questions({
      questions: [
        { text: "Will there be an epoch without a mistake?", options: ["yes", "no"], answer: now.clean ? "yes" : "no", why: now.clean ? `Epoch ${now.clean} is the first.` : `Within ${now.ended.length} epochs there is none.` },
        { text: "How many mistakes does the first epoch make?", options: [...new Set([0, 1, 2, 3, 4, now.ended[0].mistakes])].sort((a, b) => a - b).map(String), answer: String(now.ended[0].mistakes), why: "" },
        { text: "With ten times the learning rate, does it take fewer epochs?", options: ["fewer", "as many", "more"], answer: ["fewer", "as many", "more"][Number.isNaN(order) ? 1 : order + 1], why: `With ${spec.eta}: ${needed(now)}. With ${spec.eta * 10}: ${needed(faster)}.` },
      ],
    }));
  }

  refresh();
  return { element, state: () => ({ chosen, hidden: [...hide] }), destroy() {} };
}
