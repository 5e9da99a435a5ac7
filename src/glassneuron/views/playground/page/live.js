// The page as a file: what it shows and what it was told of it stand in the file itself.

import { local } from "./local.js";
import { page } from "./main.js";

const data = JSON.parse(document.getElementById("glassneuron-data").textContent);
page(document.getElementById("glassneuron"), local(data), { state: data.state });
