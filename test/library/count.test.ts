/**
 * One layer through the library: its results, their types, and the messages about invalid values.
 */
import { fc, test } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import { column, type ResultName } from "../../src/columns/table.ts";
import { KIND_NAMES, kindOf } from "../../src/layers/kinds.ts";
import type { LayerInput } from "../../src/layers/layer.ts";
import { readLayer } from "../../src/layers/read.ts";
import { count, counter } from "../../src/library/count.ts";
import { columnsOfGroup } from "../../src/spec/spec.ts";
import { referenceKernel } from "../reference/kernel.ts";
import { decimalsOf, nearest } from "../support/decimals.ts";
import { text } from "../support/text.ts";
import { thrown } from "../support/thrown.ts";

const reference = referenceKernel();

const LAYER = {
  in_channels: 512,
  out_channels: 256,
  kernel_size: 16,
  stride: 8,
  padding: 4,
  l_in: 32,
};

const small = (min: number, max: number) => fc.integer({ min: min, max: max });

/** Layers of every kind, some of them illegal. */
const anyLayer: fc.Arbitrary<LayerInput> = fc
  .record({
    layer: fc.constantFrom(...KIND_NAMES),
    batch_size: small(0, 3),
    in_channels: small(1, 12),
    out_channels: small(1, 12),
    groups: fc.constantFrom(1, 1, 2, 3),
    bias: fc.boolean(),
    lengths: fc.array(small(1, 9), { minLength: 3, maxLength: 3 }),
    kernel_size: fc.array(small(1, 5), { minLength: 3, maxLength: 3 }),
    stride: fc.array(small(1, 4), { minLength: 3, maxLength: 3 }),
    padding: fc.array(small(0, 3), { minLength: 3, maxLength: 3 }),
    output_padding: fc.array(small(0, 2), { minLength: 3, maxLength: 3 }),
    dilation: fc.array(small(1, 3), { minLength: 3, maxLength: 3 }),
    bits: small(1, 64),
    sample_rate: fc.option(
      fc.oneof(
        small(1, 48_000),
        small(1, 2 ** 20).map((n) => n / 16),
        fc.constantFrom("22050/32", "30000/1001", "1/3", "44.1k", 0.1, 12_345.123457),
      ),
      { nil: undefined },
    ),
  })
  .map(({ layer, lengths, kernel_size, stride, padding, output_padding, dilation, ...rest }) => {
    const kind = kindOf(layer);
    const n = kind.dimensions.length;
    if (kind.family.name === "linear") {
      const { in_channels, out_channels, groups, ...own } = rest;
      const features = { in_features: in_channels, out_features: out_channels };
      return { layer, ...own, ...features } as LayerInput;
    }
    const own = {
      kernel_size,
      stride,
      padding,
      ...(kind.family.name === "transposed" && { output_padding }),
      dilation,
    };
    const perDimension = Object.entries(own).map(([name, values]) => [
      name,
      n === 1 ? values[0] : values.slice(0, n),
    ]);
    const letters = kind.dimensions.map((letter, i) => [
      letter === "" ? "l_in" : `${letter}_in`,
      lengths[i],
    ]);
    return { layer, ...rest, ...Object.fromEntries([...perDimension, ...letters]) } as LayerInput;
  });

