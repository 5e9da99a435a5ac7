// What the textbook asks of NumPy, in JavaScript. A row is a Float64Array (or a list of numbers), a table a list of rows
// of one length; a part of a typed row is a view of it. A sparse row is the pair [columns, values].

const isRow = (a) => ArrayBuffer.isView(a) || (Array.isArray(a) && a.length > 0 && typeof a[0] !== "object");
const isTable = (a) => Array.isArray(a) && !isRow(a);
const isTuple = (x) => Array.isArray(x) && typeof x[0] === "object";
const slice = (a, start, stop) => (ArrayBuffer.isView(a) ? a.subarray(start, stop) : a.slice(start, stop));
const mod = (a, b) => (a % b !== 0 && a % b < 0 !== b < 0 ? (a % b) + b : a % b); // with the sign of b, as in Python
const max = (a, b) => (b > a ? b : a); // as in Python, where a NaN that comes second is not chosen
const min = (a, b) => (b < a ? b : a);

/** Compute with whole arrays: a row goes with each row of a table, a column with each of its columns. */
function elementwise(f) {
  return function apply(...parts) {
    const tables = parts.filter(isTable);
    if (tables.length > 0) {
      const n = tables[0].length;
      if (tables.some((table) => table.length !== n)) throw new RangeError("tables of different heights");
      return tables[0].map((_, i) => apply(...parts.map((part) => (isTable(part) ? part[i] : part))));
    }
    const rows = parts.filter(isRow);
    if (rows.length === 0) return f(...parts.map(Number));
    const n = Math.max(...rows.map((row) => row.length));
    if (rows.some((row) => row.length !== n && row.length !== 1)) throw new RangeError("rows of different lengths");
    const cell = (part, j) => Number(isRow(part) ? part[part.length === 1 ? 0 : j] : part);
    return Float64Array.from({ length: n }, (_, j) => f(...parts.map((part) => cell(part, j))));
  };
}

/** Turn each row of a table into one number; with keepdims, into a row of one number. */
function overRows(f) {
  return (table, { axis, keepdims = false }) => {
    if (axis !== 1) throw new RangeError("only along axis 1");
    return keepdims ? table.map((row) => Float64Array.of(f(row))) : Float64Array.from(table, f);
  };
}

const np = {
  add: elementwise((a, b) => a + b),
  subtract: elementwise((a, b) => a - b),
  multiply: elementwise((a, b) => a * b),
  divide: elementwise((a, b) => a / b),
  equal: elementwise((a, b) => Number(a === b)),
  not_equal: elementwise((a, b) => Number(a !== b)),
  greater: elementwise((a, b) => Number(a > b)),
  greater_equal: elementwise((a, b) => Number(a >= b)),
  less: elementwise((a, b) => Number(a < b)),
  less_equal: elementwise((a, b) => Number(a <= b)),
  maximum: elementwise((a, b) => Math.max(a, b)),
  minimum: elementwise((a, b) => Math.min(a, b)),
  negative: elementwise((a) => -a),
  abs: elementwise(Math.abs),
  exp: elementwise(Math.exp),
  log: elementwise(Math.log),
  log1p: elementwise(Math.log1p),
  sqrt: elementwise(Math.sqrt),
  tanh: elementwise(Math.tanh),
  where: elementwise((condition, yes, no) => (condition ? yes : no)),

  sum: overRows((row) => row.reduce((total, value) => total + value, 0)),
  max: overRows((row) => row.reduce((a, b) => Math.max(a, b))),
  argmax: overRows((row) => row.reduce((best, value, k) => (value > row[best] ? k : best), 0)),

  empty: (n) => new Float64Array(n),
  zeros: (n) => new Float64Array(n),
  arange: (n) => Float64Array.from({ length: n }, (_, i) => i),
  zeros_like: elementwise(() => 0),
  copy: (a) => (isTable(a) ? a.map((row) => row.slice()) : a.slice()),
  copyto: (a, values) => a.forEach((part, i) => (isRow(part) ? part.set(values[i]) : (a[i] = values[i]))),
  fill: (a, value) => (isTable(a) ? a.forEach((row) => row.fill(value)) : a.fill(value)),
  size: (a) => (isTable(a) ? a.length * np.width(a) : a.length),
  width: (table) => (table.length > 0 ? table[0].length : 0), // shape[1]; of a table without rows nobody asks
  column: (row) => Array.from(row, (value) => Float64Array.of(value)),
  take: (table, rows, columns) => Float64Array.from(rows, (i, t) => table[i][columns[t]]),
  put: (table, rows, columns, values) => {
    for (let t = 0; t < rows.length; t++) table[rows[t]][columns[t]] = typeof values === "object" ? values[t] : values;
  },
  reshape: (row, n, width) => {
    if (!ArrayBuffer.isView(row)) throw new TypeError("only a typed row can be viewed as a table");
    if (row.length !== n * width) throw new RangeError(`${row.length} numbers are no table of ${n} x ${width}`);
    return Array.from({ length: n }, (_, i) => row.subarray(i * width, (i + 1) * width));
  },
  transpose: (table) => Array.from({ length: np.width(table) }, (_, j) => Float64Array.from(table, (row) => row[j])),
  dot: (A, B, out) => {
    const C = out ?? Array.from(A, () => new Float64Array(np.width(B)));
    for (let i = 0; i < A.length; i++) {
      C[i].fill(0);
      for (let j = 0; j < B.length; j++) {
        for (let k = 0; k < C[i].length; k++) C[i][k] += A[i][j] * B[j][k];
      }
    }
    return C;
  },
};
