// Can one neuron tell two classes of at most two inputs apart? Exactly: numbers are fractions, as they stand on the page.
//
// It can if and only if the hulls of the two classes do not meet. In the plane they meet in a corner, in a corner on an edge,
// where two edges cross, or in a corner inside a triangle; else the shortest way between them is a corner's to a corner
// or to an edge, and the neuron stands across it.

const abs = (a) => (a < 0n ? -a : a);
const gcd = (a, b) => (b === 0n ? abs(a) : gcd(b, a % b));
const minus = (p, q) => [p[0] - q[0], p[1] - q[1]];
const cross = (p, q) => p[0] * q[1] - p[1] * q[0];
const dot = (p, q) => p[0] * q[0] + p[1] * q[1];
const pairs = (list) => list.flatMap((a, i) => list.slice(i + 1).map((b) => [a, b]));

/** The numbers of a table as whole multiples of one power of ten: [points of two coordinates, that power]. */
function whole(X) {
  const parts = X.map((x) => [x[0], x[1] ?? 0].map((value) => {
    const [mantissa, power = "0"] = String(value).split("e");
    const [ahead, behind = ""] = mantissa.split(".");
    return [BigInt(ahead + behind), Number(power) - behind.length];
  }));
  const least = Math.min(0, ...parts.flat().map(([, power]) => power));
  return [parts.map((x) => x.map(([digits, power]) => digits * 10n ** BigInt(power - least))), 10n ** BigInt(-least)];
}

/** How a point is a mean of others, as positive whole weights, or null. */
function mixture(p, [a, b, c]) {
  if (!b) return a[0] === p[0] && a[1] === p[1] ? [1n] : null;
  if (!c) {
    const [along, out] = [minus(b, a), minus(p, a)];
    const part = dot(out, along);
    return cross(along, out) === 0n && part > 0n && part < dot(along, along) ? [dot(along, along) - part, part] : null;
  }
  const areas = [[b, c], [c, a], [a, b]].map(([q, r]) => cross(minus(q, p), minus(r, p)));
  return areas.every((area) => area > 0n) || areas.every((area) => area < 0n) ? areas.map(abs) : null;
}

/** Where two edges cross: weights of the ends of each, or null. */
function crossing([a, b], [c, d]) {
  const [one, other, gap] = [minus(b, a), minus(d, c), minus(c, a)];
  const all = cross(one, other);
  if (all === 0n) return null;
  const [s, t] = [cross(gap, other), cross(gap, one)].map((part) => (all < 0n ? -part : part));
  const most = abs(all);
  return s > 0n && s < most && t > 0n && t < most ? [[most - s, s], [most - t, t]] : null;
}

/** Rows of both classes with weights, whose means are one point: [[[row, weight], ...], the same of the other], or null. */
function meeting(points, classes) {
  const corners = (rows) => [...rows.map((i) => [i]), ...pairs(rows), ...rows.flatMap((i, t) => pairs(rows.slice(t + 1)).map((two) => [i, ...two]))];
  const weighed = (rows, weights) => rows.map((row, t) => [row, weights[t]]);
  for (const [mine, theirs] of [[0, 1], [1, 0]]) {
    for (const i of classes[mine]) {
      for (const rows of corners(classes[theirs])) {
        const weights = mixture(points[i], rows.map((row) => points[row]));
        if (!weights) continue;
        const both = [[[i, weights.reduce((a, b) => a + b)]], weighed(rows, weights)];
        return mine === 0 ? both : both.reverse();
      }
    }
  }
  for (const one of pairs(classes[0])) {
    for (const other of pairs(classes[1])) {
      const weights = crossing(one.map((i) => points[i]), other.map((i) => points[i]));
      if (weights) return [weighed(one, weights[0]), weighed(other, weights[1])];
    }
  }
  return null;
}

