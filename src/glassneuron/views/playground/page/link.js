// The whole state of the page in the part of its address behind #, compressed: at most 8 kB.

const LONGEST = 8192;

/** Text for the address, or null where it would be too long. */
export async function packed(state) {
  const bytes = await through(new CompressionStream("deflate-raw"), new TextEncoder().encode(JSON.stringify(state)));
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  const link = btoa(text).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
  return link.length <= LONGEST ? link : null;
}

/** The state that such a text stands for, or null where it is none. */
export async function unpacked(link) {
  if (!link || link.length > LONGEST) return null;
  try {
    const bytes = Uint8Array.from(atob(link.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
    const text = new TextDecoder().decode(await through(new DecompressionStream("deflate-raw"), bytes, 1 << 20));
    const state = JSON.parse(text);
    return typeof state === "object" ? state : null;
  } catch {
    return null;
  }
}

async function through(stream, bytes, most = Infinity) {
  const writer = stream.writable.getWriter();
  writer.write(bytes).catch(() => {});
  writer.close().catch(() => {});
  const [parts, reader] = [[], stream.readable.getReader()];
  let size = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    size += value.length;
    if (size > most) throw new Error("too long");
    parts.push(value);
  }
  const whole = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
