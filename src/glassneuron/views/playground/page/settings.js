// The settings of a training: each change begins it anew.

import { h, labelled, numberBox } from "./dom.js";

const VARIANTS = [
  ["plain", "its last weights"],
  ["averaged", "the mean of all on the way"],
  ["pocket", "the best on the way"],
];
const ACTIVATIONS = ["tanh", "sigmoid", "relu"];

/** Controls of a spec; onchange(changes) is told what was changed. */
export function settings(spec, onchange) {
  const fields = [];
  const tell = (name) => (value) => onchange({ [name]: value });
  fields.push(labelled("learning rate", numberBox(spec.eta, tell("eta"), { min: 1e-6, max: 1000, "data-setting": "eta" })));
  if (spec.kind === "perceptron") {
    const variant = h("select", { "data-setting": "variant", onchange: () => onchange({ variant: variant.value }) }, ...VARIANTS.map(([name, words]) => h("option", { value: name }, words)));
    variant.value = spec.variant ?? "plain";
    fields.push(labelled("it answers with", variant));
  }
  if (spec.kind !== "network") {
    const value = numberBox(spec.fixed_bias ?? -1, (number) => onchange({ fixed_bias: number }), { disabled: spec.fixed_bias === null || spec.fixed_bias === undefined, "aria-label": "value of the held bias", class: "narrow", "data-setting": "fixed_bias" });
    const held = h("input", { type: "checkbox", checked: spec.fixed_bias !== null && spec.fixed_bias !== undefined, "data-setting": "held", onchange: () => onchange({ fixed_bias: held.checked ? Number(value.value) : null }) });
    fields.push(labelled("hold the bias at", held, value));
  } else {
    fields.push(labelled("hidden neurons", numberBox(spec.hidden[0], (number) => onchange({ hidden: [Math.round(number), ...spec.hidden.slice(1)], start: null }), { min: 1, max: 16, step: 1, "data-setting": "hidden" })));
    const activation = h("select", { "data-setting": "activation", onchange: () => onchange({ activation: activation.value }) }, ...ACTIVATIONS.map((name) => h("option", { value: name }, name)));
    activation.value = spec.activation;
    fields.push(labelled("their activation", activation));
  }
  fields.push(labelled("at most epochs", numberBox(spec.epochs, (number) => onchange({ epochs: Math.round(number) }), { min: 1, max: 10000, step: 1, "data-setting": "epochs" })));
  const shuffle = h("input", { type: "checkbox", checked: Boolean(spec.shuffle), "data-setting": "shuffle", onchange: () => onchange({ shuffle: shuffle.checked }) });
  fields.push(labelled("shuffle the rows", shuffle));
  fields.push(labelled("seed", numberBox(spec.seed, (number) => onchange({ seed: Math.round(number), start: null }), { min: 0, max: 1e6, step: 1, "data-setting": "seed" })));
  return h("details", { class: "card settings", open: true }, h("summary", {}, h("h2", {}, "Settings")), ...fields);
}
