/** `sweep --drop-constant`: the columns that vary, in every format, in shards and after a stop. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { tableFromIPC } from "apache-arrow";
import { parquetMetadata } from "hyparquet";
import { beforeEach, describe, expect, it } from "vitest";
import { sweepToFile } from "../../src/library/sweep.ts";
import { takeLock } from "../../src/sink/lock.ts";
import type { SpecInput } from "../../src/spec/read.ts";
import { codeIn } from "../repo/documents.ts";
import { inTemporaryFolder, said } from "../support/cli.ts";
import { queried } from "../support/tables.ts";
import { hasScript, onTerminal, plain } from "../support/terminal.ts";
import { SPECS } from "../support/typed-specs.ts";

inTemporaryFolder();

beforeEach(() => {
  for (const name of readdirSync(".")) rmSync(name, { recursive: true });
});

const SMALL = {
  axes: {
    in_channels: 4,
    out_channels: [4, 8],
    kernel_size: 3,
    stride: "1..4",
    padding: [0, 1],
    l_in: "1..9",
  },
  where: "stride == 2 and l_out > 3",
  columns: ["macs", "overlap_even", "l_out"],
} satisfies SpecInput;

function use(spec: SpecInput): void {
  writeFileSync("spec.json", JSON.stringify(spec));
}

async function sweep(path: string, ...options: readonly string[]): Promise<string> {
  const { exitCode, stderr } = await said(["sweep", "spec.json", "-o", path, ...options]);
  expect(exitCode, stderr).toBe(0);
  return stderr;
}

async function refused(...args: readonly string[]): Promise<string> {
  const { exitCode, stderr } = await said(["sweep", "spec.json", "--drop-constant", ...args]);
  expect(exitCode).toBe(2);
  return stderr;
}

interface Table {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

function tableOf(csv: string, separator = ","): Table {
  const [header = "", ...lines] = csv.trimEnd().split("\n");
  return {
    columns: header.split(separator),
    rows: lines.map((line) => line.split(separator)),
  };
}

/** The columns with several values, and the only value of each other column. */
function split({ columns, rows }: Table): { varying: Table; constants: Record<string, string> } {
  const isConstant = columns.map((_, i) => new Set(rows.map((row) => row[i])).size < 2);
  if (!isConstant.includes(false)) return { varying: { columns, rows }, constants: {} };
  const only = (cells: readonly string[]) => cells.filter((_, i) => !isConstant[i]);
  const constants = columns.flatMap((name, i) => (isConstant[i] ? [[name, rows[0]?.[i]]] : []));
  return {
    varying: { columns: only(columns), rows: rows.map(only) },
    constants: Object.fromEntries(constants),
  };
}

const textOf = (value: unknown) => (value === null || value === undefined ? "" : String(value));

async function readTable(path: string): Promise<Table> {
  if (path.endsWith(".parquet")) {
    const { columns, rows } = await queried(`SELECT * FROM '${path}'`);
    return { columns, rows: rows.map((row) => row.map(textOf)) };
  }
  const table = tableFromIPC(readFileSync(path));
  const columns = table.schema.fields.map(({ name }) => name);
  const rows = Array.from({ length: table.numRows }, (_, row) =>
    columns.map((_name, i) => textOf(table.getChildAt(i)?.get(row))),
  );
  return { columns, rows };
}

/** The constants in the metadata of a file, as texts with all digits of their integers. */
function constantsIn(path: string): Record<string, string> {
  const bytes = readFileSync(path);
  const text = path.endsWith(".parquet")
    ? parquetMetadata(Uint8Array.from(bytes).buffer).key_value_metadata?.find(
        ({ key }) => key === "upsweep",
      )?.value
    : tableFromIPC(bytes).schema.metadata.get("upsweep");
  // JSON.parse rounds large integers, so they become strings first.
  const exact = (text as string).replace(/([:,]|\[)(-?\d{16,})(?=[,}\]])/g, '$1"$2"');
  const { constants = {} } = JSON.parse(exact);
  return Object.fromEntries(
    Object.entries(constants).map(([name, value]) => [name, textOf(value)]),
  );
}

