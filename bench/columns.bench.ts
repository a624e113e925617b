/** Parquet and Arrow: time, CPU time, size and memory against CSV, and against DuckDB. */
import { rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { anchorSpec } from "./anchor.bench.js";
import {
  type Bar,
  check,
  cpuSeconds,
  differenceQuery,
  flagsOf,
  median,
  peakMemory,
  processTimes,
  quote,
  root,
  type Section,
} from "./harness.js";
import { copyStatement, GRID, type Grid } from "./sweep.bench.js";

const CLI = root("dist/bin/cli.cjs");
const VOCODER = root("examples/vocoder.yaml");
const FORMATS = [
  { name: "CSV", format: "csv", file: "rows.csv" },
  { name: "Parquet", format: "parquet", file: "rows.parquet" },
  { name: "Arrow stream", format: "arrow", file: "rows.arrows" },
] as const;
type Format = (typeof FORMATS)[number];

const RUNS = 5;
const temporary = (name: string) => join(tmpdir(), `upsweep-columns-${process.pid}-${name}`);
const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(0)} MB`;

const sweepArguments = (spec: string, ...rest: readonly string[]) => [
  CLI,
  "sweep",
  spec,
  "--quiet",
  ...rest,
];

/** Medians of alternating runs: every run takes all formats, so that noise disturbs all alike. */
function medians<T extends string>(
  measure: (format: Format) => Readonly<Record<T, number>>,
): (format: Format) => Readonly<Record<T, number>> {
  const taken = Array.from({ length: RUNS }, () => FORMATS.map(measure));
  return (format) => {
    const own = taken.map((run) => run[FORMATS.indexOf(format)] as Readonly<Record<T, number>>);
    const names = Object.keys(own[0] as object) as T[];
    return Object.fromEntries(
      names.map((name) => [name, median(own.map((one) => one[name]))]),
    ) as Readonly<Record<T, number>>;
  };
}

/** 31 M rows to /dev/null. */
function toNull(workers: number): ReturnType<typeof medians<"seconds" | "cpu">> {
  const spec = temporary("spec.yaml");
  try {
    writeFileSync(spec, anchorSpec(5));
    const flags = (format: string) => ["-o", "-", "--format", format, "--workers", `${workers}`];
    return medians(({ format }) =>
      processTimes(process.execPath, sweepArguments(spec, ...flags(format))),
    );
  } finally {
    rmSync(spec, { force: true });
  }
}

/** 6.2 M rows to a file: CPU seconds and bytes. */
function toFile(): ReturnType<typeof medians<"cpu" | "bytes">> {
  return medians(({ file }) => {
    const path = temporary(file);
    try {
      const flags = ["-o", path, "--workers", "1"];
      const cpu = cpuSeconds(process.execPath, sweepArguments(VOCODER, ...flags));
      return { cpu, bytes: statSync(path).size };
    } finally {
      rmSync(path, { force: true });
    }
  });
}

let measured: ReturnType<typeof toNull> | undefined;
/** `toNull(1)`, which is measured once. */
const toNullOnOne = () => {
  measured ??= toNull(1);
  return measured;
};

export async function columns(): Promise<Section> {
  const [one, two] = [toNullOnOne(), toNull(2)];
  const [csv] = FORMATS;
  return {
    title: "Formats",
    says: [
      "30,928,500 rows of examples/vocoder.yaml with five batch sizes, to /dev/null, including the",
      `start of Node; medians of ${RUNS} alternating runs.`,
    ].join(" "),
    head: ["", "1 worker", "CPU", "CPU, CSV = 1", "2 workers", "CPU"],
    rows: FORMATS.map((format) => [
      format.name,
      quote(one(format).seconds),
      quote(one(format).cpu),
      (one(format).cpu / one(csv).cpu).toFixed(2),
      quote(two(format).seconds),
      quote(two(format).cpu),
    ]),
  };
}

/** The bars of columns. */
export async function columnBars(): Promise<Bar[]> {
  const files = toFile();
  const nulls = toNullOnOne();
  const [csv, parquet, arrow] = FORMATS;
  const size = files(parquet).bytes;
  const cpu = (what: string, ours: number, theirs: number, max: number): Bar => ({
    what: `CPU seconds of ${what}, one worker, against CSV`,
    ours: quote(ours),
    theirs: quote(theirs),
    ratio: ours / theirs,
    bar: `at most ${max}`,
    met: ours / theirs <= max,
  });
  return [
    {
      what: "vocoder.yaml as Parquet, against its size as CSV",
      ours: megabytes(size),
      theirs: megabytes(files(csv).bytes),
      ratio: size / files(csv).bytes,
      bar: "at most 40 MB",
      met: size <= 40e6,
    },
    cpu("vocoder.yaml to a Parquet file", files(parquet).cpu, files(csv).cpu, 1),
    cpu("31 M rows as Arrow to /dev/null", nulls(arrow).cpu, nulls(csv).cpu, 0.5),
    ...(await againstCopy()),
    ...[parquet, arrow].map(memory),
  ];
}

/** The rows of GRID, 53 times: 30.5 M. */
const COPIED_GRID: Grid = { ...GRID, batch_size: Array.from({ length: 53 }, (_, i) => i + 1) };

/** Our Parquet file against that of DuckDB's COPY. Both are complete processes with 2 threads. */
async function againstCopy(): Promise<Bar[]> {
  const [ours, theirs] = [temporary("ours.parquet"), temporary("theirs.parquet")];
  const spec = temporary("copied.yaml");
  const sweep = sweepArguments(spec, "-o", ours, "--force", "--workers", "2");
  const copy = (grid: Grid) => [
    "--input-type=module",
    "-e",
    `const { DuckDBInstance } = await import(${JSON.stringify(root("node_modules/@duckdb/node-api/lib/index.js"))});
     const instance = await DuckDBInstance.create(":memory:", { threads: "2" });
     const connection = await instance.connect();
     await connection.run(${JSON.stringify(copyStatement(grid, theirs, "FORMAT parquet"))});`,
  ];
  try {
    writeFileSync(spec, JSON.stringify({ axes: GRID }));
    processTimes(process.execPath, sweep);
    processTimes(process.execPath, copy(GRID));
    const instance = await DuckDBInstance.create(":memory:");
    const connection = await instance.connect();
    const differing = await connection.runAndReadAll(differenceQuery(ours, theirs));
    check(differing.getRows()[0]?.[0] === 0n, "DuckDB gives the same rows");
    connection.closeSync();
    instance.closeSync();
    writeFileSync(spec, JSON.stringify({ axes: COPIED_GRID }));
    const taken = Array.from({ length: RUNS }, () => ({
      theirs: processTimes(process.execPath, copy(COPIED_GRID)),
      ours: processTimes(process.execPath, sweep),
    }));
    const of = (whose: "ours" | "theirs", what: "seconds" | "cpu") =>
      median(taken.map((run) => run[whose][what]));
    const faster = median(taken.map((run) => run.theirs.seconds / run.ours.seconds));
    const cpu = median(taken.map((run) => run.ours.cpu / run.theirs.cpu));
    return [
      {
        what: "30.5 M rows to a Parquet file, two workers, against DuckDB's COPY with 2 threads",
        ours: quote(of("ours", "seconds")),
        theirs: quote(of("theirs", "seconds")),
        ratio: faster,
        bar: "at least 3",
        met: faster >= 3,
      },
      {
        what: "the same in CPU seconds",
        ours: quote(of("ours", "cpu")),
        theirs: quote(of("theirs", "cpu")),
        ratio: cpu,
        bar: "at most 0.33",
        met: cpu <= 1 / 3,
      },
    ];
  } finally {
    for (const path of [ours, theirs, spec]) rmSync(path, { force: true });
  }
}

function memory({ name, format }: Format): Bar {
  const [small, large] = [6, 8].map((exponent) =>
    peakMemory("sweep", ...flagsOf(exponent), "-o", "/dev/null", "--format", format),
  ) as [number, number];
  return {
    what: `peak memory of 10^8 rows as ${name}, against 10^6`,
    ours: megabytes(large),
    theirs: megabytes(small),
    ratio: large / small,
    bar: "at most 250 MB",
    met: large <= 250e6,
  };
}
