// Neurons and networks as flat parameters, answered by the translated textbook: nothing else in the page computes.

import * as K from "./kernels.js";

const CODES = { linear: K.LINEAR, step: K.STEP, sigmoid: K.SIGMOID, tanh: K.TANH, relu: K.RELU, softmax: K.SOFTMAX };

/** What a training's parameters stand for: sizes of the layers and their activations. */
export function shapeOf(spec) {
  const outputs = spec.classes.length > 2 ? spec.classes.length : 1;
  const hidden = spec.kind === "network" ? spec.hidden : [];
  const last = spec.kind === "perceptron" ? "step" : outputs > 1 ? "softmax" : "sigmoid";
  return shape([spec.X[0].length, ...hidden, outputs], [...hidden.map(() => spec.activation), last]);
}

/** Sizes, activations and what the kernels want of them. */
export function shape(sizes, activations) {
  const codes = activations.map((name) => CODES[name]);
  const neurons = sizes.slice(1).reduce((a, b) => a + b, 0);
  return { sizes, activations, codes, plan: [...sizes, ...codes], room: neurons, outputs: sizes.at(-1) };
}

/** Count the parameters. */
export function parameters({ sizes }) {
  return sizes.slice(1).reduce((total, neurons, l) => total + neurons * (sizes[l] + 1), 0);
}

/** The weights and the bias of each neuron of each layer: layers[l][k] = {w, b, at}, `at` its first weight's place. */
export function layersOf(theta, { sizes }) {
  const layers = [];
  let start = 0;
  for (let l = 1; l < sizes.length; l += 1) {
    const [inputs, neurons] = [sizes[l - 1], sizes[l]];
    const biases = start + neurons * inputs;
    layers.push(
      Array.from({ length: neurons }, (_, k) => {
        const at = start + k * inputs;
        return { w: theta.slice(at, at + inputs), b: theta[biases + k], at, biasAt: biases + k };
      }),
    );
    start = biases + neurons;
  }
  return layers;
}

/** Each sum and each activation on the way of one row: {z, a}, lists with one list a layer. */
export function forward(theta, shape, x) {
  const [z, a] = [[], []];
  let read = x;
  layersOf(theta, shape).forEach((neurons, l) => {
    const sums = neurons.map(({ w, b }) => K.weighted_sum(w, b, read));
    const answers = sums.map((sum) => K.activate(shape.codes[l], sum));
    if (shape.codes[l] === K.SOFTMAX) K.softmax(sums, answers);
    z.push(sums);
    a.push(answers);
    read = answers;
  });
  return { z, a };
}

/** One sum, by the textbook. */
export function weightedSum(w, b, x) {
  return K.weighted_sum(w, b, x);
}

/** One activation and its slope, by name. */
export function activate(name, z) {
  return K.activate(CODES[name], z);
}
export function slope(name, z) {
  return K.activation_derivative(CODES[name], z, K.activate(CODES[name], z));
}

/** The last layer's answers to a row, written into a buffer that is used again: for planes, 4,096 rows at a time. */
export function answerer(theta, shape) {
  const [a, from] = [new Array(shape.room).fill(0), shape.room - shape.outputs];
  if (shape.activations.at(-1) === "step" && shape.outputs > 1) {
    const neurons = layersOf(theta, shape)[0]; // those that compete: the largest sum wins
    return (x) => neurons.map(({ w, b }) => K.weighted_sum(w, b, x));
  }
  return (x) => {
    K.answer_row(theta, shape.plan, x, a);
    return a.slice(from);
  };
}

/** The class that some answers stand for. */
export function classOf(answers, shape) {
  if (answers.length > 1) return answers.indexOf(Math.max(...answers));
  return answers[0] >= (shape.activations.at(-1) === "tanh" || shape.activations.at(-1) === "linear" ? 0 : 0.5) ? 1 : 0;
}

/** The loss of one answer of a lone neuron, and its slope along the sum: what fires too much. */
export function lossOf(name, z, y) {
  const a = activate(name, z);
  return { loss: K.neuron_loss(CODES[name], z, a, y), slope: a - y };
}

const LOSSES = { squared_error: K.SQUARED_ERROR, cross_entropy: K.CROSS_ENTROPY };

/** The loss of one row, and its slope at every parameter, by backpropagation. */
export function gradient(theta, shape, x, y, loss = "cross_entropy") {
  const slopes = new Float64Array(theta.length);
  const rows = [Float64Array.from(x)];
  const value = K.loss_and_gradient(Float64Array.from(theta), shape.sizes, shape.codes, LOSSES[loss], rows, [Float64Array.from(y)], Float64Array.of(1), slopes);
  return { loss: value, slopes };
}

/** The largest slope of the mean loss over all rows, at any parameter: how much a small move could still win. */
export function largestSlope(theta, shape, X, Y, loss = "cross_entropy") {
  const slopes = new Float64Array(theta.length);
  const [rows, targets] = [X, Y].map((table) => table.map((row) => Float64Array.from(row)));
  K.loss_and_gradient(Float64Array.from(theta), shape.sizes, shape.codes, LOSSES[loss], rows, targets, new Float64Array(X.length).fill(1), slopes);
  return Math.max(...slopes.map(Math.abs));
}

/** The slope of the loss at one parameter by differences alone: five points on a line, no chain rule. */
export function difference(theta, shape, x, y, at, loss = "cross_entropy") {
  const step = 1e-3;
  const moved = (by) => {
    const there = Float64Array.from(theta);
    there[at] += by;
    return K.mean_loss(there, shape.sizes, shape.codes, LOSSES[loss], [Float64Array.from(x)], [Float64Array.from(y)], Float64Array.of(1));
  };
  return (8 * (moved(step) - moved(-step)) - (moved(2 * step) - moved(-2 * step))) / (12 * step);
}
