/** Our streams and files in pyarrow, where Python has it. */
import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import type { ArrowSchema } from "../../../src/formats/arrow/schema.ts";
import { arrowOf } from "../../support/arrow.ts";

const PYTHON = ["python3", "/usr/bin/python3"].find(
  (path) => spawnSync(path, ["-c", "import pyarrow"]).status === 0,
);

/** Reads a table from standard input. Prints types, metadata and cells, with integers as text. */
const SCRIPT = `
import json, sys, pyarrow
opened = getattr(pyarrow.ipc, "open_" + sys.argv[1])(pyarrow.py_buffer(sys.stdin.buffer.read()))
table = opened.read_all()
table.validate(full=True)
text = lambda cell: str(cell) if type(cell) is int else cell
print(json.dumps([
  [str(field.type) + (" or null" if field.nullable else "") for field in table.schema],
  table.schema.metadata[b"upsweep"].decode(),
  [[text(cell) for cell in row.values()] for row in table.to_pylist()],
]))
`;

const SCHEMA: ArrowSchema = {
  columns: [
    { name: "a", type: "int32", isNullable: false, metadata: {} },
    { name: "b", type: "int64", isNullable: true, metadata: { unit: "MACs" } },
    { name: "c", type: "uint64", isNullable: false, metadata: {} },
    { name: "d", type: "float64", isNullable: true, metadata: {} },
    { name: "e", type: "bool", isNullable: false, metadata: {} },
    { name: "f", type: "utf8", isNullable: true, metadata: {} },
  ],
  metadata: { upsweep: '{"version":"0.2.0"}' },
};

describe.skipIf(PYTHON === undefined)("pyarrow", () => {
  it.each(["stream", "file"] as const)("validates a %s, and reads every cell", (form) => {
    const { bytes } = arrowOf(form, SCHEMA, [
      [
        [1, -2],
        [3n, null],
        [2n ** 64n - 1n, 0n],
        [null, 0.1],
        [true, false],
        ["größer\n", null],
      ],
      [[], [], [], [], [], []],
      [[7], [-(2n ** 63n)], [1n], [1.5], [true], [""]],
    ]);
    const { stdout, stderr } = spawnSync(PYTHON as string, ["-c", SCRIPT, form], {
      input: bytes,
      encoding: "utf8",
    });
    expect(stderr).toBe("");
    expect(JSON.parse(stdout)).toEqual([
      ["int32", "int64 or null", "uint64", "double or null", "bool", "string or null"],
      '{"version":"0.2.0"}',
      [
        ["1", "3", "18446744073709551615", null, true, "größer\n"],
        ["-2", null, "0", 0.1, false, null],
        ["7", "-9223372036854775808", "1", 1.5, true, ""],
      ],
    ]);
  });
});
