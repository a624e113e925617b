/** `npm run bench`: every bench, one after the other; with --save the results go to bench/RESULTS.md. */
import { writeFileSync } from "node:fs";
import { machine, markdown } from "./harness.js";
import { list } from "./list.bench.js";
import { overlap } from "./overlap.bench.js";
import { filtering, innermost, sparse } from "./space.bench.js";
import { baselines, vocoder } from "./sweep.bench.js";

const parts = ["# Results", "", `${machine()}. Written by \`npm run bench -- --save\`; ratios within one run say more than single figures.`];
for (const bench of [overlap, vocoder, baselines, sparse, innermost, filtering, list]) {
  const text = markdown(await bench());
  console.log(`${text}\n`);
  parts.push("", text);
}
if (process.argv.includes("--save")) writeFileSync(new URL("../bench/RESULTS.md", import.meta.url), `${parts.join("\n")}\n`);
