/**
 * Design spaces through a complete run: unions, samples, limits, and the same bytes from any number
 * of workers.
 */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { sweep, sweepToFile } from "../../../src/library/sweep.ts";
import type { SpecInput } from "../../../src/spec/read.ts";
import { inTemporaryFolder, said } from "../../support/cli.ts";
import { words } from "../../support/text.ts";

inTemporaryFolder();

const BASE = { in_channels: 64, out_channels: 64, kernel_size: 4, l_in: 32 };

/** 10^12 raw indices, of which 40,000 in a narrow band become rows. */
const SPARSE: SpecInput = {
  axes: {
    stride: "1..10000",
    kernel_size: "1..10000",
    l_in: "1..1000",
    in_channels: "1..10",
    out_channels: 64,
  },
  where: ["kernel_size == 2 * stride and stride in 601..604", "l_in % 1 == 0"],
  columns: ["l_out", "macs"],
};

async function bytes(spec: SpecInput, options: object): Promise<string> {
  await sweepToFile(spec, "out.csv", options);
  return readFileSync("out.csv", "utf8");
}

describe("a sparse and skewed space", () => {
  it("gives the same bytes on any number of workers, and counts that add up to 10^12", async () => {
    const one = await bytes(SPARSE, { workers: 1 });
    expect(one.split("\n")).toHaveLength(40_002);
    for (const workers of [2, 3, 5]) expect((await bytes(SPARSE, { workers })) === one).toBe(true);
    const summary = await sweepToFile(SPARSE, "out.csv", { workers: 2 });
    expect(summary).toMatchObject({ size: 10n ** 12n, rows: 40_000n, empty: 0n });
    expect([...summary.rejected]).toEqual([
      ["kernel_size == 2 * stride and stride in 601..604", 10n ** 12n - 40_000n],
    ]);
  });
});

describe("a union of grids", () => {
  const union: SpecInput = {
    grids: [
      { name: "wide", variables: { hop: 8 }, axes: { ...BASE, stride: [2, "hop"] } },
      {
        name: "é, no: narrow".replace(",", ""),
        variables: { hop: [1, 3] },
        axes: { ...BASE, in_channels: 16, groups: "divisors(16)" },
        where: "groups > hop",
      },
    ],
    columns: ["name", "hop", "l_out", "params"],
  };

  it("writes its grids one after the other, with names and variables as columns on request", async () => {
    const rows = [];
    const batches = sweep(union, { workers: 2 });
    for (let next = await batches.next(); ; next = await batches.next()) {
      if (next.done) {
        expect(next.value).toMatchObject({ size: 12n, rows: 9n, empty: 0n });
        expect([...next.value.rejected]).toEqual([["groups > hop", 3n]]);
        break;
      }
      rows.push(...next.value);
    }
    expect(rows.map((row) => [row.stride, row.groups, ...Object.values(row).slice(11)])).toEqual([
      [2, 1, "wide", 8n, 66n, 16_448n],
      [8, 1, "wide", 8n, 252n, 16_448n],
      ...[1n, 3n].flatMap((hop) =>
        [1, 2, 4, 8, 16]
          .filter((groups) => BigInt(groups) > hop)
          .map((groups) => [
            1,
            groups,
            "é no: narrow",
            hop,
            35n,
            (16n * 64n * 4n) / BigInt(groups) + 64n,
          ]),
      ),
    ]);
  });

  it("can be sampled across its grids", async () => {
    const summary = await sweepToFile({ ...union, sample: { rows: 5, seed: 1 } }, "out.csv");
    expect(summary.size).toBe(5n);
    const all = await bytes(union, {});
    const some = await bytes({ ...union, sample: { rows: 5, seed: 1 } }, {});
    const lines = all.split("\n");
    const locations = some.split("\n").map((line) => lines.indexOf(line));
    expect(locations.every((location, i) => location >= (locations[i - 1] ?? 0))).toBe(true);
    expect(await bytes({ ...union, sample: { rows: 100 } }, {})).toBe(all);
  });
});

