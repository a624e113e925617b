/** Where the bytes of encoded row groups are. test/run/columns/ reads what they say. */
import { expect, it } from "vitest";
import type { Column } from "../../../src/formats/parquet/schema.ts";
import { kernelModule } from "../../../src/kernel/artefact.ts";
import { parquetKernel } from "../../../src/kernel/wasm.ts";
import { ParquetEncoder } from "../../../src/run/columns/parquet-encoder.ts";
import { encodeRowGroup } from "../../../src/run/workers/encode.ts";
import type { RowGroup } from "../../../src/run/workers/row-group.ts";

const COLUMNS: readonly Column[] = [{ name: "macs", type: "INT64", isOptional: false }];

/** Values of which no two are the same, so that a group takes eight bytes a row. */
const group = (rows: number, room?: RowGroup["room"]): RowGroup => ({
  rows,
  columns: [{ values: BigUint64Array.from({ length: rows }, (_, i) => BigInt(i) ** 3n) }],
  ...(room && { room }),
});

const bytesOf = (rows: number) =>
  Buffer.from(
    encodeRowGroup(parquetKernel(kernelModule()), COLUMNS, group(rows), "UNCOMPRESSED").bytes,
  );

it("are in the memory of an earlier group if they fit, else in new memory", async () => {
  const encoder = new ParquetEncoder();
  const room: RowGroup["room"] = {};
  const buffers: ArrayBufferLike[] = [];
  for (const rows of [1000, 1100, 10, 5000, 1000]) {
    const { bytes } = await encoder.encode(COLUMNS, group(rows, room), "UNCOMPRESSED");
    expect(Buffer.from(bytes).equals(bytesOf(rows))).toBe(true);
    buffers.push(bytes.buffer);
  }
  const [first, second, third, fourth, fifth] = buffers;
  expect(second).toBe(first);
  expect(third).toBe(first);
  expect(fourth).not.toBe(first);
  expect(fifth).toBe(fourth);
});
