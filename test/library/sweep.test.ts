import { fc, test } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import { sweep } from "../../src/library/sweep.ts";
import { sampleIndices } from "../../src/run/sweep/sample.ts";
import { cutIntoChunks } from "../../src/run/workers/chunks.ts";
import { inOrder } from "../../src/run/workers/reorder-buffer.ts";
import { runs } from "../support/tier.ts";

describe("the ordered window", () => {
  test.prop([fc.array(fc.nat(5), { maxLength: 30 }), fc.integer({ min: 1, max: 6 })], {
    numRuns: runs(50),
  })(
    "hands answers out in the order of the tasks, whatever the order in which they end, and never holds more than its width",
    async (turns, width) => {
      let [started, taken, max] = [0, 0, 0];
      const run = async (task: number) => {
        started++;
        max = Math.max(max, started - taken);
        for (let turn = 0; turn < (turns[task] as number); turn++)
          await new Promise((resolve) => setImmediate(resolve));
        return task;
      };
      const answers: number[] = [];
      for await (const { task, answer } of inOrder(turns.keys(), run, width)) {
        expect(answer).toBe(task);
        answers.push(answer);
        taken++;
      }
      expect(answers).toEqual([...turns.keys()]);
      expect(max).toBeLessThanOrEqual(width);
    },
  );

  it("fails where the first task fails, behind the answers before it", async () => {
    const run = async (task: number) => {
      if (task >= 2) throw new Error(`task ${task}`);
      return task;
    };
    const answers: number[] = [];
    const take = async () => {
      for await (const { answer } of inOrder([0, 1, 2, 3, 4], run, 4)) answers.push(answer);
    };
    await expect(take()).rejects.toThrow("task 2");
    expect(answers).toEqual([0, 1]);
  });

  it("starts nothing more when its reader leaves", async () => {
    let started = 0;
    for await (const _ of inOrder(
      Array.from({ length: 100 }, (_, i) => i),
      async () => started++,
      3,
    ))
      break;
    expect(started).toBe(3);
  });
});

