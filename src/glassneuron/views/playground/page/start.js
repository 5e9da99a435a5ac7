// The page as the server gives it: one source, one page.

import { page } from "./main.js";
import { server } from "./server.js";

const root = document.getElementById("glassneuron");
const asked = new URLSearchParams(location.search);
const token = asked.get("token") ?? "";
let shown = null;
const source = server(new URL(".", location.href), token, (status) => shown?.status(status));
source.first = asked.get("lesson");
page(root, source, { address: true }).then((made) => {
  shown = made;
  root.page = made; // for whoever looks from outside: a console, a test
  root.source = source;
});