describe("count()", () => {
  it("counts a layer as by hand", () => {
    // By hand: (32·16 - 8 cropped)·512·256 products; 512·256·16 weights and 256 biases.
    expect(
      count(LAYER, {
        columns: ["macs", "params", "l_out", "overlap_even", "zero_insertion_waste"],
      }),
    ).toEqual({
      macs: 504n * 131_072n,
      params: 131_072n * 16n + 256n,
      l_out: 256n,
      overlap_even: true,
      zero_insertion_waste: 1 - 504 / 4096,
    });
  });

  test.prop([anyLayer], { numRuns: 1_500 })(
    "gives the results of the reference kernel, for every kind and column, by both methods",
    (layer) => {
      const whole = readLayer(layer);
      const isRated = whole.sample_rate !== undefined;
      const expected = reference.count(whole, "closed");
      if (expected.broken !== undefined) {
        expect(thrown(() => count(layer))?.code).toBe("invalidLayer");
        return;
      }
      const columns = columnsOfGroup(whole.kind, "all", isRated);
      const decimals = decimalsOf(whole, expected.results);
      const wanted = Object.fromEntries(
        columns.map((name) => [
          name,
          column(name).type === "decimal" ? (decimals[name] ?? null) : expected.results[name],
        ]),
      );
      for (const method of ["closed", "simulate"] as const) {
        const results = count(layer, { method });
        expect(results).toEqual(wanted);
        expect(Object.keys(results)).toEqual(columns);
      }
      const other = columns.filter((_, i) => i % 3 === 0).reverse();
      expect(counter({ columns: other })(layer)).toEqual(
        Object.fromEntries(other.map((name) => [name, wanted[name]])),
      );
    },
  );

  const huge = fc.record({
    batch_size: small(0, 2 ** 31 - 1),
    in_channels: small(1, 2 ** 31 - 1),
    out_channels: small(1, 2 ** 31 - 1),
    kernel_size: small(1, 1000),
    stride: small(1, 2 ** 31 - 1),
    l_in: small(1, 2 ** 31 - 1),
    bias: fc.boolean(),
  });

  test.prop([huge, fc.constantFrom(...columnsOfGroup(kindOf("conv_transpose1d"), "all", false))], {
    numRuns: 2_000,
  })("refuses exactly the columns that exceed 64 bits", (layer, name) => {
    const { results = {} } = reference.count(readLayer(layer), "closed");
    if (column(name).type === "decimal") return;
    const error = thrown(() =>
      expect(count(layer, { columns: [name] })).toEqual({ [name]: results[name] }),
    );
    expect(error?.code).toBe(results[name] === undefined ? "overflow" : undefined);
  });

  it("rounds decimals of large numbers once", () => {
    // By hand: 2^31 - 1 products land on l_out = (2^31 - 2)·(2^31 - 1) + 1 outputs, about 2^62. The
    // waste is about 1 - 2^31/2^62.
    const max = 2 ** 31 - 1;
    const layer = { in_channels: 1, out_channels: 1, kernel_size: 1, stride: max, l_in: max };
    const { taps, l_out } = count(layer, { columns: ["taps", "l_out"] });
    expect(l_out).toBe(BigInt(max - 1) * BigInt(max) + 1n);
    expect(count(layer, { columns: ["zero_insertion_waste"] }).zero_insertion_waste).toBe(
      nearest(l_out - taps, l_out),
    );
    const narrow = { ...layer, l_in: 3, stride: 3 };
    expect(count(narrow, { columns: ["zero_insertion_waste"] }).zero_insertion_waste).toBe(4 / 7);
  });

  it("gives results per second for a layer with a sample rate", () => {
    expect(Object.keys(count(LAYER))).not.toContain("macs_per_second");
    const rated = { ...LAYER, sample_rate: 22050 };
    expect(count(rated, { columns: ["macs_per_second"] }).macs_per_second).toBe(
      (504 * 131_072 * 22050) / 256,
    );
    expect(Object.keys(count(rated))).toContain("macs_per_second");
    expect(thrown(() => count(LAYER, { columns: ["macs_per_second"] }))?.code).toBe("noSampleRate");
  });

  it("accepts sample rates that are fractions, one after the other", () => {
    // By hand: 504·131,072 / 256 = 258,048 MACs for each output element.
    const perSecond = counter({ columns: ["macs_per_second"] });
    const rates: [number | string, number][] = [
      [689.0625, 177_811_200],
      [22050, 5_689_958_400],
      ["22050/32", 177_811_200],
      ["1/3", 86_016],
      // Its numerator exceeds 32 bits.
      [12_345.6789012, 3_185_777_749.0968575],
      [2 ** 31 - 1, 258_048 * (2 ** 31 - 1)],
      [1, 258_048],
    ];
    for (const [sample_rate, expected] of rates) {
      expect([sample_rate, perSecond({ ...LAYER, sample_rate }).macs_per_second]).toEqual([
        sample_rate,
        expected,
      ]);
      expect(
        count({ ...LAYER, sample_rate }, { columns: ["macs_per_second"] }).macs_per_second,
      ).toBe(expected);
      // A rate does not change a column that does not need one.
      expect(counter({ columns: ["macs"] })({ ...LAYER, sample_rate }).macs).toBe(504n * 131_072n);
    }
  });

  it("accepts different forms of the same layer", () => {
    const two = {
      layer: "conv_transpose2d",
      in_channels: 4,
      out_channels: 2,
      h_in: 5,
      w_in: 6,
    } as const;
    const macs = (rest: object) =>
      count({ ...two, kernel_size: 3, ...rest }, { columns: ["macs"] }).macs;
    expect(macs({ kernel_size: [3, 3] })).toBe(macs({}));
    expect(macs({ kernel_size: undefined, "kernel_size.h": 3, "kernel_size.w": 3 })).toBe(macs({}));
    expect(macs({ bias: undefined, stride: undefined })).toBe(macs({ bias: true, stride: 1 }));
    expect(count({ ...LAYER, bias: 0 as unknown as boolean })).toEqual(
      count({ ...LAYER, bias: false }),
    );
  });
});

