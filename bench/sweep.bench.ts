/** The speed of a complete sweep, and of other tools that write the same CSV. */
import { closeSync, openSync, readFileSync, rmSync, statSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { DuckDBInstance } from "@duckdb/node-api";
import { plan, sweepToFile } from "../dist/index.js";
import {
  check,
  differenceQuery,
  medianSeconds,
  millions,
  pairedSpeedUp,
  type Section,
} from "./harness.js";

const VOCODER = fileURLToPath(new URL("../examples/vocoder.yaml", import.meta.url));
const RUNS = { seconds: 0, iterations: 5 };

export async function vocoder(): Promise<Section> {
  const file = join(tmpdir(), `upsweep-bench-${process.pid}.csv`);
  try {
    const two = await sweepToFile(VOCODER, file, { workers: 2 });
    const bytes = readFileSync(file);
    await sweepToFile(VOCODER, file, { workers: 1 });
    check(readFileSync(file).equals(bytes), "1 and 2 workers give the same bytes");
    const contenders = [
      {
        name: "1 worker, to /dev/null",
        run: async () => sweepToFile(VOCODER, "/dev/null", { workers: 1 }),
      },
      {
        name: "2 workers, to /dev/null",
        run: async () => sweepToFile(VOCODER, "/dev/null", { workers: 2 }),
      },
      { name: "1 worker, to a file", run: async () => sweepToFile(VOCODER, file, { workers: 1 }) },
      { name: "2 workers, to a file", run: async () => sweepToFile(VOCODER, file, { workers: 2 }) },
    ];
    const seconds = await medianSeconds(contenders, RUNS);
    const rows = contenders.map(({ name }) => {
      const s = seconds.get(name) as number;
      return [
        name,
        `${s.toFixed(2)} s`,
        millions(Number(two.rows) / s),
        `${(two.bytes / s / 1e9).toFixed(2)} GB/s`,
      ];
    });
    return {
      title: "Sweep of examples/vocoder.yaml",
      says: [
        `${two.rows.toLocaleString("en-US")} rows, ${(two.bytes / 1e6).toFixed(0)} MB, including`,
        "the start of the threads; median of 5.",
      ].join(" "),
      head: ["", "time", "rows", "CSV"],
      rows,
    };
  } finally {
    rmSync(file, { force: true });
  }
}

export type Grid = Readonly<
  Record<
    "batch_size" | "in_channels" | "out_channels" | "kernel_size" | "stride" | "l_in",
    readonly number[]
  >
> & {
  readonly bias: readonly boolean[];
};

/**
 * A grid whose counts SQL and JavaScript numbers can compute: nothing is cropped or dilated, and
 * all counts are below 2^53.
 */
export const GRID: Grid = {
  batch_size: [1, 2, 4, 8],
  in_channels: [32, 64, 128, 256, 512],
  out_channels: [16, 32, 64, 128, 256],
  kernel_size: Array.from({ length: 30 }, (_, i) => i + 2),
  stride: Array.from({ length: 12 }, (_, i) => i + 1),
  bias: [true, false],
  l_in: Array.from({ length: 32 }, (_, i) => 8 * (i + 1)),
};

/**
 * Five times as many rows. The start of our threads is then a small part of the time; the threads
 * of DuckDB are already running.
 */
const LARGER_GRID: Grid = { ...GRID, batch_size: Array.from({ length: 20 }, (_, i) => i + 1) };

/**
 * Our sweep against DuckDB, which writes the same rows, to /dev/null: the seconds of both, and the
 * median ratio over alternating pairs of runs. The size of the output is compared first.
 */
export async function duckdbRatio(): Promise<{ ours: number; theirs: number; ratio: number }> {
  const file = (name: string) => join(tmpdir(), `upsweep-bench-${process.pid}-${name}.csv`);
  const instance = await DuckDBInstance.create(":memory:", { threads: "2" });
  const connection = await instance.connect();
  try {
    await connection.run(copyStatement(GRID, file("sql")));
    await sweepToFile({ axes: GRID }, file("ours"), { workers: 2 });
    check(
      statSync(file("sql")).size === statSync(file("ours")).size,
      "DuckDB writes as many bytes",
    );
    const { ratio, seconds } = await pairedSpeedUp(
      async () => connection.run(copyStatement(LARGER_GRID, "/dev/null")),
      async () => sweepToFile({ axes: LARGER_GRID }, "/dev/null", { workers: 2 }),
      5,
    );
    return { theirs: seconds[0], ours: seconds[1], ratio };
  } finally {
    connection.closeSync();
    instance.closeSync();
    for (const name of ["ours", "sql"]) rmSync(file(name), { force: true });
  }
}

export async function baselines(): Promise<Section> {
  const file = (name: string) => join(tmpdir(), `upsweep-bench-${process.pid}-${name}.csv`);
  const instance = await DuckDBInstance.create(":memory:", { threads: "2" });
  const connection = await instance.connect();
  try {
    const ours = async () => sweepToFile({ axes: GRID }, file("ours"), { workers: 2 });
    const strings = () => templateStrings(file("strings"));
    const sql = async () => connection.run(copyStatement(GRID, file("sql")));
    const { rows } = await ours();
    strings();
    await sql();
    check(
      readFileSync(file("ours")).equals(readFileSync(file("strings"))),
      "template strings give the same bytes",
    );
    const differing = await connection.runAndReadAll(differenceQuery(file("ours"), file("sql")));
    check(differing.getRows()[0]?.[0] === 0n, "DuckDB gives the same rows");
    check(
      statSync(file("sql")).size === statSync(file("ours")).size,
      "DuckDB writes as many bytes",
    );
    const contenders = [
      { name: "upsweep, 2 workers", run: ours },
      { name: "DuckDB, 2 threads, COPY of a cross join", run: sql },
      { name: "JavaScript, one template string per row", run: strings },
    ];
    const seconds = await medianSeconds(contenders, RUNS);
    const fastest = seconds.get("upsweep, 2 workers") as number;
    return {
      title: "The same rows from other tools",
      says: [
        `${rows.toLocaleString("en-US")} rows to a file, six result columns. Nothing is cropped or`,
        "dilated, so that SQL can compute the counts. All three write the same rows, which is",
        "checked; median of 5. DuckDB need not keep the order.",
      ].join(" "),
      head: ["", "time", "rows", "times ours"],
      rows: contenders.map(({ name }) => {
        const s = seconds.get(name) as number;
        return [name, `${s.toFixed(2)} s`, millions(Number(rows) / s), (s / fastest).toFixed(2)];
      }),
    };
  } finally {
    connection.closeSync();
    instance.closeSync();
    for (const name of ["ours", "sql", "strings"]) rmSync(file(name), { force: true });
  }
}

/** Without cropping and dilation: taps = L·K, overlaps = (L - 1)·max(0, K - s). */
function templateStrings(path: string): void {
  const fd = openSync(path, "w");
  let text = `${plan({ axes: GRID }).columns.join(",")}\n`;
  for (const N of GRID.batch_size)
    for (const I of GRID.in_channels)
      for (const O of GRID.out_channels)
        for (const K of GRID.kernel_size)
          for (const s of GRID.stride)
            for (const b of GRID.bias) {
              for (const L of GRID.l_in) {
                const lOut = (L - 1) * s + K;
                const taps = L * K;
                const covered = taps - (L - 1) * Math.max(0, K - s);
                const perFilter = taps - lOut;
                const macs = N * I * O * taps;
                const ops = N * (I * O * (lOut * K + perFilter) + O * lOut * (I - 1 + Number(b)));
                const additions = b ? macs : macs - N * O * covered;
                const params = I * O * K + Number(b) * O;
                text += `${N},${I},${O},${L},${K},${s},0,0,1,1,${b},`;
                text += `${lOut},${perFilter},${ops},${macs},${additions},${params}\n`;
              }
              if (text.length > 1 << 20) {
                writeSync(fd, text);
                text = "";
              }
            }
  writeSync(fd, text);
  closeSync(fd);
}

/** SQL that writes the rows of a grid to a file. */
export function copyStatement(grid: Grid, path: string, options = "HEADER"): string {
  const table = (name: keyof Grid) => `(SELECT unnest([${grid[name].join(",")}]) AS ${name})`;
  const axes = Object.keys(grid) as (keyof Grid)[];
  const columns = axes.map((name) =>
    name === "bias" ? "bias, bias::BIGINT AS b" : `${name}::BIGINT AS ${name}`,
  );
  return `COPY (
    SELECT batch_size, in_channels, out_channels, l_in, kernel_size, stride,
      0 AS padding, 0 AS output_padding, 1 AS dilation, 1 AS groups, bias,
      l_out, taps - l_out AS additions_per_filter,
      batch_size * (in_channels * out_channels * (l_out * kernel_size + taps - l_out)
        + out_channels * l_out * (in_channels - 1 + b)) AS ops,
      batch_size * in_channels * out_channels * taps AS macs,
      batch_size * in_channels * out_channels * taps
        - (1 - b) * batch_size * out_channels
        * (taps - (l_in - 1) * greatest(0, kernel_size - stride)) AS additions,
      in_channels * out_channels * kernel_size + b * out_channels AS params
    FROM (
      SELECT ${columns.join(", ")},
        ((l_in - 1) * stride + kernel_size)::BIGINT AS l_out, (l_in * kernel_size)::BIGINT AS taps
      FROM ${axes.map(table).join(" CROSS JOIN ")}
    )
  ) TO '${path}' (${options})`;
}
