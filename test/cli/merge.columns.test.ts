/** `upsweep merge` of shards in columns: the rows of the complete sweep, in its order. */
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tableFromIPC } from "apache-arrow";
import { parquetMetadata } from "hyparquet";
import { beforeEach, describe, expect, it } from "vitest";
import { inTemporaryFolder, said } from "../support/cli.ts";
import { changeManifest } from "../support/manifests.ts";
import { queried } from "../support/tables.ts";
import { SPECS } from "../support/typed-specs.ts";

inTemporaryFolder();

beforeEach(() => {
  for (const name of readdirSync(".")) rmSync(name);
});

const quiet = { exitCode: 0, stderr: "", stdout: "" };

async function sweep(path: string, ...options: readonly string[]): Promise<void> {
  expect(await said(["sweep", "spec.json", "-o", path, "--quiet", "--force", ...options])).toEqual(
    quiet,
  );
}

async function merged(path: string, of: number): Promise<void> {
  for (const name of readdirSync(".")) if (name.includes("-of-")) rmSync(name);
  for (let index = 0; index < of; index++) await sweep(path, "--shard", `${index}/${of}`);
  expect(await said(["merge", path, "--quiet", "--force"])).toEqual(quiet);
}

/** All rows of a file, as the readers of its format give them. */
async function rowsOf(path: string): Promise<unknown> {
  if (path.endsWith(".parquet")) return queried(`SELECT * FROM '${path}'`);
  const table = tableFromIPC(readFileSync(path));
  return Array.from({ length: table.numRows }, (_, row) =>
    table.schema.fields.map((_, column) => table.getChildAt(column)?.get(row)),
  );
}

const metadataOf = (path: string) =>
  path.endsWith(".parquet")
    ? parquetMetadata(Uint8Array.from(readFileSync(path)).buffer).key_value_metadata
    : tableFromIPC(readFileSync(path)).schema.metadata;

describe.each(["parquet", "feather", "arrows"])("shards in %s", (extension) => {
  const [out, whole] = [`out.${extension}`, `whole.${extension}`];

  it.each(Object.entries(SPECS))(
    "have the rows and the metadata of the complete sweep: %s",
    async (_, spec) => {
      writeFileSync("spec.json", JSON.stringify(spec));
      await sweep(whole);
      for (const of of [1, 3]) {
        await merged(out, of);
        expect(await rowsOf(out)).toEqual(await rowsOf(whole));
        expect(metadataOf(out)).toEqual(metadataOf(whole));
      }
    },
  );

  it("are refused if a byte of a row group was changed, unless --trust is given", async () => {
    writeFileSync("spec.json", JSON.stringify(SPECS["missing values"]));
    for (const index of [0, 1]) await sweep(out, "--shard", `${index}/2`);
    const shard = `out.00001-of-00002.${extension}`;
    const bytes = readFileSync(shard);
    const at = extension === "parquet" ? 100 : bytes.length >> 1;
    bytes[at] = (bytes[at] as number) ^ 1;
    writeFileSync(shard, bytes);
    const { exitCode, stderr } = await said(["merge", out, "--quiet"]);
    expect([exitCode, stderr]).toEqual([
      2,
      expect.stringContaining(`its checksum differs from that in ${shard}.json`),
    ]);
    expect(existsSync(out)).toBe(false);
    expect((await said(["merge", out, "--quiet", "--trust"])).exitCode).toBe(0);
  });

  it("are refused if a manifest has another number of rows", async () => {
    writeFileSync("spec.json", JSON.stringify(SPECS["missing values"]));
    for (const index of [0, 1]) await sweep(out, "--shard", `${index}/2`);
    const manifest = `out.00001-of-00002.${extension}.json`;
    changeManifest(manifest, ({ rows, empty }) => ({
      rows: String(Number(rows) - 1),
      empty: String(Number(empty) + 1),
      gridRows: [String(Number(rows) - 1)],
    }));
    expect((await said(["merge", out, "--quiet", "--trust"])).stderr).toMatch(
      /it has (\d+) rows, but .* says \d+/,
    );
  });

  it("are merged with their counts, and refused if they are of other columns", async () => {
    writeFileSync("spec.json", JSON.stringify(SPECS["missing values"]));
    for (const index of [0, 1]) await sweep(out, "--shard", `${index}/2`);
    const { exitCode, stderr } = await said(["merge", out, "--force"]);
    expect([exitCode, stderr]).toEqual([
      0,
      expect.stringMatching(
        /^288 layers: \d+ rows written, \d+ rejected\n(.*\n)*.*2 shards, [\d,.]+ k?B in /,
      ),
    ]);
    await sweep(out, "--shard", "1/2", "--columns", "macs");
    expect((await said(["merge", out, "--force"])).stderr).toMatch(
      /belongs to another sweep|the columns/,
    );
  });
});

it("a Parquet shard with unsigned counts is not merged with a signed one", async () => {
  writeFileSync("spec.json", JSON.stringify(SPECS["several dimensions"]));
  await sweep("out.parquet", "--shard", "0/2");
  await sweep("out.parquet", "--shard", "1/2", "--unsigned");
  expect((await said(["merge", "out.parquet", "--force"])).stderr).toContain("the type of counts");
});
