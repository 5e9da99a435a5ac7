// NumPy's random numbers, bit for bit, so that a seed gives a live file the orders and first weights that it gives Python:
// the seed is stirred (SeedSequence), and PCG64 draws from it (O'Neill 2014, output XSL-RR).

const [B32, B64, B128] = [32n, 64n, 128n].map((bits) => (1n << bits) - 1n);
const MULTIPLIER = 0x2360ed051fc65da44385df649fccf645n;

/** Stir a seed below 2^64 into four words of 64 bits. */
function stirred(seed) {
  const words = seed > 0xffffffff ? [seed % 2 ** 32, Math.floor(seed / 2 ** 32)] : [seed];
  let stir = 0x43b0d7e5;
  const hash = (value) => {
    value ^= stir;
    stir = Math.imul(stir, 0x931e8875);
    value = Math.imul(value, stir);
    return (value ^ (value >>> 16)) >>> 0;
  };
  const mix = (x, y) => {
    const value = Math.imul(x, 0xca01f9dd) - Math.imul(y, 0x4973f715);
    return (value ^ (value >>> 16)) >>> 0;
  };
  const pool = [0, 1, 2, 3].map((i) => hash(words[i] ?? 0));
  for (let from = 0; from < 4; from += 1) {
    for (let to = 0; to < 4; to += 1) if (from !== to) pool[to] = mix(pool[to], hash(pool[from]));
  }
  let spread = 0x8b51f9dd;
  const out = Array.from({ length: 8 }, (_, i) => {
    let value = pool[i % 4] ^ spread;
    spread = Math.imul(spread, 0x58f38ded);
    value = Math.imul(value, spread);
    return BigInt((value ^ (value >>> 16)) >>> 0);
  });
  return [0, 2, 4, 6].map((i) => out[i] | (out[i + 1] << 32n));
}

/** A generator with this seed, as numpy.random.default_rng(seed) is. */
export function generator(seed) {
  const [high, low, first, second] = stirred(seed);
  const increment = ((((first << 64n) | second) << 1n) | 1n) & B128;
  const step = (state) => (state * MULTIPLIER + increment) & B128;
  const start = step((step(0n) + ((high << 64n) | low)) & B128);
  let [state, half] = [start, null];

  function next64() {
    state = step(state);
    const [word, turn] = [(state >> 64n) ^ (state & B64), state >> 122n];
    return ((word & B64) >> turn) | ((word << (64n - turn)) & B64);
  }

  function next32() {
    if (half !== null) {
      const kept = half;
      half = null;
      return kept;
    }
    const word = next64();
    half = word >> 32n;
    return word & B32;
  }

  /** A place from 0 to `most`: bits are drawn until they are none too many. */
  function place(most) {
    const mask = 2 ** (32 - Math.clz32(most)) - 1;
    for (;;) {
      const found = Number(next32() & BigInt(mask));
      if (found <= most) return found;
    }
  }

  /** A whole number from 0 to `most`, by Lemire's method (2019). */
  function upTo(most) {
    if (most === 0) return 0;
    const count = BigInt(most) + 1n;
    let product = next32() * count;
    if ((product & B32) < count) {
      const least = (B32 - BigInt(most)) % count;
      while ((product & B32) < least) product = next32() * count;
    }
    return Number(product >> 32n);
  }

  return {
    /** Begin anew, `by` draws after the seed; `by` is a BigInt. */
    advance(by) {
      let [multiplier, plus, allMultiplier, allPlus] = [MULTIPLIER, increment, 1n, 0n];
      for (let left = by & B128; left > 0n; left >>= 1n) {
        if (left & 1n) [allMultiplier, allPlus] = [(allMultiplier * multiplier) & B128, (allPlus * multiplier + plus) & B128];
        [multiplier, plus] = [(multiplier * multiplier) & B128, ((multiplier + 1n) * plus) & B128];
      }
      [state, half] = [(allMultiplier * start + allPlus) & B128, null];
    },
    upTo,
    uniform: (low, high) => low + (high - low) * (Number(next64() >> 11n) / 2 ** 53),
    /** A list in random order; the list itself stays as it is. */
    permutation(list) {
      const out = list.slice();
      for (let i = out.length - 1; i > 0; i -= 1) {
        const j = place(i);
        [out[i], out[j]] = [out[j], out[i]];
      }
      return out;
    },
  };
}
