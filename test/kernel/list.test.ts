import { fc, test } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import { columnsOf, needsSetting } from "../../src/columns/derived.ts";
import { addTotals, type Kernel, type KindTotals } from "../../src/kernel/kernel.ts";
import { KIND_NAMES, type KindName, kindOf } from "../../src/layers/kinds.ts";
import { layerFrom } from "../../src/layers/layer.ts";
import { PARAMETERS } from "../../src/layers/parameters.ts";
import { addCounts } from "../../src/layers/rules.ts";
import { type ListPlan, planList, splitRecord } from "../../src/plan/list.ts";
import { columnsOfGroup } from "../../src/spec/spec.ts";
import { KERNELS } from "../support/kernels.ts";
import { ALL_RESULTS } from "../support/layers.ts";
import { runs } from "../support/tier.ts";

const [[, reference], ...compiled] = KERNELS as [
  (typeof KERNELS)[number],
  ...(typeof KERNELS)[number][],
];

/**
 * Counts a complete chunk. For a malformed record the result contains only where it is: the host
 * determines the exact fault.
 */
function countOn(kernel: Kernel, list: ListPlan, text: string) {
  kernel.openList(list, "closed");
  const chunk = Buffer.from(text, "latin1");
  const rejected: bigint[] = [];
  let [bytes, rows, lines] = ["", 0, 0];
  let totals: readonly KindTotals[] = [];
  for (let at = 0; at < chunk.length; ) {
    const batch = kernel.countList(chunk, at);
    bytes += Buffer.from(batch.bytes).toString("latin1");
    rows += batch.rows;
    addCounts(rejected, batch.rejected);
    totals = addTotals(totals, batch.totals);
    if (batch.fault) {
      const record = recordAt(text, batch.fault.at);
      const isOfWrongForm = splitRecord(record)?.length !== list.fields.length;
      return {
        bytes,
        rows,
        rejected,
        fault: isOfWrongForm ? { kind: "form", at: batch.fault.at } : batch.fault,
      };
    }
    lines += batch.lines;
    at = batch.next;
  }
  return { bytes, rows, rejected, lines, totals };
}

/**
 * The record at a location: up to the first line end that leaves its quotes in pairs, if there is
 * one.
 */
function recordAt(text: string, at: number): string {
  for (let end = text.indexOf("\n", at); end >= 0; end = text.indexOf("\n", end + 1)) {
    const record = text.slice(at, end);
    if (splitRecord(record) !== undefined) return record.replace(/\r$/, "");
  }
  return text.slice(at).replace(/\r$/, "");
}