/** The constants that a summary reports. */
function reported(stderr: string): Record<string, string> {
  const line = /^left out (\d+) constant columns?: (.*)$/m.exec(stderr);
  if (!line) {
    expect(stderr).toContain("no column was left out: none is constant, or all are\n");
    return {};
  }
  const pairs = (line[2] as string).split(", ").map((pair) => pair.split(" = "));
  expect(pairs).toHaveLength(Number(line[1]));
  return Object.fromEntries(pairs.map(([name, value]) => [name, value === "missing" ? "" : value]));
}

/** The largest one takes long here. test/run/sweep/constants.test.ts has it. */
const { "decimals, settings and negative variables": _, ...OTHERS } = SPECS;

const SPACES: Readonly<Record<string, SpecInput>> = {
  ...OTHERS,
  "a condition that leaves one stride": SMALL,
  "a constant with 20 digits, a fraction and a number below zero": {
    variables: { sample_rate: 689.0625, shift: -3 },
    axes: {
      batch_size: [1, 2],
      in_channels: 2 ** 30,
      out_channels: 2 ** 30,
      kernel_size: 9,
      stride: 9,
      l_in: 1,
    },
    columns: ["weight_elements", "sample_rate", "shift", "zero_insertion_waste", "l_out"],
  },
  "constants without a value": {
    axes: {
      in_channels: [4, 8],
      out_channels: 4,
      kernel_size: 3,
      stride: 2,
      padding: 2,
      output_padding: 1,
      l_in: 9,
    },
    columns: ["moduleprofiler", "tensorflow", "macs"],
  },
  "two grids with the same name": {
    grids: [
      { name: "same", axes: { in_channels: 4, out_channels: 4, kernel_size: 3, l_in: "1..5" } },
      { name: "same", axes: { in_channels: 4, out_channels: 8, kernel_size: 3, l_in: 7 } },
    ],
    columns: ["name", "macs"],
  },
  "two grids, of which only one has rows": {
    grids: [
      { name: "one", axes: { in_channels: 4, out_channels: 4, kernel_size: 3, l_in: "1..5" } },
      {
        name: "none",
        axes: { in_channels: 9, out_channels: 8, kernel_size: 3, l_in: 7, groups: 8 },
      },
    ],
    columns: ["name", "macs"],
  },
  "a sample": { ...SMALL, sample: { rows: 12, seed: 3 } },
  "one row": { axes: { in_channels: 4, out_channels: 4, kernel_size: 3, l_in: 5 } },
  "two rows": { axes: { in_channels: 4, out_channels: 4, kernel_size: 3, l_in: [5, 6] } },
  "two equal rows": {
    variables: { x: [1, 2] },
    axes: { in_channels: 4, out_channels: 4, kernel_size: 3, l_in: 5 },
  },
};