describe("samples and limits", () => {
  const spec: SpecInput = {
    axes: { ...BASE, l_in: "1..1000", stride: "1..100", kernel_size: "1..20" },
    columns: ["l_out"],
  };

  it("sample the same rows on any number of workers, all distinct and in order", async () => {
    const sampled = { ...spec, sample: { rows: 20_000, seed: 7 } };
    const one = await bytes(sampled, { workers: 1 });
    expect(new Set(one.split("\n")).size).toBe(20_002);
    expect((await bytes(sampled, { workers: 3 })) === one).toBe(true);
    expect((await bytes({ ...sampled, sample: { rows: 20_000, seed: 8 } }, {})) === one).toBe(
      false,
    );
    const all = (await bytes(spec, {})).split("\n");
    let at = -1;
    for (const line of one.split("\n").slice(1, -1)) {
      const next = all.indexOf(line, at + 1);
      expect(next).toBeGreaterThan(at);
      at = next;
    }
  });

  it("stop after the requested number of rows, and report it", async () => {
    const all = await bytes(spec, {});
    for (const limit of [1, 7, 40_000, 1_999_999]) {
      expect(
        (await bytes(spec, { limit, workers: 2 })) ===
          `${all
            .split("\n")
            .slice(0, limit + 1)
            .join("\n")}\n`,
      ).toBe(true);
    }
    const { stderr } = await said(
      words`
        sweep --in-channels 1 --out-channels 1 --kernel-size 1 --l-in 1..100 --limit 7 -o out.csv
        --force
      `,
    );
    expect(stderr).toMatch(
      /^7 layers: 7 rows written, 0 rejected, then stopped at the limit\nout\.csv: /,
    );
    expect(await bytes({ axes: { ...BASE } }, { limit: 5 })).toBe(
      await bytes({ axes: { ...BASE } }, {}),
    );
  });
});

describe("the summary of a limited sweep", () => {
  const spec: SpecInput = {
    axes: { ...BASE, l_in: "1..100000", stride: "1..3" },
    where: "l_in % 5 == 0 and stride != 2",
    columns: ["l_out"],
  };

  it.each([1, 2, 7, 39_999])("covers the raw indices up to row %i only", async (limit) => {
    const summary = await sweepToFile(spec, "out.csv", { limit, workers: 2 });
    // There are two rows at each l_in of 5, 10, …: the first and the last of three strides.
    const size = BigInt(5 * Math.ceil(limit / 2) * 3 - (limit % 2 === 1 ? 2 : 0));
    expect(summary).toMatchObject({ rows: BigInt(limit), size });
    expect([...summary.rejected.values()]).toEqual([size - BigInt(limit)]);
  });

  it("covers a sample up to its last row only", async () => {
    const sampled = { ...spec, sample: { rows: 20_000 } };
    const all = await bytes(sampled, {});
    const summary = await sweepToFile(sampled, "out.csv", { limit: 1000 });
    expect(readFileSync("out.csv", "utf8")).toBe(`${all.split("\n").slice(0, 1001).join("\n")}\n`);
    expect(summary.size).toBe(
      1000n + [...summary.rejected.values()].reduce((sum, n) => sum + n, 0n),
    );
    expect(summary.size).toBeLessThan(20_000n);
  });
});

describe("large specs", () => {
  it("may have 10,000 values in a list, 200 conditions and 500 grids", async () => {
    const values = Array.from({ length: 10_000 }, (_, i) => 3 * i + 1 + (i % 2));
    const where = Array.from({ length: 200 }, (_, i) => `l_in != ${i + 5}`);
    const { rows } = await sweepToFile({ axes: { ...BASE, l_in: values }, where }, "out.csv");
    expect(rows).toBe(BigInt(values.filter((value) => value < 5 || value > 204).length));
    const items = Array.from({ length: 10_000 }, (_, i) => `stride * ${i + 1}`);
    expect(
      (await sweepToFile({ axes: { ...BASE, stride: [1, 2], l_in: items } }, "out.csv")).rows,
    ).toBe(20_000n);
    const grids = Array.from({ length: 500 }, (_, i) => ({
      name: `grid ${i}`,
      axes: { ...BASE, stride: i + 1 },
    }));
    expect((await sweepToFile({ grids, columns: ["name", "l_out"] }, "out.csv")).rows).toBe(500n);
  });
});