const field = fc.oneof(
  fc.stringMatching(/^[a-z0-9 é]{0,6}$/),
  fc.stringMatching(/^[a-z,\n" ]{0,8}$/).map((text) => `"${text.replaceAll('"', '""')}"`),
);
const record = fc.array(field, { minLength: 1, maxLength: 4 }).map((fields) => fields.join(","));

describe("a list cut into chunks", () => {
  test.prop(
    [
      fc.array(record, { minLength: 1, maxLength: 25 }),
      fc.constantFrom("\n", "\r\n"),
      fc.boolean(),
      fc.integer({ min: 1, max: 40 }),
    ],
    {
      numRuns: runs(400),
    },
  )(
    "is whole, and every chunk ends where a record ends",
    async (records, lineEnd, endsWithLine, pieceBytes) => {
      const bytes = Buffer.from(records.join(lineEnd) + (endsWithLine ? lineEnd : ""));
      const stream = (async function* () {
        for (let at = 0; at < bytes.length; at += pieceBytes)
          yield bytes.subarray(at, at + pieceBytes);
      })();
      const chunks = await cutIntoChunks(stream, 120);
      expect(Buffer.from(chunks.header).toString()).toBe(records[0]);
      expect(chunks.headerLines).toBe((records[0] as string).split("\n").length);
      const shards: string[] = [];
      for await (const chunk of chunks.records) {
        expect(chunk?.length).toBeLessThanOrEqual(120);
        shards.push(Buffer.from(chunk as Uint8Array).toString());
      }
      const rest =
        records.slice(1).join(lineEnd) + (endsWithLine && records.length > 1 ? lineEnd : "");
      expect(shards.join("")).toBe(rest);
      // Quotes are in pairs up to each border.
      for (const shard of shards.slice(0, -1)) {
        expect(shard.endsWith("\n")).toBe(true);
        expect((shard.split('"').length - 1) % 2).toBe(0);
      }
    },
  );

  it("stops in the place of a record that is longer than a chunk", async () => {
    const stream = (async function* () {
      yield Buffer.from(`h\na\nb\n${"x".repeat(50)}\nc\n`);
    })();
    const { records } = await cutIntoChunks(stream, 20);
    const shards: (string | undefined)[] = [];
    for await (const chunk of records) shards.push(chunk && Buffer.from(chunk).toString());
    expect(shards).toEqual(["a\nb\n", undefined]);
  });
});

describe("a sample of indices", () => {
  test.prop(
    [
      fc.bigInt({ min: 1n, max: 2n ** 63n - 1n }),
      fc.nat(200),
      fc.bigInt({ min: 0n, max: 2n ** 53n }),
    ],
    { numRuns: runs(100) },
  )(
    "is ascending, without repeats, in range, and the same for the same seed",
    (size, max, seed) => {
      const count = Number(size < BigInt(max) ? size : BigInt(max));
      const indices = [...sampleIndices(size, count, seed)];
      expect(indices).toHaveLength(count);
      expect(
        indices.every(
          (index, i) => index < size && (i === 0 || index > (indices[i - 1] as bigint)),
        ),
      ).toBe(true);
      expect([...sampleIndices(size, count, seed)]).toEqual(indices);
    },
  );

  it("takes every index equally often", () => {
    const hits = new Array<number>(20).fill(0);
    for (let seed = 0n; seed < 4_000n; seed++)
      for (const index of sampleIndices(20n, 5, seed))
        hits[Number(index)] = (hits[Number(index)] as number) + 1;
    // 1,000 expected for each, with a standard deviation of 27: five of them on either side.
    expect(Math.min(...hits)).toBeGreaterThan(863);
    expect(Math.max(...hits)).toBeLessThan(1137);
  });
});

const GRID = {
  axes: { in_channels: 8, out_channels: "1..200", kernel_size: "1..20", l_in: "1..50" },
  columns: ["macs", "additions_per_filter"],
} as const;

describe("sweep() of the library", () => {
  it("hands out every row once, in order, with numbers, a boolean and big integers", async () => {
    let rows = 0;
    for await (const batch of sweep(GRID, { workers: 2 })) {
      let inBatch = 0;
      for (const row of batch) {
        const [l, k, c] = [
          (rows % 50) + 1,
          (Math.floor(rows / 50) % 20) + 1,
          Math.floor(rows / 1000) + 1,
        ];
        if (
          row.l_in !== l ||
          row.kernel_size !== k ||
          row.out_channels !== c ||
          row.bias !== true ||
          row.macs !== BigInt(8 * c * k * l)
        ) {
          expect(row).toEqual({
            l_in: l,
            kernel_size: k,
            out_channels: c,
            bias: true,
            macs: BigInt(8 * c * k * l),
          });
        }
        rows++;
        inBatch++;
      }
      expect(inBatch).toBe(batch.rowCount);
    }
    expect(rows).toBe(200_000);
  });

  it("returns a summary that adds up", async () => {
    const batches = sweep(
      { axes: { ...GRID.axes, groups: [1, 3], padding: [0, 40] } },
      { workers: 2 },
    );
    let next = await batches.next();
    let [rows, bytes] = [0, 0];
    while (!next.done) {
      rows += next.value.rowCount;
      bytes += next.value.csv.length;
      next = await batches.next();
    }
    expect(next.value).toMatchObject({ size: 800_000n, rows: BigInt(rows), bytes });
    expect(
      next.value.rows + [...next.value.rejected.values()].reduce((sum, n) => sum + n, 0n),
    ).toBe(800_000n);
  });

  it("gives rows and a summary that JSON.stringify writes, every bigint as a string", async () => {
    const max = 2 ** 31 - 1;
    // macs = (2^31 - 1)^2·3, beyond 2^63; the second layer breaks a rule.
    const grid = {
      axes: { in_channels: max, out_channels: max, kernel_size: 3, l_in: 1, groups: [1, 2] },
      columns: ["macs", "zero_insertion_waste"],
    } as const;
    const batches = sweep(grid, { workers: 1 });
    const rows: unknown[] = [];
    let next = await batches.next();
    for (; !next.done; next = await batches.next()) rows.push(...next.value);
    expect(JSON.stringify(rows)).toBe(
      `[{"batch_size":1,"in_channels":${max},"out_channels":${max},"l_in":1,"kernel_size":3,"stride":1,"padding":0,"output_padding":0,"dilation":1,"groups":1,"bias":true,"macs":"13835058042397261827","zero_insertion_waste":${2 / 3}}]`,
    );
    expect(Object.keys(rows[0] as object)).not.toContain("toJSON");
    const { seconds, bytes, ...counts } = JSON.parse(JSON.stringify(next.value));
    expect([typeof seconds, typeof bytes]).toEqual(["number", "number"]);
    expect(counts).toEqual({
      size: "2",
      rows: "1",
      rejected: { "in_channels % groups == 0": "1" },
      empty: "0",
      gridRows: ["1"],
    });
    expect(Object.keys(next.value)).toEqual([
      "size",
      "rows",
      "rejected",
      "empty",
      "gridRows",
      "bytes",
      "seconds",
    ]);
  });

  it("stops its workers when the loop is left", async () => {
    const vast = {
      axes: {
        in_channels: "1..1000000",
        out_channels: "1..1000000",
        kernel_size: "1..100",
        l_in: "1..1000",
      },
    };
    for await (const batch of sweep(vast, { workers: 2 })) {
      expect(batch.rowCount).toBeGreaterThan(0);
      break;
    }
  });
});