/** The shortest way from class 0 to class 1: w, twice a point in its middle times `parts`, and the rows at its ends. */
function shortest(points, classes) {
  let best = null;
  const consider = (from, to, parts, rows, turned) => {
    const w = turned ? minus(from, to) : minus(to, from); // both ends are times `parts`
    const [square, unit] = [dot(w, w), parts * parts];
    if (!best || square * best.unit < best.square * unit) best = { w, middle: [from[0] + to[0], from[1] + to[1]], parts, square, unit, rows };
  };
  for (const i of classes[0]) for (const j of classes[1]) consider(points[i], points[j], 1n, [i, j], false);
  for (const [mine, theirs] of [[0, 1], [1, 0]]) {
    for (const [i, j] of pairs(classes[theirs])) {
      const along = minus(points[j], points[i]);
      const all = dot(along, along);
      for (const k of classes[mine]) {
        const part = dot(minus(points[k], points[i]), along);
        if (all === 0n || part <= 0n || part >= all) continue;
        const foot = points[i].map((value, d) => value * all + part * along[d]);
        consider(points[k].map((value) => value * all), foot, all, [k, i, j], mine === 1);
      }
    }
  }
  return best;
}

/** The verdict on some rows, with a neuron and its street, or the rows on both sides that have one mean. */
export function decide(X, y) {
  const [points, tens] = whole(X);
  const classes = [0, 1].map((k) => X.map((_, i) => i).filter((i) => y[i] === k));
  const none = { separable: true, neuron: null, street: null, certificate: null, checked: true };
  if (classes.some((rows) => rows.length === 0)) {
    const text = "Every row is of one class, so a neuron has all of them right by its bias alone.";
    return { ...none, text, neuron: { w: X[0].map(() => 0), b: y[0] ? 0 : -1 } };
  }
  const met = meeting(points, classes);
  if (met) return { ...none, separable: false, certificate: certificate(met, points, tens, X), text: refusal(met) };
  const { w, middle, parts, rows, square, unit } = shortest(points, classes);
  // In numbers of the page: w · x + b = 0 with w / (parts · tens), and b from the middle.
  const scale = Number(parts) * Number(tens);
  const weights = w.map((value) => Number(value) / scale).slice(0, X[0].length);
  const b = -Number(dot(w, middle)) / (2 * scale * scale);
  const width = Math.sqrt(Number(square) / Number(unit)) / Number(tens);
  return {
    ...none,
    text: `One neuron can have every row right: the street between the classes is ${Number(width.toPrecision(4))} wide.`,
    neuron: { w: weights, b },
    street: { rows, width, w: weights, b, widest: true },
  };
}

function certificate(met, points, tens, X) {
  const shared = met.flat().reduce((a, [, weight]) => gcd(a, weight), 0n);
  const sides = met.map((side) => side.map(([row, weight]) => [row, weight / shared]));
  const total = sides[0].reduce((sum, [, weight]) => sum + weight, 0n);
  const point = X[0].map((_, d) => sides[0].reduce((sum, [row, weight]) => sum + weight * points[row][d], 0n));
  const exact = point.map((value) => {
    const [over, under] = [value, total * tens];
    const common = gcd(over, under);
    return under === common ? `${over / common}` : `${over / common}/${under / common}`;
  });
  const written = (side) => side.map(([row, weight]) => `${weight}·(${X[row].join(",")})`).join(" + ");
  const plain = (weight) => (weight <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(weight) : String(weight));
  return {
    left: sides[0].map(([row, weight]) => [row, plain(weight)]),
    right: sides[1].map(([row, weight]) => [row, plain(weight)]),
    point: point.map((value) => Number(value) / Number(total * tens)),
    exact,
    equation: `${written(sides[0])} = ${written(sides[1])}`,
  };
}

function refusal([left, right]) {
  const rows = (side) => `row${side.length > 1 ? "s" : ""} ${side.map(([row]) => row + 1).join(", ")}`;
  return `No neuron can have every row right: a mean of ${rows(left)} is a mean of ${rows(right)}, so no line has the one class on one side and the other on the other.`;
}
