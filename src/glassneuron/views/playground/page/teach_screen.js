// Teach: say what students see, ask before you show, take the lesson along as a link or a file.

import { button, fill, h, labelled, write } from "./dom.js";
import { packed } from "./link.js";

const PARTS = { tabs: "the other lessons", settings: "the settings", fork: "what-ifs about the rate", arithmetic: "the arithmetic of a step", proof: "the proof" };

export function teachScreen(ctx, lesson, saved = {}) {
  const trainings = ctx.lessons.filter(({ screen }) => !["teach", "row", "data"].includes(screen));
  let chosen = saved.chosen ?? "or";
  const hide = new Set(saved.hidden ?? []);
  const answers = new Map();

  const picker = h("select", { "data-part": "lesson" }, ...trainings.map(({ id, title }) => h("option", { value: id }, title)));
  picker.value = chosen;
  picker.addEventListener("change", () => { chosen = picker.value; refresh(); });
  const boxes = Object.entries(PARTS).map(([name, words]) => {
    const box = h("input", { type: "checkbox", checked: hide.has(name), "data-hide-part": name });
    box.addEventListener("change", () => { if (box.checked) hide.add(name); else hide.delete(name); refresh(); });
    return labelled(words, box);
  });
  const link = h("textarea", { readonly: true, rows: 3, "aria-label": "a link to the lesson", "data-part": "lesson-link" });
  const note = h("p", { class: "hint", role: "status", "data-part": "teach-note" });
  const quiz = h("div", { "data-part": "quiz" });
  const element = h(
    "div",
    { class: "screen" },
    h("div", { class: "columns" },
      h("div", { class: "column" }, h("section", { class: "card" }, h("h2", {}, "A lesson for students"), labelled("lesson", picker), h("p", {}, "Hide from them:"), ...boxes, button("Look at it", look, { class: "primary", "data-part": "look" }))),
      h("div", { class: "column wide" }, h("section", { class: "card" }, h("h2", {}, "Predict, then reveal"), h("p", { class: "hint" }, "Say what will happen before it is shown. Nothing is marked; the engine answers."), quiz)),
      h("div", { class: "column" }, h("section", { class: "card" }, h("h2", {}, "Take it along"), h("p", {}, "The link holds the whole lesson; whoever runs glassneuron play can open it."), link, h("div", { class: "line" }, button("Save as one file", save, { "data-part": "export" })), note, h("p", { class: "hint" }, "The file opens without a server, without a network, and trains by itself. For your own data, locks and questions: glassneuron lesson new.")))),
  );

  const state = () => ({ lesson: chosen, screen: {}, ...(hide.size ? { hide: [...hide] } : {}) });

  async function refresh() {
    ask();
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
    const question = (id, text, options, reveal) => {
      const group = h("fieldset", {}, h("legend", {}, text), ...options.map((option) => {
        const radio = h("input", { type: "radio", name: `gn-${id}`, value: option, checked: answers.get(id) === option });
        radio.addEventListener("change", () => answers.set(id, option));
        return labelled(option, radio);
      }));
      const answer = h("p", { class: "done", "aria-live": "polite", "data-answer": id });
      return h("div", {}, group, button("Reveal", async () => { write(answer, "…"); write(answer, await reveal()); }, { "data-reveal": id }), answer);
    };
    const run = (changes = {}) => ctx.source.train(ctx.source.number(), { ...spec, ...changes }, 0, 2000);
    const ends = (reply) => reply.frames.filter((frame) => frame.ends);
    const perceptron = spec.kind === "perceptron";
    fill(
      quiz,
      question("will", "Will it get every row right?", ["yes", "no", "it depends on the start"], async () => {
        const reply = await run();
        const last = ends(reply).at(-1);
        return `${last.mistakes === 0 ? `Yes: epoch ${last.epoch} has no mistake.` : `Not within ${last.epoch} epochs: the last one has ${last.mistakes} mistakes.`}${reply.why ? ` It stopped: ${reply.why}.` : ""}`;
      }),
      question("first", "How many mistakes does the first epoch make?", ["0", "1", "2", "3", "4"], async () => `${ends(await run())[0].mistakes}.`),
      question("rate", perceptron && spec.fixed_bias === null ? "Ten times the learning rate: does it need fewer epochs?" : "Ten times the learning rate: what happens?", ["fewer epochs", "as many", "more epochs"], async () => {
        const [now, then] = [ends(await run()), ends(await run({ eta: spec.eta * 10 }))];
        const done = (list) => list.findIndex(({ mistakes }) => mistakes === 0) + 1;
        const text = (n, list) => (n ? `${n} epochs` : `no end within ${list.length} epochs`);
        return `With ${spec.eta}: ${text(done(now), now)}. With ${spec.eta * 10}: ${text(done(then), then)}.`;
      }),
    );
  }

  refresh();
  return { element, state: () => ({ chosen, hidden: [...hide] }), destroy() {} };
}
