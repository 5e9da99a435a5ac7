// The frames of one training: fetched in chunks, played, stepped and scrubbed here, without a round trip.

const CHUNK = 400;
const AHEAD = 4000; // frames that are fetched before anybody asks for them
const MOST = 20000; // frames that are kept

export function player(source, onchange) {
  let run = source.number();
  let state = null;
  state = empty(null);
  let timer = null;
  let wanted = null; // the frame that is waited for
  let asked = 0; // how often somebody asked for a frame
  let due = 0; // frames that are owed since the last picture, as a fraction

  function empty(spec) {
    return { spec, frames: [], done: false, why: null, at: 0, playing: false, unit: state?.unit ?? "example", speed: state?.speed ?? 4, error: null };
  }

  const told = () => onchange(state);

  /** Fetch until frame k is there; replies to an older run are dropped. */
  let fetching = null;
  async function ensure(k) {
    while (state.spec && !state.done && state.frames.length <= k && state.frames.length < MOST) {
      const [mine, cursor] = [run, state.frames.length];
      if (!fetching || fetching.run !== mine || fetching.cursor !== cursor)
        fetching = { run: mine, cursor, promise: source.train(mine, state.spec, cursor, CHUNK) };
      let reply;
      try {
        reply = await fetching.promise;
      } catch (error) {
        if (mine !== run) return;
        fetching = null;
        state.error = error.message;
        state.playing = false;
        told();
        return;
      }
      if (mine !== run) return;
      if (state.frames.length !== reply.cursor) continue;
      state.frames.push(...reply.frames);
      state.done = reply.done || (reply.frames.length === 0 && reply.why !== null);
      state.why = reply.why;
      state.error = null;
      if (state.frames.length >= MOST) {
        state.done = true;
        state.why ??= `the page keeps ${MOST.toLocaleString("en")} frames; look at epochs, or take fewer`;
      }
      told();
    }
  }

  /** Begin a training; what the old one still sends no longer counts. */
  async function load(spec, at = 0) {
    run = source.number();
    pause();
    state = empty(spec);
    wanted = null;
    fetching = null;
    told();
    const before = asked;
    await ensure(Math.max(at, 1));
    if (state.spec !== spec) return;
    if (asked === before) go(at);
    ensure(AHEAD);
  }

  /** Show frame k, or the nearest there is; of several calls that wait for frames, the last one counts. */
  async function go(k) {
    const mine = run;
    wanted = k;
    asked += 1;
    if (k >= state.frames.length) await ensure(k);
    if (mine !== run || wanted !== k || state.frames.length === 0) return;
    wanted = null;
    state.at = Math.max(0, Math.min(k, state.frames.length - 1));
    if (!state.done && state.at > state.frames.length - CHUNK / 2) ensure(state.frames.length);
    told();
  }

  /** The frame that lies n units away. */
  function away(n) {
    if (state.unit === "example") return Math.max(0, (wanted ?? state.at) + n);
    let k = state.at;
    for (let left = Math.abs(n); left > 0; left -= 1) {
      k += Math.sign(n);
      while (k > 0 && k < state.frames.length && !state.frames[k].ends) k += Math.sign(n);
    }
    return k;
  }

  async function step(n) {
    if (state.unit !== "example" && n > 0) await ensure(Math.min(away(n), state.frames.length + CHUNK));
    return go(away(n));
  }

  const still = typeof matchMedia === "function" ? matchMedia("(prefers-reduced-motion: reduce)") : { matches: false };

  function play() {
    if (state.playing) return;
    if (state.done && state.at >= state.frames.length - 1) state.at = 0;
    state.playing = true;
    let before = performance.now();
    const tick = (now) => {
      if (!state.playing) return;
      due += ((now - before) / 1000) * state.speed;
      before = now;
      if (due >= 1 && (!still.matches || due >= state.speed)) {
        // with less motion the picture jumps once a second, just as far
        const target = away(Math.floor(due));
        due -= Math.floor(due);
        const last = state.frames.length - 1;
        if (target >= last && state.done) {
          go(last);
          pause();
          return;
        }
        go(Math.min(target, last));
        if (target > last) ensure(target);
      }
      timer = requestAnimationFrame(tick);
    };
    due = 1;
    timer = requestAnimationFrame(tick);
    told();
  }

  function pause() {
    if (timer !== null) cancelAnimationFrame(timer);
    timer = null;
    if (!state.playing) return;
    state.playing = false;
    told();
  }

  return {
    get state() {
      return state;
    },
    get frame() {
      return state.frames[state.at] ?? null;
    },
    /** The frame that is shown, or the one that is waited for. */
    get goal() {
      return wanted ?? state.at;
    },
    load,
    go,
    step,
    play,
    pause,
    toggle: () => (state.playing ? pause() : play()),
    async end() {
      const mine = run;
      await ensure(MOST);
      if (mine === run) go(state.frames.length - 1);
    },
    unit(unit) {
      state.unit = unit;
      told();
    },
    speed(speed) {
      state.speed = speed;
      told();
    },
    /** Forget the training; what is still on its way no longer counts. */
    clear() {
      pause();
      run = source.number();
      state = empty(null);
    },
  };
}
