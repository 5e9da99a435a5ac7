// The page as a file: what it shows, and what it was told of it, stands in the file itself.

import { local } from "./local.js";
import { page } from "./main.js";

const root = document.getElementById("glassneuron");
const data = JSON.parse(document.getElementById("glassneuron-data").textContent);
const source = local(data);
page(root, source, { state: data.state }).then((made) => {
  root.page = made;
  root.source = source;
});