describe.each(Object.entries(SPACES))("a sweep of %s, without constant columns", (_, spec) => {
  const expected = async () => {
    use(spec);
    await sweep("all.csv");
    return split(tableOf(readFileSync("all.csv", "utf8")));
  };

  it("has the columns of the CSV that vary, and reports the others, in formats of text", async () => {
    const { varying, constants } = await expected();
    for (const [path, separator] of [
      ["some.csv", ","],
      ["some.tsv", "\t"],
      ["some.csv.gz", ","],
    ] as const) {
      expect(reported(await sweep(path, "--drop-constant"))).toEqual(constants);
      const bytes = readFileSync(path);
      const text = (path.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString();
      expect(tableOf(text, separator)).toEqual(varying);
    }
    expect(reported(await sweep("some.jsonl", "--drop-constant", "--big-ints", "string"))).toEqual(
      constants,
    );
    const lines = readFileSync("some.jsonl", "utf8").split("\n").slice(0, -1);
    const rows = lines.map((line) => JSON.parse(line));
    expect(rows.map((row) => Object.keys(row))).toEqual(rows.map(() => varying.columns));
    expect(rows.map((row) => Object.values(row).map(textOf))).toEqual(varying.rows);
  });

  it.each(["some.parquet", "some.arrow", "some.arrows"])(
    "has the columns of the CSV that vary in %s, and the others in its metadata",
    async (path) => {
      const { varying, constants } = await expected();
      expect(reported(await sweep(path, "--drop-constant"))).toEqual(constants);
      expect(await readTable(path)).toEqual(varying);
      expect(constantsIn(path)).toEqual(constants);
    },
  );

  it("has the same columns in all shards, which merge to the unsharded sweep", async () => {
    use(spec);
    await sweep("whole.csv", "--drop-constant");
    await merged("out.csv");
    expect(readFileSync("out.csv").equals(readFileSync("whole.csv"))).toBe(true);
  });
});

async function merged(path: string): Promise<void> {
  for (let index = 0; index < 3; index++)
    await sweep(path, "--drop-constant", "--shard", `${index}/3`);
  const { exitCode, stderr } = await said(["merge", path]);
  expect(exitCode, stderr).toBe(0);
}

it.each(["parquet", "arrow"])(
  "shards in %s merge to the rows and the metadata of the unsharded sweep",
  async (extension) => {
    for (const spec of [SMALL, SPACES["a sample"], SPACES["one row"]]) {
      use(spec as SpecInput);
      await sweep(`whole.${extension}`, "--drop-constant", "--force");
      for (const name of readdirSync(".")) if (name.startsWith("out.")) rmSync(name);
      await merged(`out.${extension}`);
      const [out, whole] = [`out.${extension}`, `whole.${extension}`];
      expect(await readTable(out)).toEqual(await readTable(whole));
      expect(constantsIn(out)).toEqual(constantsIn(whole));
    }
  },
);

describe("--drop-constant", () => {
  it("keeps the order of --columns, and says in the summary what it left out", async () => {
    use(SMALL);
    const stderr = await sweep("out.csv", "--drop-constant");
    expect(readFileSync("out.csv", "utf8").split("\n")[0]).toBe(
      "out_channels,l_in,padding,macs,l_out",
    );
    expect(stderr).toMatch(
      /\nleft out 9 constant columns: batch_size = 1, in_channels = 4, kernel_size = 3, stride = 2, .*, bias = true, overlap_even = false\nout\.csv: /,
    );
    expect(await sweep("quiet.csv", "--drop-constant", "--quiet")).toBe("");
  });

  it("leaves the values where the query of docs/formats.md finds them", async () => {
    const [query] = codeIn("docs/formats.md", "sql").filter((code) => code.includes("constants"));
    use({
      axes: { in_channels: 64, out_channels: [1, 2], kernel_size: [3, 5], l_in: [8, 9] },
      columns: ["macs"],
    });
    await sweep("rows.parquet", "--drop-constant");
    const { rows } = await queried((query as string).replace(/^--.*$/gm, ""));
    expect(JSON.parse(String(rows[0]?.[0]))).toEqual({
      batch_size: 1,
      in_channels: 64,
      stride: 1,
      padding: 0,
      output_padding: 0,
      dilation: 1,
      groups: 1,
      bias: true,
    });
  });

  it("looks only at the first rows with --limit", async () => {
    use({ ...SMALL, where: "stride == 1 + (out_channels > 4)" });
    await sweep("all.csv", "--limit", "5");
    await sweep("some.csv", "--limit", "5", "--drop-constant");
    const { varying } = split(tableOf(readFileSync("all.csv", "utf8")));
    expect(tableOf(readFileSync("some.csv", "utf8"))).toEqual(varying);
    expect(varying.columns).not.toContain("stride");
  });

  it("gives the bytes of the complete sweep if no column is constant", async () => {
    use({
      variables: { sample_rate: [1, 2] },
      axes: {
        batch_size: [1, 2],
        in_channels: [4, 8],
        out_channels: [4, 8],
        kernel_size: [3, 5],
        stride: [1, 2, 3],
        padding: [0, 1],
        output_padding: [0, 1],
        dilation: [1, 2],
        groups: [1, 2],
        bias: [true, false],
        l_in: [8, 9],
      },
      columns: ["macs"],
    });
    for (const extension of ["csv", "parquet", "arrow"]) {
      await sweep(`all.${extension}`);
      await sweep(`some.${extension}`, "--drop-constant");
      const [all, some] = [`all.${extension}`, `some.${extension}`].map((path) =>
        readFileSync(path),
      );
      expect(some?.equals(all as Buffer)).toBe(true);
    }
  });

  it("has the same bytes for any number of workers, and for both methods", async () => {
    use({
      axes: {
        in_channels: "1..30",
        out_channels: "1..30",
        kernel_size: "1..9",
        l_in: "1..30",
        stride: "1..3",
      },
      where: "stride == 2 and holes == 0",
      columns: ["macs", "holes"],
    });
    await sweep("expected.csv", "--drop-constant", "--workers", "1");
    expect(readFileSync("expected.csv", "utf8")).toMatch(/^in_channels,out_channels,.*,macs\n/);
    for (const options of [
      ["--workers", "2"],
      ["--workers", "3"],
      ["--method", "simulate"],
    ]) {
      await sweep("out.csv", "--drop-constant", "--force", ...options);
      expect(readFileSync("out.csv").equals(readFileSync("expected.csv"))).toBe(true);
    }
  });

  it("stops at a layer that exceeds 64 bits if it looks at it, and writes nothing", async () => {
    use({
      axes: { in_channels: 2 ** 31 - 1, out_channels: 2 ** 31 - 1, kernel_size: [1, 9], l_in: 9 },
    });
    expect(await refused("-o", "out.csv")).toContain("exceeds 2^64 - 1");
    expect(readdirSync(".")).toEqual(["spec.json"]);
  });

  it.skipIf(!hasScript)("leaves the columns out of the preview on a terminal too", () => {
    use(SMALL);
    const lines = plain(onTerminal(100, "sweep spec.json --drop-constant")).split("\n");
    expect(lines[0]?.trim().split(/ +/)).toEqual([
      "out_channels",
      "l_in",
      "padding",
      "macs",
      "l_out",
    ]);
    expect(lines.join(" ")).toContain("left out 9 constant columns: batch_size = 1");
  });
});

describe("the output of a sweep with --drop-constant is checked before rows are looked at:", () => {
  // The search for constant columns would fail at the layer that exceeds 64 bits.
  const FAULTY = {
    axes: { in_channels: 2 ** 31 - 1, out_channels: 2 ** 31 - 1, kernel_size: [1, 9], l_in: 9 },
  };
  beforeEach(() => use(FAULTY));

  it("a file that exists is not replaced", async () => {
    writeFileSync("out.csv", "mine");
    expect(await refused("-o", "out.csv")).toBe(
      "upsweep: out.csv already exists. Write elsewhere or add --force.\n",
    );
    expect(await refused("-o", "out.csv", "--force")).toContain("exceeds 2^64 - 1");
    expect(readFileSync("out.csv", "utf8")).toBe("mine");
  });

  it("an unfinished sweep is not started again, or continued by another one", async () => {
    use(SMALL);
    const stop = () => {
      throw new Error("enough");
    };
    await expect(
      sweepToFile("spec.json", "out.csv", { resume: true, onProgress: stop }),
    ).rejects.toThrow("enough");
    use(FAULTY);
    expect(await refused("-o", "out.csv")).toContain("out.csv belongs to an unfinished sweep. ");
    expect(await refused("-o", "out.csv", "--resume")).toContain(
      "out.csv belongs to a different sweep: the order of the axes changed from out_channels, ",
    );
  });

  it("a folder that does not exist is reported", async () => {
    const said = await refused("-o", "away/out.csv");
    expect(said).toMatch(/^upsweep: away\/out\.csv cannot be written: no such file or folder/);
    mkdirSync("away");
    expect(await refused("-o", "away/out.csv")).toContain("exceeds 2^64 - 1");
  });

  it("a file that another run is writing is left to it", async () => {
    const lock = await takeLock("out.csv.partial", "out.csv");
    try {
      for (const options of [[], ["--force"], ["--resume"]])
        expect(await refused("-o", "out.csv", ...options)).toContain(
          `out.csv is being written by process ${process.pid}. `,
        );
    } finally {
      lock.release();
    }
  });

  it("only a file can be resumed or sharded", async () => {
    expect(await refused("--resume")).toContain("--resume is given without a file. ");
    expect(await refused("-o", "/dev/null", "--shard", "0/2")).toContain(
      "--shard is given without a file. ",
    );
  });

  it("a shard does not replace a file that is not its manifest", async () => {
    writeFileSync("out.00000-of-00002.csv.json", "mine");
    expect(await refused("-o", "out.csv", "--shard", "0/2")).toContain(
      "out.00000-of-00002.csv.json",
    );
  });
});

describe("a stopped sweep without constant columns", () => {
  const LARGE = {
    axes: { in_channels: 8, out_channels: "1..200", kernel_size: "1..20", l_in: "1..50" },
    columns: ["macs", "additions_per_filter"],
  } satisfies SpecInput;
  const stop = () => {
    throw new Error("enough");
  };
  const stopped = (path: string, dropConstant: boolean) =>
    expect(
      sweepToFile(LARGE, path, { resume: true, dropConstant, onProgress: stop }),
    ).rejects.toThrow("enough");

  it.each(["out.csv", "out.jsonl", "out.parquet", "out.arrow"])(
    "is resumed to the bytes of an uninterrupted one: %s",
    async (path) => {
      use(LARGE);
      await sweep(`whole-${path}`, "--drop-constant");
      await stopped(path, true);
      expect(existsSync(path)).toBe(false);
      const stderr = await sweep(path, "--drop-constant", "--resume");
      expect(stderr).toContain("left out 8 constant columns: batch_size = 1, in_channels = 8, ");
      expect(readFileSync(path).equals(readFileSync(`whole-${path}`))).toBe(true);
      expect(await sweep(path, "--drop-constant", "--resume")).toBe(
        `upsweep: ${path} is already complete\n`,
      );
    },
  );

  it("is not resumed with the other choice of --drop-constant", async () => {
    const names =
      "batch_size, in_channels, stride, padding, output_padding, dilation, groups, bias";
    use(LARGE);
    await stopped("out.csv", true);
    expect((await said(["sweep", "spec.json", "-o", "out.csv", "--resume"])).stderr).toContain(
      `out.csv belongs to a different sweep: the columns left out changed from ${names} to empty. `,
    );
    await said(["sweep", "spec.json", "-o", "out.csv", "--force", "--quiet"]);
    rmSync("out.csv");
    await stopped("out.csv", false);
    expect(await refused("-o", "out.csv", "--resume")).toContain(
      `out.csv belongs to a different sweep: the columns left out changed from empty to ${names}. `,
    );
  });

  it("has shards that do not merge with those of a complete sweep", async () => {
    use(LARGE);
    await sweep("out.csv", "--shard", "0/2", "--drop-constant");
    await sweep("out.csv", "--shard", "1/2");
    const { exitCode, stderr } = await said(["merge", "out.csv"]);
    expect([exitCode, stderr]).toEqual([
      2,
      expect.stringContaining(
        "for the columns left out, the first has nothing and the second has ",
      ),
    ]);
  });
});