describe("a message about an invalid value", () => {
  const whole = "Write a whole number, for example 16.";
  it.each<[string, unknown, string]>([
    ["a bigint", 3n, "cannot be 3n. Write the number 3."],
    ["a numeric text", "3", "cannot be '3'. Write the number 3."],
    ["a text", "three", `cannot be 'three'. ${whole}`],
    ["an array of one", [3], "cannot be [3]. Write the number 3."],
    ["an array of a text", ["3"], "cannot be ['3']. Write the number 3."],
    ["an array of several", [3, 4], `cannot be [3, 4]. ${whole}`],
    ["null", null, `cannot be null. ${whole}`],
    ["NaN", Number.NaN, `cannot be NaN. ${whole}`],
    ["infinity", Number.POSITIVE_INFINITY, `cannot be Infinity. ${whole}`],
    ["a fraction", 1.5, `cannot be 1.5. ${whole}`],
    ["an object", {}, `cannot be {}. ${whole}`],
    [
      "an object of something",
      { first: 1, last: [2n] },
      `cannot be { first: 1, last: [2n] }. ${whole}`,
    ],
    [
      "nested objects",
      [[[[1]]], { a: { b: { c: 1 } } }],
      `cannot be [[[[...]]], { a: { b: {...} } }]. ${whole}`,
    ],
    ["an instance", new Date(0), `cannot be a Date. ${whole}`],
    ["a typed array", new Int32Array(2), `cannot be an Int32Array. ${whole}`],
    ["a function", () => 3, `cannot be a function. ${whole}`],
    ["a symbol", Symbol("three"), `cannot be a symbol. ${whole}`],
    ["a boolean", true, `cannot be true. ${whole}`],
    ["a negative number", -1, "cannot be -1. Write a whole number from 1 to 2147483647."],
    ["zero", 0, "cannot be 0. Write a whole number from 1 to 2147483647."],
    ["negative zero", -0, "cannot be -0. Write a whole number from 1 to 2147483647."],
    ["a large number", 2 ** 31, "cannot be 2147483648. Write a whole number from 1 to 2147483647."],
    ["a vast number", 1e300, "cannot be 1e+300. Write a whole number from 1 to 2147483647."],
    ["an escape sequence", "\u001b[31m", `cannot be '\\x1b[31m'. ${whole}`],
    ["a long text", "x".repeat(100), `cannot be '${"x".repeat(56)}.... ${whole}`],
  ])("quotes %s as it was passed", (_, value, message) => {
    const layer = { ...LAYER, kernel_size: value } as LayerInput;
    const expected = `layer.kernel_size: kernel_size ${message}`;
    expect(thrown(() => count(layer))?.message).toBe(expected);
    expect(thrown(() => counter()(layer))?.message).toBe(expected);
  });

  it("does not appear for undefined, which means the default", () => {
    expect(
      count({ ...LAYER, stride: undefined, padding: undefined } as unknown as LayerInput).l_out,
    ).toBe(31n + 16n);
    expect(
      thrown(() => count({ ...LAYER, kernel_size: undefined } as unknown as LayerInput))?.message,
    ).toMatch(/^layer: kernel_size is missing/);
  });

  it.each<[string, string]>([
    ["'false'", "false"],
    ["null", "null"],
    ["2", "2"],
  ])("refuses %s as bias", (quote, json) => {
    const bias: unknown = quote.startsWith("'") ? json : JSON.parse(json);
    expect(thrown(() => count({ ...LAYER, bias } as LayerInput))?.message).toBe(
      `layer.bias: bias cannot be ${quote}. Write true or false.`,
    );
  });

  it.each<[string, unknown]>([
    ["null", null],
    ["undefined", undefined],
    ["3n", 3n],
    ["'conv1d'", "conv1d"],
    ["[1, 2]", [1, 2]],
  ])("refuses %s as a layer", (quote, layer) => {
    expect(thrown(() => count(layer as LayerInput))?.message).toBe(
      text`
        layer: a layer cannot be ${quote}. Write an object of its parameters, for example {
        in_channels: 64, out_channels: 32, kernel_size: 4, l_in: 100 }.
      `,
    );
  });

  it("refuses unknown kinds and parameters, and invalid settings", () => {
    const said = (rest: object) =>
      thrown(() => count({ ...LAYER, ...rest } as LayerInput))?.message;
    const kinds =
      "Write one of conv_transpose1d, conv_transpose2d, conv_transpose3d, conv1d, conv2d, conv3d and linear.";
    expect(said({ layer: "conv9d" })).toBe(`layer.layer: layer cannot be 'conv9d'. ${kinds}`);
    expect(said({ layer: null })).toBe(`layer.layer cannot be null. ${kinds}`);
    expect(said({ kernel: 3 })).toMatch(/^layer: unknown parameter 'kernel'\./);
    expect(said({ bits: 65 })).toBe(
      "layer.bits: bits cannot be 65. Write a whole number from 1 to 64.",
    );
    const rates =
      "Write a number above 0 and up to 2147483647, for example 22050, 689.0625 or 22050/32.";
    for (const rate of [
      0,
      -1,
      -0.5,
      2 ** 31,
      1e300,
      Number.NaN,
      null,
      3n,
      "",
      "-5",
      "0/5",
      "fast",
      [5],
    ] as const) {
      const quote =
        typeof rate === "string"
          ? `'${rate}'`
          : rate === 3n
            ? "3n"
            : Array.isArray(rate)
              ? "[5]"
              : rate;
      const message = `layer.sample_rate: sample_rate cannot be ${rate === "-5" ? "-5" : quote}. ${rates}`;
      expect(said({ sample_rate: rate })).toBe(message);
      // An invalid rate is refused even for a column that does not need one.
      expect(
        thrown(() => counter({ columns: ["macs"] })({ ...LAYER, sample_rate: rate } as LayerInput))
          ?.message,
      ).toBe(message);
    }
    const exact = "Write a fraction of smaller whole numbers, for example 30000/1001, or round it.";
    expect(said({ sample_rate: 1e-30 })).toBe(
      `layer.sample_rate: sample_rate 1e-30 has too many digits to be exact. ${exact}`,
    );
    expect(said({ padding: 200 })).toMatch(/^layer: the output length would be /);
  });

  it("is given for values that throw when they are inspected", () => {
    const hostile = Object.defineProperty({}, "a", {
      enumerable: true,
      get: () => {
        throw new Error("no");
      },
    });
    expect(
      thrown(() => count({ ...LAYER, stride: hostile } as unknown as LayerInput))?.message,
    ).toMatch(/^layer\.stride: stride cannot be an object\./);
  });
});

