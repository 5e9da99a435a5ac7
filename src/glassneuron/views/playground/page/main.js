// The page: a header with lessons, one screen at a time, and what all screens share.

import { button, div, fill, h, set, write } from "./dom.js";
import { dataScreen } from "./data_screen.js";
import { gatesScreen } from "./gates_screen.js";
import { packed, unpacked } from "./link.js";
import { neuronScreen } from "./neuron_screen.js";
import { questions } from "./questions.js";
import { rowScreen } from "./row_screen.js";
import { teachScreen } from "./teach_screen.js";
import { trainingScreen } from "./training_screen.js";

/** What an address asks for: a whole state, or `lesson=xor`. */
const read = (text) => (text.startsWith("lesson=") ? { lesson: text.slice(7) } : unpacked(text));

const SCREENS = {
  neuron: neuronScreen,
  gates: gatesScreen,
  perceptron: trainingScreen,
  xor: trainingScreen,
  sigmoid: trainingScreen,
  network: trainingScreen,
  data: dataScreen,
  row: rowScreen,
  teach: teachScreen,
};

/**
 * Fill an element with the page. `source` answers its questions: the server, or the page itself in a live file. With
 * `address` the state is kept in the address of the window.
 */
export async function page(root, source, { address = false, state = null } = {}) {
  const lessons = await source.lessons();
  const known = address ? await read(location.hash.slice(1)) : state;
  let [screen, current] = [null, null];
  const shared = {}; // what screens hand to each other: a table of one's own, a trained model
  let hidden = new Set(known?.hide ?? []);

  const live = h("div", { class: "visually-hidden", role: "status", "aria-live": "polite", "data-part": "announcements" });
  const tabs = h("div", { role: "tablist", "aria-label": "lessons", class: "tabs" });
  const place = div("place");
  const intro = div("intro");
  const lost = h("p", { class: "lost", role: "status", hidden: true }, "The connection to glassneuron play is lost; trying again. What is on the page stays.");
  const dialog = h("dialog", { class: "source", "aria-label": "source" });
  const link = source.linkable === false ? null : button("Copy link", copyLink, { "data-part": "copy-link" });
  const note = h("span", { class: "note", role: "status" });
  root.replaceChildren(
    h("a", { href: "#gn-screen", class: "skip", onclick: (event) => { event.preventDefault(); root.querySelector("main").focus(); } }, "Skip to the lesson"),
    h("header", {}, h("p", { class: "name" }, "glassneuron"), tabs, div("tools", note, link)),
    lost,
    h("main", { id: "gn-screen", tabindex: -1 }, intro, place),
    live,
    dialog,
  );
  root.classList.add("glassneuron");
  set(root, { "data-lm-suppress-shortcuts": "true" });

  let timer = null;
  const ctx = {
    source,
    root,
    shared,
    lessons,
    /** Tell those who listen rather than look; only the last of several things in a short time. */
    announce(text) {
      clearTimeout(timer);
      timer = setTimeout(() => write(live, text), 400);
    },
    changed: () => root.dispatchEvent(new CustomEvent("gn-change")),
    navigate: (id, saved) => show(lessons.find((lesson) => lesson.id === id) ?? lessons[0], saved),
    whole,
    hidden: () => [...hidden],
    hide(names) {
      hidden = new Set(names);
      applyHidden();
    },
    sourceButton: (name) => button("the code behind this", () => openSource(name), { class: "plain code", "data-kernel": name }),
  };

  async function openSource(name) {
    const texts = await source.sources();
    const found = texts[name];
    if (!found) return;
    fill(
      dialog,
      h("h2", {}, name),
      h("p", {}, `Line ${found.line} of the textbook, engine/kernels.py: the same lines train in Python and, translated, paint this page.`),
      div("two", h("section", {}, h("h3", {}, "Python"), h("pre", { tabindex: 0 }, found.python)), h("section", {}, h("h3", {}, "JavaScript"), h("pre", { tabindex: 0 }, found.javascript))),
      button("Close", () => dialog.close(), { class: "primary" }),
    );
    dialog.showModal();
  }

  /** Everything that the page shows now, as plain data. */
  function whole() {
    return { lesson: current.id, screen: screen?.state?.() ?? {}, ...(hidden.size ? { hide: [...hidden] } : {}) };
  }

  async function copyLink() {
    const text = await packed(whole());
    if (text === null) {
      write(note, "Too much for a link (8 kB); export a file on the screen Teach.");
      return;
    }
    history.replaceState(null, "", `#${text}`);
    try {
      await navigator.clipboard.writeText(location.href);
      write(note, "The link is copied; it is in the address too.");
    } catch {
      write(note, "The link stands in the address.");
    }
  }

  function applyHidden() {
    const all = new Set([...hidden, ...(current.hide ?? [])]);
    for (const element of root.querySelectorAll("[data-hide]")) element.hidden = all.has(element.dataset.hide);
    root.classList.toggle("locked", all.size > 0);
    for (const name of ["settings", "fork", "arithmetic", "proof", "tabs"]) root.classList.toggle(`hide-${name}`, all.has(name));
  }

  function show(lesson, saved = {}) {
    screen?.destroy?.();
    current = lesson;
    for (const tab of tabs.children) {
      const chosen = tab.dataset.lesson === lesson.id;
      set(tab, { "aria-selected": chosen ? "true" : "false", tabindex: chosen ? 0 : -1 });
    }
    fill(intro, h("h1", {}, lesson.title), h("p", {}, lesson.text));
    screen = SCREENS[lesson.screen](ctx, lesson, saved);
    if (lesson.questions?.length) screen.element.querySelector(".column.wide").append(questions(lesson));
    fill(place, screen.element);
    applyHidden();
    write(note, "");
    root.dispatchEvent(new CustomEvent("gn-show", { detail: lesson.id }));
  }

  for (const lesson of lessons) {
    tabs.append(h("button", { type: "button", role: "tab", "data-lesson": lesson.id, "aria-selected": "false", tabindex: -1, onclick: () => show(lesson) }, lesson.tab ?? lesson.title));
  }
  tabs.addEventListener("keydown", (event) => {
    const all = [...tabs.children];
    const at = all.findIndex((tab) => tab.dataset.lesson === current.id);
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: all.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    const tab = all[(to + all.length) % all.length];
    tab.click();
    tab.focus();
  });

  show(lessons.find((lesson) => lesson.id === (known?.lesson ?? source.first)) ?? lessons[0], known?.screen);
  if (address)
    addEventListener("hashchange", async () => {
      const next = await read(location.hash.slice(1));
      if (next) {
        hidden = new Set(next.hide ?? []);
        ctx.navigate(next.lesson, next.screen);
      }
    });
  return {
    status: (status) => {
      lost.hidden = status !== "lost";
    },
    state: whole,
    player: () => screen.player ?? null,
    destroy() {
      screen?.destroy?.();
      root.replaceChildren();
    },
  };
}
