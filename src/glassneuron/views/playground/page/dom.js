// Elements of the page, made by functions; nothing here knows about neurons.

const SVG = "http://www.w3.org/2000/svg";

/** Make an HTML element: attributes by name, `on` followed by an event's name for listeners, then children. */
export function h(tag, attributes = {}, ...children) {
  return filled(document.createElement(tag), attributes, children);
}

/** Make an SVG element likewise. */
export function s(tag, attributes = {}, ...children) {
  return filled(document.createElementNS(SVG, tag), attributes, children);
}

function filled(element, attributes, children) {
  set(element, attributes);
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/** Set attributes, properties of inputs and listeners; null takes an attribute away. */
export function set(element, attributes) {
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "value" || name === "checked" || name === "disabled" || name === "hidden") {
      if (element[name] !== value) element[name] = value;
    } else if (value === null || value === false || value === undefined) element.removeAttribute(name);
    else if (element.getAttribute(name) !== String(value)) element.setAttribute(name, value === true ? "" : value);
  }
  return element;
}

/** Replace what an element holds. */
export function fill(element, ...children) {
  element.replaceChildren(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/** Write text, only where it changes: what has not changed is not read out again. */
export function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
  return element;
}

/** A box of a class. */
export function div(name, ...inside) {
  return h("div", { class: name }, ...inside);
}

/** A card with a heading. */
export function titled(title, ...inside) {
  return h("section", { class: "card" }, h("h2", {}, title), ...inside);
}

/** What may be wider than its place. */
export function scrolled(label, ...inside) {
  return h("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": label }, ...inside);
}

/** A heading, a picture and the sentence that says the same to those who do not see it. */
export function figure(title, picture, ...more) {
  const sentence = h("p", { class: "says" });
  const box = titled(title, picture, ...more, h("details", { class: "describe" }, h("summary", {}, "describe"), sentence));
  return { box, describe: (text) => write(sentence, text) };
}

/** A line of a table: its head, then cells; numbers stand to the right. */
export function line(head, ...cells) {
  const number = (cell) => typeof cell === "number" || /^[-\d.]/.test(cell);
  return h("tr", {}, h("th", { scope: "row" }, head), ...cells.map((cell) => h("td", { class: number(cell) && "number" }, cell)));
}

/** The line of names above a table. */
export function heads(...names) {
  return h("thead", {}, h("tr", {}, ...names.map((name) => h(name === "" ? "td" : "th", { scope: name !== "" && "col" }, name))));
}

/** A button with a word on it. */
export function button(text, onclick, attributes = {}) {
  return h("button", { type: "button", onclick, ...attributes }, text);
}

let labels = 0;

/** A label in front of an input; numbers count labels only, so that each has an id of its own. */
export function labelled(text, input, after = null) {
  labels += 1;
  set(input, { id: input.id || `gn-input-${labels}` });
  const label = h("label", { for: input.id }, text);
  const small = input.type === "checkbox" || input.type === "radio";
  return div("field", ...(small ? [input, label] : [label, input]), after);
}

/** A box for a number that tells a change only when it is a number within its limits. */
export function numberBox(value, onnumber, attributes = {}) {
  const { min = -1e6, max = 1e6, ...others } = attributes;
  const box = h("input", { type: "number", step: "any", min, max, required: true, value: String(value), ...others });
  box.addEventListener("change", () => box.reportValidity() && onnumber(Number(box.value))); // the browser says what is wrong
  return box;
}