describe("counter()", () => {
  it("counts layers of its kind, and of others that name theirs", () => {
    const paramsOf = counter({ layer: "conv_transpose2d", columns: ["params"] });
    expect(
      paramsOf({ in_channels: 4, out_channels: 2, kernel_size: [3, 5], h_in: 4, w_in: 4 }),
    ).toEqual({ params: 4n * 2n * 15n + 2n });
    expect(
      paramsOf({ layer: "conv1d", in_channels: 4, out_channels: 2, kernel_size: 3, l_in: 4 }),
    ).toEqual({ params: 26n });
    expect(thrown(() => paramsOf(LAYER as never))?.message).toMatch(
      /^layer: conv_transpose2d has no l_in\. Write h_in and w_in instead/,
    );
  });

  it("keeps its columns when counters alternate, and when the caller's array changes", () => {
    const columns: ResultName[] = ["macs"];
    const macsOf = counter({ columns });
    const paramsOf = counter({ columns: ["params", "l_out"] });
    columns[0] = "params";
    for (const [l_in, macs] of [
      [32, 504n],
      [33, 520n],
    ] as const) {
      expect(macsOf({ ...LAYER, l_in })).toEqual({ macs: macs * 131_072n });
      expect(paramsOf({ ...LAYER, l_in })).toEqual({ params: 2_097_408n, l_out: BigInt(l_in * 8) });
    }
  });

  it("counts the next layer correctly after one that it refuses", () => {
    const macsOf = counter({ columns: ["macs"] });
    for (const wrong of [
      { ...LAYER, padding: 1000 },
      { ...LAYER, stride: 0 },
      { ...LAYER, batch_size: 2 ** 31 - 1, in_channels: 2 ** 31 - 1 },
    ]) {
      expect(thrown(() => macsOf(wrong))).toBeDefined();
      expect(macsOf(LAYER).macs).toBe(504n * 131_072n);
    }
  });

  it("checks its options when it is created", () => {
    const said = (options: unknown) => thrown(() => counter(options as object))?.message;
    expect(said({ column: ["macs"] })).toBe(
      "options: unknown key 'column'. Did you mean 'columns'?",
    );
    expect(said(null)).toBe(
      'options cannot be null. Write an object, for example { columns: ["macs"] }.',
    );
    expect(said({ columns: ["mac"] })).toBe("columns: unknown column 'mac'. Did you mean 'macs'?");
    expect(said({ columns: "macs" })).toBe(
      "columns: columns cannot be 'macs'. Write a list of result columns, for example [l_out, ops, macs].",
    );
    expect(said({ columns: [Symbol("macs")] })).toMatch(/^columns: unknown column/);
    expect(said({ method: "fast" })).toBe(
      "method cannot be 'fast'. Write one of closed and simulate.",
    );
    expect(said({ bigInts: true })).toBe(
      "bigInts cannot be true. Write one of bigint, number and string.",
    );
    expect(said({ layer: "conv1d", columns: ["overlap_min"] })).toBe(
      "columns: overlap_min is not a column of conv1d. Run 'upsweep columns --layer conv1d' to list its columns.",
    );
    expect(said({ layer: 3 })).toMatch(/^layer cannot be 3\. /);
    expect(thrown(() => count(LAYER, { method: "fast" } as object))?.code).toBe("badChoice");
    expect(thrown(() => count(LAYER, { colums: [] } as object))?.code).toBe("unknownKey");
  });
});

