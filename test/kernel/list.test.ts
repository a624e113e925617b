import { fc, test } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import type { Kernel } from "../../src/kernel/kernel.ts";
import { PARAMETERS } from "../../src/parameters.ts";
import { type ListPlan, planList, splitRecord } from "../../src/plan/list.ts";
import { addAccount } from "../../src/rules.ts";
import { KERNELS } from "../support/kernels.ts";
import { ALL_RESULTS } from "../support/layers.ts";

const [[, reference], ...compiled] = KERNELS as [(typeof KERNELS)[number], ...(typeof KERNELS)[number][]];

/** Counts a chunk whole. What exactly is wrong with a record of a wrong form is the host's to say; here it is only that it is. */
function countOn(kernel: Kernel, list: ListPlan, text: string) {
  kernel.openList(list, "closed");
  const chunk = Buffer.from(text, "latin1");
  const leftOut: bigint[] = [];
  let [csv, rows, lines] = ["", 0, 0];
  for (let at = 0; at < chunk.length; ) {
    const batch = kernel.countList(chunk, at);
    csv += Buffer.from(batch.csv).toString("latin1");
    rows += batch.rows;
    addAccount(leftOut, batch.leftOut);
    if (batch.fault) {
      const record = recordAt(text, batch.fault.at);
      const isOfWrongForm = splitRecord(record)?.length !== list.fields.length;
      return { csv, rows, leftOut, fault: isOfWrongForm ? { kind: "form", at: batch.fault.at } : batch.fault };
    }
    lines += batch.lines;
    at = batch.next;
  }
  return { csv, rows, leftOut, lines };
}

/** The record at a place: up to the first line end that leaves its quotes in pairs, as far as there is one. */
function recordAt(text: string, at: number): string {
  for (let end = text.indexOf("\n", at); end >= 0; end = text.indexOf("\n", end + 1)) {
    const record = text.slice(at, end);
    if (splitRecord(record) !== undefined) return record.replace(/\r$/, "");
  }
  return text.slice(at).replace(/\r$/, "");
}

const integers = fc.oneof(
  { weight: 12, arbitrary: fc.integer({ min: 1, max: 12 }).map(String) },
  { weight: 1, arbitrary: fc.constantFrom("0", "-1", "2147483647", "2147483648", "99999999999999999999999") },
);
const booleans = fc.constantFrom("true", "false", "True", "FALSE", "1", "0");
const names = fc.oneof(
  fc.stringMatching(/^[a-z é"']{1,5}$/).filter((text) => !text.startsWith('"')),
  fc.stringMatching(/^[a-z,"\n]{0,5}$/).map((text) => `"${text.replaceAll('"', '""')}"`),
);
const quoted = (text: fc.Arbitrary<string>) => fc.oneof({ weight: 5, arbitrary: text }, { weight: 1, arbitrary: text.map((value) => `"${value}"`) });

const PARAMETER_NAMES = PARAMETERS.map(({ name }) => name);
const REQUEST = { layer: "conv_transpose1d", skipInvalid: false, isComparing: false, settings: {} } as const;
const HEADER = ["name", ...PARAMETER_NAMES];
const records = fc.tuple(
  quoted(names.filter((text) => !text.startsWith('"'))),
  ...PARAMETER_NAMES.map((name) => quoted(name === "bias" ? booleans : integers)),
);
const lists = fc.record({
  records: fc.array(
    records.map((fields) => fields.join(",")),
    { maxLength: 12 },
  ),
  lineEnd: fc.constantFrom("\n", "\r\n"),
  endsWithLine: fc.boolean(),
  skipInvalid: fc.boolean(),
});

describe.each(compiled)("counting lists, the %s kernel", (_, kernel) => {
  test.prop([lists], { numRuns: 600 })("writes, leaves out and stops like the reference", ({ records, lineEnd, endsWithLine, skipInvalid }) => {
    const list = planList(HEADER.join(","), "list", { ...REQUEST, columns: ALL_RESULTS, skipInvalid });
    const text = records.join(lineEnd) + (endsWithLine ? lineEnd : "");
    expect(countOn(kernel, list, text)).toEqual(countOn(reference, list, text));
  });

  /** A few characters of a good list struck out, doubled or replaced by those that mean something in a CSV. */
  const damage = fc.array(
    fc.tuple(
      fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
      fc.constantFrom("", ",", '"', "\n", "\r", "0", "-", ".", " ", "x", "\u0000", "\u00ff"),
    ),
    { minLength: 1, maxLength: 4 },
  );
  test.prop([lists, damage], { numRuns: 1_500 })(
    "finds the same faults as the reference in damaged lists, and never crashes",
    ({ records, lineEnd, skipInvalid }, damages) => {
      const list = planList(HEADER.join(","), "list", { ...REQUEST, columns: ["ops", "macs"], skipInvalid });
      let text = records.join(lineEnd) + lineEnd;
      for (const [where, character] of damages) {
        const at = Math.floor(where * text.length);
        text = text.slice(0, at) + character + text.slice(at + 1);
      }
      expect(countOn(kernel, list, text)).toEqual(countOn(reference, list, text));
    },
  );
});

it("reads a header in any order, and takes PyTorch's defaults for what it leaves out", () => {
  const list = planList("l_in,kernel_size,out_channels,in_channels,comment", "list", { ...REQUEST, columns: ["ops"] });
  for (const [, kernel] of KERNELS) expect(countOn(kernel, list, "2,3,1,1,a\n").csv).toBe("2,3,1,1,a,18\n");
});

it("writes 0 for the sums of an empty batch whatever their factors are", () => {
  const list = planList("batch_size,in_channels,out_channels,l_in,kernel_size", "list", { ...REQUEST, columns: ["l_out", "ops", "additions", "tensorflow"] });
  const record = "2147483647,2147483647,2,2147483647";
  for (const [, kernel] of KERNELS) {
    const { csv, fault } = countOn(kernel, list, `0,${record}\n1,${record}\n`);
    expect(csv).toBe(`0,${record},2147483648,0,0,0\n`);
    expect(fault).toMatchObject({ kind: "overflow", result: 1 });
  }
});
