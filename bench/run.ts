/**
 * `npm run bench`: runs the bars first, then the more detailed benches. --json prints only the
 * bars, as JSON. --save writes all results to bench/RESULTS.md, before the part that is written
 * by hand.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { bars } from "./bars.bench.js";
import { columns } from "./columns.bench.js";
import { type Bar, machine, markdown, type Section } from "./harness.js";
import { list } from "./list.bench.js";
import { overlap } from "./overlap.bench.js";
import { filtering, innermost, sparse } from "./space.bench.js";
import { baselines, vocoder } from "./sweep.bench.js";

const RESULTS = new URL("../bench/RESULTS.md", import.meta.url);
/** The text after this marker is written by hand, and is kept. */
const BY_HAND = "<!-- by hand from here on -->";

const found = await bars();
if (process.argv.includes("--json")) {
  console.log(JSON.stringify({ machine: machine(), bars: found }, null, 2));
} else {
  const parts = [
    "# Results",
    "",
    [
      `${machine()}. Written by \`npm run bench -- --save\`.`,
      "Ratios within one run are more reliable than single figures.",
    ].join(" "),
  ];
  parts.push("", markdown(tableOf(found)));
  console.log(`${parts.at(-1)}\n`);
  for (const bench of [overlap, vocoder, columns, baselines, sparse, innermost, filtering, list]) {
    const text = markdown(await bench());
    console.log(`${text}\n`);
    parts.push("", text);
  }
  if (process.argv.includes("--save")) {
    const [, byHand = ""] = readFileSync(RESULTS, "utf8").split(BY_HAND);
    writeFileSync(RESULTS, `${parts.join("\n")}\n\n${BY_HAND}${byHand}`);
  }
}

function tableOf(all: readonly Bar[]): Section {
  const verdict = ({ met }: Bar) =>
    met === undefined ? "not measured" : met ? "met" : "**not met**";
  return {
    title: "The bars",
    says: [
      "Medians. Figures in one row were measured alternately, in one session, after their",
      "contents had been compared.",
    ].join(" "),
    head: ["what", "ours", "theirs", "ratio", "bar", ""],
    rows: all.map((bar) => [
      bar.what,
      bar.ours,
      bar.theirs,
      bar.ratio?.toFixed(2) ?? "",
      bar.bar,
      verdict(bar),
    ]),
  };
}