describe("results in JSON", () => {
  const columns = [
    "macs",
    "additions_per_filter",
    "overlap_even",
    "zero_insertion_waste",
    "moduleprofiler",
  ] as const;
  const vast = {
    in_channels: 2 ** 26 + 1,
    out_channels: 2 ** 26 + 1,
    kernel_size: 2,
    l_in: 1,
    stride: 3,
    padding: 0,
    output_padding: 0,
    bias: false,
  };

  it("have all integers as strings, whatever their size", () => {
    expect(JSON.parse(JSON.stringify(count(LAYER, { columns })))).toEqual({
      macs: "66060288",
      additions_per_filter: "248",
      overlap_even: true,
      zero_insertion_waste: 0.876953125,
      moduleprofiler: "602931200",
    });
    expect(JSON.parse(JSON.stringify([count(vast, { columns: ["macs"] })]))).toEqual([
      { macs: String(2n * (2n ** 26n + 1n) ** 2n) },
    ]);
    // l_out is 1, but -1 without output_padding: moduleprofiler has no answer.
    const cropped = {
      in_channels: 1,
      out_channels: 1,
      kernel_size: 1,
      l_in: 1,
      stride: 3,
      padding: 1,
      output_padding: 2,
    };
    expect(JSON.stringify(count(cropped, { columns: ["l_out", "moduleprofiler"] }))).toBe(
      '{"l_out":"1","moduleprofiler":null}',
    );
  });

  it("have no toJSON among their keys or in spread copies", () => {
    const results = count(LAYER, { columns: ["macs"] });
    expect(Object.keys(results)).toEqual(["macs"]);
    expect({ ...results }).toStrictEqual({ macs: 66_060_288n });
    expect(structuredClone({ ...results })).toStrictEqual({ macs: 66_060_288n });
    expect(results.toJSON()).toStrictEqual({ macs: "66060288" });
  });

  it("have the requested type", () => {
    expect(count(LAYER, { columns, bigInts: "number" })).toEqual({
      ...count(LAYER, { columns }),
      macs: 66060288,
      additions_per_filter: 248,
      moduleprofiler: 602931200,
    });
    expect(count(LAYER, { columns, bigInts: "string" })).toEqual({
      ...count(LAYER, { columns }),
      macs: "66060288",
      additions_per_filter: "248",
      moduleprofiler: "602931200",
    });
    expect(
      JSON.parse(JSON.stringify(count(LAYER, { columns: ["macs"], bigInts: "number" }))),
    ).toEqual({ macs: 66060288 });
    expect(counter({ columns: ["macs"], bigInts: "string" })(vast)).toEqual({
      macs: String(2n * (2n ** 26n + 1n) ** 2n),
    });
  });

  it("are refused as numbers beyond 2^53 - 1, positive or negative", () => {
    // macs = C_in·C_out·L: 2^53 - 1 = 6361 · 69431 · 20394401, and 2^53.
    const exact = { in_channels: 6361, out_channels: 69431, kernel_size: 1, l_in: 20394401 };
    expect(count(exact, { columns: ["macs"], bigInts: "number" }).macs).toBe(2 ** 53 - 1);
    const beyond = { in_channels: 2 ** 30, out_channels: 2 ** 23, kernel_size: 1, l_in: 1 };
    expect(thrown(() => count(beyond, { columns: ["macs"], bigInts: "number" }))?.message).toBe(
      text`
        layer: macs is 9007199254740992, which a number cannot hold exactly (the limit is 2^53 - 1).
        Remove bigInts to get a bigint, or remove that column.
      `,
    );
    // taps - l_out = L - ((L - 1)·s + 1) = -(L - 1)·(s - 1)
    const holes = {
      in_channels: 1,
      out_channels: 1,
      kernel_size: 1,
      l_in: 2 ** 27 + 1,
      stride: 2 ** 26 + 1,
    };
    expect(
      thrown(() => count(holes, { columns: ["additions_per_filter"], bigInts: "number" }))?.message,
    ).toMatch(/is -9007199254740992, /);
  });
});
