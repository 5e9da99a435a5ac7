// The page as the server gives it: one source, one page.

import { page } from "./main.js";
import { server } from "./server.js";

const token = new URLSearchParams(location.search).get("token") ?? "";
const source = server(new URL(".", location.href), token, (status) => document.dispatchEvent(new CustomEvent("gn-socket", { detail: status })));
page(document.getElementById("glassneuron"), source, { address: true }).then((shown) => {
  document.addEventListener("gn-socket", ({ detail }) => shown.status(detail));
});
