/** The speed of counting a list of layers. */
import { createReadStream, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sweepToFile } from "../dist/index.js";
import { writeBatches } from "../dist/run/files/write.js";
import { countListRows } from "../dist/run/list/list.js";
import { fileSink } from "../dist/sink/file.js";
import { check, medianSeconds, millions, type Section } from "./harness.js";

const AXES = {
  in_channels: [64, 128],
  out_channels: [32, 64],
  kernel_size: "2..51",
  stride: "1..10",
  l_in: "1..500",
  groups: [1, 2],
  bias: [true, false],
};

export async function list(): Promise<Section> {
  const file = (name: string) => join(tmpdir(), `upsweep-bench-${process.pid}-${name}.csv`);
  const count = async (workers: number) =>
    writeBatches(
      countListRows(createReadStream(file("list"), { highWaterMark: 1 << 20 }), "list", {
        workers,
      }),
      new Uint8Array(0),
      await fileSink(file("out"), { mayReplace: true }),
    );
  try {
    const { rows } = await sweepToFile({ axes: AXES }, file("swept"));
    const swept = readFileSync(file("swept"), "latin1");
    writeFileSync(file("list"), swept.replace(/^((?:[^,\n]*,){10}[^,\n]*).*$/gm, "$1"));
    await count(2);
    check(readFileSync(file("out"), "latin1") === swept, "the list's rows are the sweep's rows");
    const contenders = [1, 2].map((workers) => ({
      name: `${workers} worker${workers === 1 ? "" : "s"}`,
      run: async () => count(workers),
    }));
    const seconds = await medianSeconds(contenders, { seconds: 0, iterations: 5 });
    return {
      title: "A list of layers",
      says: [
        `${rows.toLocaleString("en-US")} rows of eleven columns, read from a file, counted and`,
        "written to another; median of 5.",
      ].join(" "),
      head: ["", "time", "rows"],
      rows: contenders.map(({ name }) => [
        name,
        `${(seconds.get(name) as number).toFixed(2)} s`,
        millions(Number(rows) / (seconds.get(name) as number)),
      ]),
    };
  } finally {
    for (const name of ["swept", "list", "out"]) rmSync(file(name), { force: true });
  }
}
