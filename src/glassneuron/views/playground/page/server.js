// What the page asks of the server: one socket, which is opened anew where it was lost.

export function server(base, token, onstatus = () => {}) {
  let socket = null;
  let number = 0;
  let closed = false;
  let wait = 200;
  const asked = new Map(); // requests without an answer yet; they are asked again after a reconnection
  const queue = [];

  function connect() {
    const url = new URL(`ws?token=${encodeURIComponent(token)}`, base);
    url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
    socket = new WebSocket(url);
    socket.addEventListener("open", () => {
      wait = 200;
      onstatus("connected");
      for (const { text } of asked.values()) socket.send(text);
    });
    socket.addEventListener("message", ({ data }) => {
      const reply = JSON.parse(data);
      const request = asked.get(reply.id);
      if (!request) return;
      asked.delete(reply.id);
      if (reply.error) request.reject(new Error(reply.error));
      else request.resolve(reply);
    });
    socket.addEventListener("close", () => {
      if (closed) return;
      onstatus("lost");
      setTimeout(connect, wait);
      wait = Math.min(wait * 2, 5000);
    });
  }

  function ask(op, facts) {
    number += 1;
    const id = number;
    const text = JSON.stringify({ id, op, ...facts });
    return new Promise((resolve, reject) => {
      if (text.length > 60000) {
        reject(new Error("This table is too large for the page: at most 60 kB go to the server at once."));
        return;
      }
      asked.set(id, { text, resolve, reject });
      if (socket.readyState === WebSocket.OPEN) socket.send(text);
    });
  }

  async function post(path, body, type) {
    const reply = await fetch(new URL(`${path}${path.includes("?") ? "&" : "?"}token=${encodeURIComponent(token)}`, base), { method: "POST", body, headers: { "content-type": type } });
    const text = await reply.text();
    if (reply.ok) return text;
    let sentence = `The server refused it (${reply.status}).`;
    try {
      sentence = JSON.parse(text).error ?? sentence;
    } catch {
      // no JSON: the status says it
    }
    throw new Error(sentence);
  }

  const get = async (path) => (await fetch(new URL(`${path}?token=${encodeURIComponent(token)}`, base))).json();

  let runs = 0;
  connect();
  return {
    /** A number for a run: no two trainings of a page have the same. */
    number: () => (runs += 1),
    train: (run, spec, cursor, count) => ask("train", { run, spec, cursor, count }),
    prove: (X, y) => ask("prove", { X, y }),
    hint: (X, y, theta, locked) => ask("hint", { X, y, theta, locked }),
    whatIf: (facts) => ask("what_if", facts),
    gates: () => ask("gates", {}),
    lessons: () => get("lessons.json"),
    sources: () => get("source.json"),
    table: async (text, target) => JSON.parse(await post(`table${target ? `?target=${encodeURIComponent(target)}` : ""}`, text, "text/csv")),
    exported: (state) => post("export", JSON.stringify(state), "application/json"),
    /** For tests and for those who unplug the cable: lose the socket. */
    drop: () => socket.close(),
    close() {
      closed = true;
      socket.close();
    },
  };
}
