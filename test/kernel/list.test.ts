import { fc, test } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import { columnsOf } from "../../src/columns.ts";
import { addTotals, type Kernel, type KindTotals } from "../../src/kernel/kernel.ts";
import { KIND_NAMES, type KindName, kindOf, PARAMETERS } from "../../src/parameters.ts";
import { type ListPlan, planList, splitRecord } from "../../src/plan/list.ts";
import { addAccount } from "../../src/rules.ts";
import { KERNELS } from "../support/kernels.ts";
import { ALL_RESULTS } from "../support/layers.ts";
import { runs } from "../support/tier.ts";

const [[, reference], ...compiled] = KERNELS as [(typeof KERNELS)[number], ...(typeof KERNELS)[number][]];

/** Counts a chunk whole. What exactly is wrong with a record of a wrong form is the host's to say; here it is only that it is. */
function countOn(kernel: Kernel, list: ListPlan, text: string) {
  kernel.openList(list, "closed");
  const chunk = Buffer.from(text, "latin1");
  const leftOut: bigint[] = [];
  let [csv, rows, lines] = ["", 0, 0];
  let totals: readonly KindTotals[] = [];
  for (let at = 0; at < chunk.length; ) {
    const batch = kernel.countList(chunk, at);
    csv += Buffer.from(batch.csv).toString("latin1");
    rows += batch.rows;
    addAccount(leftOut, batch.leftOut);
    totals = addTotals(totals, batch.totals);
    if (batch.fault) {
      const record = recordAt(text, batch.fault.at);
      const isOfWrongForm = splitRecord(record)?.length !== list.fields.length;
      return { csv, rows, leftOut, fault: isOfWrongForm ? { kind: "form", at: batch.fault.at } : batch.fault };
    }
    lines += batch.lines;
    at = batch.next;
  }
  return { csv, rows, leftOut, lines, totals };
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
  test.prop([lists], { numRuns: runs(600) })("writes, leaves out and stops like the reference", ({ records, lineEnd, endsWithLine, skipInvalid }) => {
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
  test.prop([lists, damage], { numRuns: runs(1_500) })(
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

/** The required parameters of a kind, and one with a default, with small values that differ. */
function recordOf(kind: KindName): ReadonlyMap<string, string> {
  const { parameters } = kindOf(kind);
  const values = parameters.map((p, i): [string, string] => [
    p.name,
    p.type === "boolean" ? "true" : String(p.base === "l_in" ? 9 + i : p.default === undefined ? 2 + (i % 3) : p.default),
  ]);
  return new Map(values);
}

describe.each(KIND_NAMES)("a list of %s", (kind) => {
  it.each([false, true])("has every column like the reference, with a sample rate: %s", (isRated) => {
    const record = recordOf(kind);
    const columns = columnsOf(kindOf(kind))
      .filter((c) => isRated || !c.dependsOn.includes("sample_rate"))
      .map(({ name }) => name);
    const settings = isRated ? { sample_rate: 22050 } : {};
    const list = planList([...record.keys()].join(","), "list", { ...REQUEST, layer: kind, settings, columns });
    const text = `${[...record.values()].join(",")}\n`;
    const expected = countOn(reference, list, text.repeat(2));
    expect(expected.csv.split("\n")[0]?.split(",")).toHaveLength(record.size + columns.length);
    for (const [, kernel] of compiled) expect(countOn(kernel, list, text.repeat(2))).toEqual(expected);
  });
});

/** The columns of all kinds together, and records of any kind with what it does not have left empty. */
const mixedNames = ["note", "layer", ...new Set(KIND_NAMES.flatMap((kind) => kindOf(kind).parameterNames))];
const spelling = fc.constantFrom(
  (kind: KindName): string => kind,
  (kind: KindName) => kindOf(kind).module,
  (kind: KindName) => `nn.${kindOf(kind).module}`,
  (kind: KindName) => `torch.nn.${kindOf(kind).module}`,
);
const mixedRecord = fc
  .record({
    kind: fc.constantFrom(...KIND_NAMES),
    spell: spelling,
    values: fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 40, maxLength: 40 }),
    stray: fc.option(fc.nat(mixedNames.length - 1), { freq: 12 }),
  })
  .map(({ kind, spell, values, stray }) =>
    mixedNames
      .map((name, i) => {
        if (name === "note") return '"a, b"';
        if (name === "layer") return spell(kind);
        const p = kindOf(kind).parameters.find((own) => own.name === name);
        if (!p) return i === stray ? "3" : "";
        return p.type === "boolean" ? String((values[i] as number) > 3) : String(p.base === "groups" || p.base === "output_padding" ? p.least : values[i]);
      })
      .join(","),
  );

describe.each(compiled)("a list that mixes kinds, the %s kernel", (_, kernel) => {
  test.prop([fc.array(mixedRecord, { maxLength: 10 }), fc.boolean()], { numRuns: runs(300) })(
    "counts each row as a layer of its kind, and adds up the totals of each kind, like the reference",
    (rows, skipInvalid) => {
      const columns = ["l_out", "h_out", "macs", "additions", "params", "fvcore", "zero_insertion_waste"] as const;
      const list = planList(mixedNames.join(","), "list", { ...REQUEST, columns, skipInvalid });
      const text = rows.map((row) => `${row}\n`).join("");
      expect(countOn(kernel, list, text)).toEqual(countOn(reference, list, text));
    },
  );
});

describe("a list", () => {
  const macs = (header: string, records: string, layer: KindName = "conv_transpose1d") =>
    KERNELS.map(([, kernel]) => countOn(kernel, planList(header, "list", { ...REQUEST, layer, columns: ["macs"] }), records).csv);
  const all = (csv: string) => KERNELS.map(() => csv);

  it("counts a plain convolution that its column layer names, not a transposed one", () => {
    // 66·32·4·(128 - 4 + 1) products; transposed it would be 66·32·4·128 = 1,081,344.
    expect(macs("layer,in_channels,out_channels,kernel_size,l_in", "conv1d,66,32,4,128\n")).toEqual(all("conv1d,66,32,4,128,1056000\n"));
  });

  it("takes a value for each dimension, as Python writes tuples", () => {
    const header = "in_channels,out_channels,h_in,w_in,kernel_size,stride";
    // 2·3 filters of 2·5 taps over 4·6 inputs, nothing cropped.
    for (const tuple of ['"(2, 5)"', '"[2,5]"', '"2,5"', '"2, 5"', '"( 2 ,5 )"', '"(2, 5,)"']) {
      expect(macs(header, `2,3,4,6,${tuple},1\n`, "conv_transpose2d")).toEqual(all(`2,3,4,6,${tuple},1,1440\n`));
    }
    expect(macs("in_channels,out_channels,l_in,kernel_size", '2,3,4,"(2,)"\n')).toEqual(all('2,3,4,"(2,)",48\n'));
  });

  it.each(['"(2,)"', '"(2, 3, 4)"', '"(2; 3)"', '"2,"', '",2"', '"()"', '"(2, 3"', '"[2, 3)"', "2x3", '"(2, x)"', '"(2,,3)"', '"(02, 3)"'])(
    "refuses %s as a value for each of two dimensions",
    (tuple) => {
      const list = planList("in_channels,out_channels,h_in,w_in,kernel_size", "list", { ...REQUEST, layer: "conv_transpose2d", columns: ["macs"] });
      for (const [, kernel] of KERNELS) expect(countOn(kernel, list, `2,3,4,6,${tuple}\n`).fault).toEqual({ kind: "field", at: 0, field: 4 });
    },
  );

  it("takes a number with spaces around it", () => {
    expect(macs("in_channels, out_channels,l_in,kernel_size".replace(" ", ""), "2, 3,4 ,2\n")).toEqual(all("2, 3,4 ,2,48\n"));
  });

  it("replaces the results of an earlier run", () => {
    expect(macs("in_channels,macs,out_channels,params,l_in,kernel_size,note", '2,7,3,"x,y",4,2,"a, b"\n')).toEqual(all('2,3,4,2,"a, b",48\n'));
    expect(macs("params,in_channels,out_channels,l_in,kernel_size,macs", "5,2,3,4,2,\n")).toEqual(all("2,3,4,2,48\n"));
  });

  it("adds up totals beyond 2^64 exactly", () => {
    const list = planList("in_channels,out_channels,l_in,kernel_size", "list", { ...REQUEST, columns: ["macs", "l_out", "params"] });
    // Each layer has (2^31 - 1)·2^31·4 MACs, nearly 2^64.
    const record = "2147483647,2147483647,4,1\n";
    const macsOfOne = (2n ** 31n - 1n) ** 2n * 4n;
    for (const [, kernel] of KERNELS) {
      expect(countOn(kernel, list, record.repeat(5)).totals).toEqual([
        { kind: "conv_transpose1d", sums: [5n * macsOfOne, 5n * ((2n ** 31n - 1n) ** 2n + 2n ** 31n - 1n)] },
      ]);
    }
  });
});