const integers = fc.oneof(
  { weight: 12, arbitrary: fc.integer({ min: 1, max: 12 }).map(String) },
  {
    weight: 1,
    arbitrary: fc.constantFrom("0", "-1", "2147483647", "2147483648", "99999999999999999999999"),
  },
);
const booleans = fc.constantFrom("true", "false", "True", "FALSE", "1", "0");
const names = fc.oneof(
  fc.stringMatching(/^[a-z é"']{1,5}$/).filter((text) => !text.startsWith('"')),
  fc.stringMatching(/^[a-z,"\n]{0,5}$/).map((text) => `"${text.replaceAll('"', '""')}"`),
);
const quoted = (text: fc.Arbitrary<string>) =>
  fc.oneof(
    { weight: 5, arbitrary: text },
    { weight: 1, arbitrary: text.map((value) => `"${value}"`) },
  );

const PARAMETER_NAMES = PARAMETERS.map(({ name }) => name);
const REQUEST = {
  layer: "conv_transpose1d",
  skipInvalid: false,
  isComparing: false,
  settings: {},
} as const;
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

describe.each(compiled)("lists on the %s kernel", (_, kernel) => {
  test.prop([lists], { numRuns: runs(600) })(
    "are counted, rejected and stopped at as by the reference",
    ({ records, lineEnd, endsWithLine, skipInvalid }) => {
      const list = planList(HEADER.join(","), "list", {
        ...REQUEST,
        columns: ALL_RESULTS,
        skipInvalid,
      });
      const text = records.join(lineEnd) + (endsWithLine ? lineEnd : "");
      expect(countOn(kernel, list, text)).toEqual(countOn(reference, list, text));
    },
  );

  /**
   * A few characters of a valid list are removed, duplicated or replaced by characters with a
   * meaning in CSV.
   */
  const damage = fc.array(
    fc.tuple(
      fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
      fc.constantFrom("", ",", '"', "\n", "\r", "0", "-", ".", " ", "x", "\u0000", "\u00ff"),
    ),
    { minLength: 1, maxLength: 4 },
  );
  test.prop([lists, damage], { numRuns: runs(1_500) })(
    "have the faults of the reference when they are damaged, without a crash",
    ({ records, lineEnd, skipInvalid }, damages) => {
      const list = planList(HEADER.join(","), "list", {
        ...REQUEST,
        columns: ["ops", "macs"],
        skipInvalid,
      });
      let text = records.join(lineEnd) + lineEnd;
      for (const [where, character] of damages) {
        const at = Math.floor(where * text.length);
        text = text.slice(0, at) + character + text.slice(at + 1);
      }
      expect(countOn(kernel, list, text)).toEqual(countOn(reference, list, text));
    },
  );
});

/** A field of two dimensions: one number for both, or a tuple with one for each. */
const twoDimensions = (max: number, min = 1) => {
  const value = fc.integer({ min, max });
  return fc.oneof(
    value.map(String),
    fc.tuple(value, value).map(([height, width]) => `"(${height}, ${width})"`),
  );
};
/** Few values, so that consecutive records often differ only in the second dimension. */
const flatRecord = fc
  .tuple(twoDimensions(2), twoDimensions(2), fc.constantFrom("0", "1"))
  .map(([kernel_size, stride, padding]) => `1,1,4,4,${kernel_size},${stride},${padding},0,1`);

describe.each(compiled)("lists of several dimensions on the %s kernel", (_, kernel) => {
  const header =
    "in_channels,out_channels,h_in,w_in,kernel_size,stride,padding,output_padding,dilation";
  const list = planList(header, "list", {
    ...REQUEST,
    layer: "conv_transpose2d",
    columns: ["h_out", "w_out", "taps", "covered", "holes", "macs"],
    skipInvalid: true,
  });

  test.prop([fc.array(flatRecord, { maxLength: 12 })], { numRuns: runs(400) })(
    "are counted as by the reference, with numbers or tuples as fields",
    (records) => {
      const text = records.map((record) => `${record}\n`).join("");
      expect(countOn(kernel, list, text)).toEqual(countOn(reference, list, text));
    },
  );

  it("apply a number to all dimensions after a tuple with one for each", () => {
    const { bytes } = countOn(kernel, list, '1,1,4,4,"(3,5)",2,0,0,1\n1,1,4,4,3,2,0,0,1\n');
    // By hand: 4 inputs and 3 kernel elements in each dimension make 12 products each, 144 in all.
    expect(bytes.split("\n").map((row) => row.split(",").at(-1))).toEqual(["240", "144", ""]);
  });
});

it("a header may have any order, and missing columns have PyTorch's defaults", () => {
  const list = planList("l_in,kernel_size,out_channels,in_channels,comment", "list", {
    ...REQUEST,
    columns: ["ops"],
  });
  for (const [, kernel] of KERNELS)
    expect(countOn(kernel, list, "2,3,1,1,a\n").bytes).toBe("2,3,1,1,a,18\n");
});

it("the sums of an empty batch are 0, however large their factors are", () => {
  const list = planList("batch_size,in_channels,out_channels,l_in,kernel_size", "list", {
    ...REQUEST,
    columns: ["l_out", "ops", "additions", "tensorflow"],
  });
  const record = "2147483647,2147483647,2,2147483647";
  for (const [, kernel] of KERNELS) {
    const { bytes, fault } = countOn(kernel, list, `0,${record}\n1,${record}\n`);
    expect(bytes).toBe(`0,${record},2147483648,0,0,0\n`);
    expect(fault).toMatchObject({ kind: "overflow", result: 1 });
  }
});

/**
 * Lists of any kind with every column of that kind. Some parameters have their defaults; a sample
 * rate is optional.
 */
const wideLists = fc
  .record({
    layer: fc.constantFrom(...KIND_NAMES),
    rate: fc.constantFrom("none", "setting", "column"),
    rejected: fc.array(fc.nat(20), { maxLength: 12 }),
    values: fc.array(fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 24, maxLength: 24 }), {
      minLength: 1,
      maxLength: 6,
    }),
  })
  .map(({ layer, rate, rejected, values }) => {
    const kind = kindOf(layer);
    const given = kind.parameters
      .filter(({ default: value }, i) => value === undefined || !rejected.includes(i))
      .map(({ name }) => name);
    const names = [...given, ...(rate === "column" ? ["sample_rate"] : [])];
    const records = values.map((own) =>
      names.map((name, i) => (name === "bias" ? (own[i] as number) % 2 : own[i])).join(","),
    );
    const columns = columnsOfGroup(kind, "all", rate !== "none");
    const settings =
      rate === "setting" ? { sample_rate: { numerator: 11_025n, denominator: 16n } } : {};
    const list = planList(names.join(","), "list", {
      ...REQUEST,
      layer,
      columns,
      settings,
      skipInvalid: true,
    });
    return { list, text: `${records.join("\n")}\n` };
  });

describe.each(compiled)("lists of every kind with all columns on the %s kernel", (_, kernel) => {
  test.prop([wideLists], { numRuns: runs(600) })(
    "are counted as by the reference",
    ({ list, text }) => {
      expect(countOn(kernel, list, text)).toEqual(countOn(reference, list, text));
    },
  );

  it.each(KIND_NAMES)(
    "count each layer of a %s list like the layer alone, with and without a rate",
    (layer) => {
      const kind = kindOf(layer);
      for (const sample_rate of [undefined, { numerator: 30_000n, denominator: 1001n }]) {
        const columns = columnsOfGroup(kind, "all", sample_rate !== undefined);
        const names = kind.parameters.filter((p) => p.default === undefined).map((p) => p.name);
        const list = planList(names.join(","), "list", {
          ...REQUEST,
          layer,
          columns,
          settings: { sample_rate },
        });
        const value = (name: string) => 9 - names.indexOf(name);
        const alone = layerFrom(kind, (p) => p.default ?? value(p.name), { sample_rate });
        const { texts = {} } = kernel.count(alone, "closed");
        const record = names.map(value).join(",");
        expect(countOn(kernel, list, `${record}\n`).bytes).toBe(
          `${[record, ...columns.map((name) => texts[name])].join(",")}\n`,
        );
      }
    },
  );
});

it("a 3-d list with every column has the correct last columns", () => {
  const names = "in_channels,out_channels,d_in,h_in,w_in,kernel_size.d,kernel_size.h,kernel_size.w";
  const kind = kindOf("conv_transpose3d");
  const list = planList(names, "list", {
    ...REQUEST,
    layer: kind.name,
    columns: columnsOfGroup(kind, "all", false),
  });
  const cells = countOn(reference, list, "7,5,3,3,3,2,2,2\n").bytes.trimEnd().split(",");
  // By hand: torchprofile 5·4³·2³·7, onnx_tool with bias 5·4³·(5·2³ + 1), and no answer of
  // tensorflow.
  expect(cells.slice(-3)).toEqual(["17920", "13120", ""]);
  for (const [, kernel] of KERNELS)
    expect(countOn(kernel, list, "7,5,3,3,3,2,2,2\n").bytes).toBe(`${cells.join(",")}\n`);
});

describe.each(compiled)("sample rates in lists on the %s kernel", (_, kernel) => {
  const digits = (max: number) => fc.stringMatching(new RegExp(`^[0-9]{1,${max}}$`));
  const decimal = fc.oneof(
    fc.integer({ min: 0, max: 200_000 }).map(String),
    fc.tuple(digits(12), digits(20)).map(([whole, rest]) => `${whole}.${rest}`),
    fc.double({ min: 0, max: 2 ** 32, noNaN: true }).map(String),
    digits(20),
  );
  const rates = fc.oneof(
    decimal,
    fc.tuple(decimal, decimal).map(([a, b]) => `${a}/${b}`),
    fc.stringMatching(/^[0-9./e-]{1,6}$/),
    // Like the tuples of other columns: with spaces and brackets.
    fc
      .tuple(
        fc.constantFrom("", " ", "(", "[ "),
        decimal,
        fc.constantFrom("", " ", ")", ",)", " ]", ","),
      )
      .map((parts) => parts.join("")),
    fc.stringMatching(/^[0-9/.,() -]{1,6}$/),
  );
  const quotedRates = fc.array(quoted(rates), { minLength: 1, maxLength: 4 });
  test.prop([quotedRates, fc.boolean()], { numRuns: runs(4_000) })(
    "are read, refused and rejected as by the reference",
    (texts, skipInvalid) => {
      const columns = ["macs_per_second", "ops_per_second"] as const;
      const list = planList("sample_rate,in_channels,out_channels,l_in,kernel_size", "list", {
        ...REQUEST,
        columns,
        skipInvalid,
      });
      const text = texts.map((rate) => `${rate},3,5,7,2\n`).join("");
      expect(countOn(kernel, list, text)).toEqual(countOn(reference, list, text));
    },
  );

  it("are exact as decimals and fractions", () => {
    const list = planList("sample_rate,in_channels,out_channels,l_in,kernel_size", "list", {
      ...REQUEST,
      columns: ["macs_per_second"],
    });
    // By hand: 1·1·(2·3) / 4 = 1.5 MACs for each output element.
    const { bytes } = countOn(
      kernel,
      list,
      "22050/32,1,1,2,3\n689.0625,1,1,2,3\n0.5,1,1,2,3\n30000/1001,1,1,2,3\n2,1,1,2,3\n",
    );
    const cells = bytes
      .trimEnd()
      .split("\n")
      .map((row) => row.split(",").at(-1));
    expect(cells).toEqual(["1033.59375", "1033.59375", "0.75", String(45_000 / 1001), "3"]);
    expect(
      countOn(
        kernel,
        list,
        ' 22050/32,1,1,2,3\n"(22050/32,)",1,1,2,3\n[ 689.0625 ],1,1,2,3\n',
      ).bytes.match(/,1033\.59375\n/g),
    ).toHaveLength(3);
  });

  it("apply to their row in a list that mixes kinds", () => {
    const header = "layer,sample_rate,in_channels,out_channels,l_in,kernel_size,stride";
    const list = planList(header, "list", { ...REQUEST, columns: ["macs_per_second"] });
    // By hand: conv_transpose1d has 2·3 products in 4 outputs, conv1d has 2·3 products in 2
    // outputs.
    const rows = [
      "conv_transpose1d,22050/32,1,1,2,3,1",
      "conv1d,689.0625,1,1,4,3,1",
      "conv1d,2,1,1,4,3,1",
      "conv_transpose1d,3,1,1,2,3,1",
    ];
    expect(countOn(kernel, list, `${rows.join("\n")}\n`).bytes).toBe(
      `${rows[0]},1033.59375\n${rows[1]},2067.1875\n${rows[2]},6\n${rows[3]},4.5\n`,
    );
    // One rate for all rows of all kinds.
    const one = planList("layer,in_channels,out_channels,l_in,kernel_size", "list", {
      ...REQUEST,
      columns: ["macs_per_second"],
      settings: { sample_rate: { numerator: 11_025n, denominator: 16n } },
    });
    const records = ["conv_transpose1d,1,1,2,3", "conv1d,1,1,4,3", "conv_transpose1d,1,1,2,3"];
    expect(countOn(kernel, one, `${records.join("\n")}\n`).bytes).toBe(
      `${records[0]},1033.59375\n${records[1]},2067.1875\n${records[2]},1033.59375\n`,
    );
  });
});

/**
 * All parameters of a kind: small values that differ for the required ones, the defaults for the
 * others.
 */
function recordOf(kind: KindName): ReadonlyMap<string, string> {
  const { parameters } = kindOf(kind);
  const values = parameters.map((p, i): [string, string] => [
    p.name,
    p.type === "boolean"
      ? "true"
      : String(p.base === "l_in" ? 9 + i : p.default === undefined ? 2 + (i % 3) : p.default),
  ]);
  return new Map(values);
}

describe.each(KIND_NAMES)("a list of %s", (kind) => {
  it.each([false, true])("has every column of the reference, with a sample rate: %s", (isRated) => {
    const record = recordOf(kind);
    const columns = columnsOf(kindOf(kind))
      .filter((c) => isRated || !needsSetting(c.name, "sample_rate"))
      .map(({ name }) => name);
    const settings = isRated ? { sample_rate: { numerator: 22_050n, denominator: 1n } } : {};
    const list = planList([...record.keys()].join(","), "list", {
      ...REQUEST,
      layer: kind,
      settings,
      columns,
    });
    const text = `${[...record.values()].join(",")}\n`;
    const expected = countOn(reference, list, text.repeat(2));
    expect(expected.bytes.split("\n")[0]?.split(",")).toHaveLength(record.size + columns.length);
    for (const [, kernel] of compiled)
      expect(countOn(kernel, list, text.repeat(2))).toEqual(expected);
  });
});

/**
 * The columns of all kinds together, and records of any kind that leave the columns of other kinds
 * empty.
 */
const mixedNames = [
  "note",
  "layer",
  ...new Set(KIND_NAMES.flatMap((kind) => kindOf(kind).parameterNames)),
];
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
        return p.type === "boolean"
          ? String((values[i] as number) > 3)
          : String(p.base === "groups" || p.base === "output_padding" ? p.min : values[i]);
      })
      .join(","),
  );

