/**
 * Whether the cost of a design space depends on the rows that remain, not on its size; and the cost
 * of filtering afterwards.
 */
import { closeSync, openSync, readFileSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { plan, type SpecInput, sweepToFile } from "../dist/index.js";
import { planSweep } from "../dist/plan/plan.js";
import { sweepOnThreads } from "../dist/run/threads.js";
import { specFrom } from "../dist/spec/read.js";
import {
  check,
  differenceQuery,
  medianSeconds,
  millions,
  nanoseconds,
  pairedSpeedUp,
  type Section,
} from "./harness.js";

const RUNS = { seconds: 0, iterations: 5 };

/** 10^12 raw indices. Constraints on the outer axes leave 10^6 of them. */
const SPARSE: SpecInput = {
  axes: {
    stride: "1..1000",
    kernel_size: "1..1000",
    l_in: "1..1000",
    in_channels: "1..1000",
    out_channels: 64,
  },
  where: ["kernel_size == 2 * stride", "stride % 500 == 0"],
};

/**
 * A similar space with nearly all work in one value of the outermost axis, and enough work to time
 * two threads.
 */
const SKEWED: SpecInput = {
  axes: {
    stride: "1..1000",
    kernel_size: "1..1000",
    l_in: "1..10000",
    in_channels: "1..1000",
    out_channels: 64,
  },
  where: ["stride == 701", "kernel_size % 250 == 0", "macs % 7 == in_channels % 7"],
};

async function count(spec: SpecInput, workers: number): Promise<bigint> {
  const batches = sweepOnThreads(planSweep(specFrom(spec), "count"), { workers });
  for (let next = await batches.next(); ; next = await batches.next())
    if (next.done) return next.value.rows;
}

export async function sparse(): Promise<Section> {
  const file = join(tmpdir(), `upsweep-bench-${process.pid}.csv`);
  try {
    const summary = await sweepToFile(SPARSE, file, { workers: 2 });
    check(
      summary.size === 10n ** 12n && summary.rows === 10n ** 6n,
      "10^12 raw indices leave 10^6 rows",
    );
    check(
      [...summary.rejected.values()].reduce((sum, n) => sum + n, summary.rows) === 10n ** 12n,
      "the rejection counts add up",
    );
    check(
      (await count(SKEWED, 1)) === (await count(SKEWED, 2)),
      "one and two workers count the same",
    );
    const seconds = await medianSeconds(
      [{ name: "sweep", run: async () => sweepToFile(SPARSE, file, { workers: 2 }) }],
      RUNS,
    );
    const speedUp = await pairedSpeedUp(
      () => count(SKEWED, 1),
      () => count(SKEWED, 2),
      9,
    );
    const raw = plan(SKEWED).size;
    return {
      title: "Sparse and skewed design spaces",
      says: [
        `The skewed space has ${raw.toLocaleString("en-US")} raw indices. 40,000,000 of them, all`,
        "with one of 1,000 strides, are visited, with a constraint on macs at the innermost level.",
        "The start of the threads is included. The sweep is the median of 5, the speed-up the",
        "median of 9 alternating pairs of runs. The bar for the sweep is 10 s, for the speed-up",
        "1.7.",
      ].join(" "),
      head: ["", "time", "against one worker"],
      rows: [
        [
          "10^12 raw indices, 10^6 rows to a file, 2 workers",
          `${(seconds.get("sweep") as number).toFixed(2)} s`,
          "",
        ],
        ["skewed space counted, 1 worker", `${speedUp.seconds[0].toFixed(2)} s`, "1.00"],
        [
          "skewed space counted, 2 workers",
          `${speedUp.seconds[1].toFixed(2)} s`,
          `${speedUp.ratio.toFixed(2)} times as fast`,
        ],
      ],
    };
  } finally {
    rmSync(file, { force: true });
  }
}

const INNER: SpecInput = {
  axes: {
    l_in: "1..2000",
    kernel_size: "1..50",
    stride: 4,
    in_channels: "1..100",
    out_channels: "1..4",
  },
};

/**
 * Constraints that always hold, at the innermost level. Their cost is the difference from the sweep
 * without a constraint.
 */
const CONSTRAINTS = [
  "in_channels >= out_channels - 3",
  "in_channels * out_channels <= 400",
  "out_channels in [1, 2, 3, 4]",
  "params <= 50M",
  "macs % 7 <= 6 and 1 <= in_channels <= 100",
] as const;

export async function innermost(): Promise<Section> {
  const layers = Number(plan(INNER).size);
  const contenders = [undefined, ...CONSTRAINTS].map((where) => {
    const spec = where === undefined ? INNER : { ...INNER, where };
    return { name: where ?? "none", run: async () => count(spec, 1) };
  });
  for (const { name, run } of contenders)
    check((await run()) === BigInt(layers), `every layer satisfies '${name}'`);
  const seconds = await medianSeconds(contenders, RUNS);
  const none = seconds.get("none") as number;
  return {
    title: "A constraint at the innermost level",
    says: [
      `${layers.toLocaleString("en-US")} layers, counted on one worker without writing rows; median`,
      "of 5. The bar is 30 ns per layer.",
    ].join(" "),
    head: ["constraint", "per layer", "added by the constraint"],
    rows: contenders.map(({ name }) => {
      const own = seconds.get(name) as number;
      return [
        name === "none" ? "none" : `\`${name}\``,
        nanoseconds(own / layers),
        name === "none" ? "" : nanoseconds(Math.max(0, own - none) / layers),
      ];
    }),
  };
}

/**
 * A space whose counts SQL and JavaScript numbers can compute. With its padding, the output length
 * is the stride times the input length.
 */
const STRIDES = 64;
const KERNELS = 128;
const LENGTHS = 64;
const CHANNELS = [32, 64, 128, 256] as const;

const FILTERED: SpecInput = {
  axes: {
    stride: `1..${STRIDES}`,
    kernel_size: `1..${KERNELS}`,
    padding: "(kernel_size - stride) // 2",
    l_in: `1..${LENGTHS}`,
    in_channels: [...CHANNELS],
    out_channels: [...CHANNELS],
  },
  where: [
    "kernel_size >= stride",
    "l_out == stride * l_in",
    "kernel_size in [2 * stride, 3 * stride]",
    "params <= 500k",
  ],
  columns: ["l_out", "params"],
};

export async function filtering(): Promise<Section> {
  const file = (name: string) => join(tmpdir(), `upsweep-bench-${process.pid}-${name}.csv`);
  const instance = await DuckDBInstance.create(":memory:", { threads: "2" });
  const connection = await instance.connect();
  try {
    const { rows, size } = await sweepToFile(FILTERED, file("ours"), { workers: 2 });
    await connection.run(copyStatement(file("sql")));
    writeGenerated(file("generator"));
    check(
      readFileSync(file("generator")).equals(readFileSync(file("ours"))),
      "the generator gives the same bytes",
    );
    const differing = await connection.runAndReadAll(differenceQuery(file("ours"), file("sql")));
    check(differing.getRows()[0]?.[0] === 0n, "DuckDB gives the same rows");
    const contenders = [
      {
        name: "upsweep, 2 workers",
        run: async () => sweepToFile(FILTERED, file("ours"), { workers: 2 }),
      },
      {
        name: "DuckDB, 2 threads, cross join with WHERE",
        run: async () => connection.run(copyStatement(file("sql"))),
      },
      {
        name: "TypeScript, a generator filtered afterwards",
        run: () => writeGenerated(file("generator")),
      },
    ];
    const seconds = await medianSeconds(contenders, RUNS);
    const fastest = seconds.get("upsweep, 2 workers") as number;
    return {
      title: "Filtering afterwards",
      says: [
        `${size.toLocaleString("en-US")} raw indices, ${rows.toLocaleString("en-US")} rows to a file`,
        "with two results. All three write the same rows, which is checked; median of 5. DuckDB has",
        "the conditions in one WHERE clause, and is free to push them down.",
      ].join(" "),
      head: ["", "time", "raw indices", "times ours"],
      rows: contenders.map(({ name }) => {
        const s = seconds.get(name) as number;
        return [name, `${s.toFixed(3)} s`, millions(Number(size) / s), (s / fastest).toFixed(2)];
      }),
    };
  } finally {
    connection.closeSync();
    instance.closeSync();
    for (const name of ["ours", "sql", "generator"]) rmSync(file(name), { force: true });
  }
}

interface Generated {
  readonly stride: number;
  readonly kernelSize: number;
  readonly padding: number;
  readonly lIn: number;
  readonly inChannels: number;
  readonly outChannels: number;
}

function* everyLayer(): Generator<Generated> {
  for (let stride = 1; stride <= STRIDES; stride++)
    for (let kernelSize = 1; kernelSize <= KERNELS; kernelSize++)
      for (let lIn = 1; lIn <= LENGTHS; lIn++)
        for (const inChannels of CHANNELS)
          for (const outChannels of CHANNELS)
            yield {
              stride,
              kernelSize,
              padding: Math.floor((kernelSize - stride) / 2),
              lIn,
              inChannels,
              outChannels,
            };
}

function writeGenerated(path: string): void {
  const fd = openSync(path, "w");
  let text = `${plan(FILTERED).columns.join(",")}\n`;
  for (const { stride, kernelSize, padding, lIn, inChannels, outChannels } of everyLayer()) {
    const lOut = (lIn - 1) * stride - 2 * padding + kernelSize;
    const params = inChannels * outChannels * kernelSize + outChannels;
    if (padding < 0 || kernelSize < stride || lOut < 1 || lOut !== stride * lIn) continue;
    if ((kernelSize !== 2 * stride && kernelSize !== 3 * stride) || params > 500_000) continue;
    text += `1,${inChannels},${outChannels},${lIn},${kernelSize},${stride},${padding},0,1,1,true,`;
    text += `${lOut},${params}\n`;
    if (text.length > 1 << 20) {
      writeSync(fd, text);
      text = "";
    }
  }
  writeSync(fd, text);
  closeSync(fd);
}

function copyStatement(path: string): string {
  const channels = (name: string) => `(SELECT unnest([${CHANNELS.join(",")}])::BIGINT AS ${name})`;
  const range = (name: string, last: number) => `(SELECT unnest(range(1, ${last + 1})) AS ${name})`;
  return `COPY (
    SELECT 1 AS batch_size, in_channels, out_channels, l_in, kernel_size, stride, padding,
      0 AS output_padding, 1 AS dilation, 1 AS groups, true AS bias, l_out, params
    FROM (
      SELECT *, (l_in - 1) * stride - 2 * padding + kernel_size AS l_out,
        in_channels * out_channels * kernel_size + out_channels AS params
      FROM (
        SELECT *, (kernel_size - stride) // 2 AS padding
        FROM ${range("stride", STRIDES)} CROSS JOIN ${range("kernel_size", KERNELS)}
          CROSS JOIN ${range("l_in", LENGTHS)}
          CROSS JOIN ${channels("in_channels")} CROSS JOIN ${channels("out_channels")}
      )
    )
    WHERE padding >= 0 AND l_out >= 1 AND kernel_size >= stride AND l_out = stride * l_in
      AND (kernel_size = 2 * stride OR kernel_size = 3 * stride) AND params <= 500000
  ) TO '${path}' (HEADER)`;
}
