// A teacher's questions: say what you expect, and only then see what the engine, or the teacher, says.

import { button, div, fill, h, labelled, write } from "./dom.js";

/** A card with the questions of a lesson, each with its answer: {text, options, answer, why}. */
export function questions(lesson) {
  const parts = lesson.questions.map((question, n) => part(question, `gn-question-${n}`));
  return h("section", { class: "card questions", "data-part": "questions" }, h("h2", {}, "Predict, then reveal"), ...parts);
}

function part({ text, options, answer, why }, name) {
  let said = "";
  const shown = h("p", { class: "done", role: "status", "data-answer": name });
  const reveal = button("Reveal", show, { disabled: true, "data-reveal": name });
  const expect = (words) => {
    said = words.trim();
    reveal.disabled = said === "";
    write(shown, "");
  };
  const box = options.length > 0 ? null : h("input", { type: "text", "aria-label": `your answer: ${text}`, autocomplete: "off", "data-predict": name });
  box?.addEventListener("input", () => expect(box.value));
  const radios = options.map((option) => {
    const radio = h("input", { type: "radio", name, value: option });
    radio.addEventListener("change", () => expect(option));
    return labelled(option, radio);
  });

  function show() {
    const same = said.toLowerCase() === answer.trim().toLowerCase();
    fill(shown, same ? "As you said: " : `You said ${said}. It is: `, h("b", {}, answer), why ? `. ${why}` : ".");
  }

  return h("fieldset", {}, h("legend", {}, text), ...radios, box, div("line", reveal), shown);
}