describe.each(compiled)("lists that mix kinds on the %s kernel", (_, kernel) => {
  test.prop([fc.array(mixedRecord, { maxLength: 10 }), fc.boolean()], { numRuns: runs(300) })(
    "have the rows and the totals of each kind that the reference has",
    (rows, skipInvalid) => {
      const columns = [
        "l_out",
        "h_out",
        "macs",
        "additions",
        "params",
        "fvcore",
        "zero_insertion_waste",
      ] as const;
      const list = planList(mixedNames.join(","), "list", { ...REQUEST, columns, skipInvalid });
      const text = rows.map((row) => `${row}\n`).join("");
      expect(countOn(kernel, list, text)).toEqual(countOn(reference, list, text));
    },
  );
});

describe("a list", () => {
  const macs = (header: string, records: string, layer: KindName = "conv_transpose1d") =>
    KERNELS.map(
      ([, kernel]) =>
        countOn(kernel, planList(header, "list", { ...REQUEST, layer, columns: ["macs"] }), records)
          .bytes,
    );
  const all = (bytes: string) => KERNELS.map(() => bytes);

  it("counts a plain convolution where its column layer names one", () => {
    // By hand: 66·32·4·(128 - 4 + 1) products. The transposed layer has 66·32·4·128 = 1,081,344.
    expect(macs("layer,in_channels,out_channels,kernel_size,l_in", "conv1d,66,32,4,128\n")).toEqual(
      all("conv1d,66,32,4,128,1056000\n"),
    );
  });

  it("accepts a value for each dimension, as Python writes tuples", () => {
    const header = "in_channels,out_channels,h_in,w_in,kernel_size,stride";
    // By hand: 2·3 filters of 2·5 kernel elements over 4·6 inputs, with nothing cropped.
    for (const tuple of ['"(2, 5)"', '"[2,5]"', '"2,5"', '"2, 5"', '"( 2 ,5 )"', '"(2, 5,)"']) {
      expect(macs(header, `2,3,4,6,${tuple},1\n`, "conv_transpose2d")).toEqual(
        all(`2,3,4,6,${tuple},1,1440\n`),
      );
    }
    expect(macs("in_channels,out_channels,l_in,kernel_size", '2,3,4,"(2,)"\n')).toEqual(
      all('2,3,4,"(2,)",48\n'),
    );
  });

  it.each([
    '"(2,)"',
    '"(2, 3, 4)"',
    '"(2; 3)"',
    '"2,"',
    '",2"',
    '"()"',
    '"(2, 3"',
    '"[2, 3)"',
    "2x3",
    '"(2, x)"',
    '"(2,,3)"',
    '"(02, 3)"',
  ])("refuses %s as a value for each of two dimensions", (tuple) => {
    const list = planList("in_channels,out_channels,h_in,w_in,kernel_size", "list", {
      ...REQUEST,
      layer: "conv_transpose2d",
      columns: ["macs"],
    });
    for (const [, kernel] of KERNELS)
      expect(countOn(kernel, list, `2,3,4,6,${tuple}\n`).fault).toEqual({
        kind: "field",
        at: 0,
        field: 4,
      });
  });

  it("accepts a number with spaces around it", () => {
    expect(
      macs("in_channels, out_channels,l_in,kernel_size".replace(" ", ""), "2, 3,4 ,2\n"),
    ).toEqual(all("2, 3,4 ,2,48\n"));
  });

  it("replaces the results of an earlier run", () => {
    expect(
      macs(
        "in_channels,macs,out_channels,params,l_in,kernel_size,note",
        '2,7,3,"x,y",4,2,"a, b"\n',
      ),
    ).toEqual(all('2,3,4,2,"a, b",48\n'));
    expect(macs("params,in_channels,out_channels,l_in,kernel_size,macs", "5,2,3,4,2,\n")).toEqual(
      all("2,3,4,2,48\n"),
    );
  });

  it("totals sums beyond 2^64 exactly", () => {
    const list = planList("in_channels,out_channels,l_in,kernel_size", "list", {
      ...REQUEST,
      columns: ["macs", "l_out", "params"],
    });
    // Each layer has (2^31 - 1)^2·4 MACs, nearly 2^64.
    const record = "2147483647,2147483647,4,1\n";
    const macsOfOne = (2n ** 31n - 1n) ** 2n * 4n;
    for (const [, kernel] of KERNELS) {
      expect(countOn(kernel, list, record.repeat(5)).totals).toEqual([
        {
          kind: "conv_transpose1d",
          sums: [5n * macsOfOne, 5n * ((2n ** 31n - 1n) ** 2n + 2n ** 31n - 1n)],
        },
      ]);
    }
  });
});
