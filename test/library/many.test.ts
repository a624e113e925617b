/** Many layers in one call: the results of separate calls, in typed arrays. */
import { fc, test } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import { column, type ResultName } from "../../src/columns/table.ts";
import type { UpsweepError } from "../../src/errors.ts";
import { KIND_NAMES, type KindName, kindOf } from "../../src/layers/kinds.ts";
import type { LayerInput } from "../../src/layers/layer.ts";
import { RULES } from "../../src/layers/rule-table.ts";
import { count } from "../../src/library/count.ts";
import { countMany } from "../../src/library/many.ts";
import type { LayerColumns } from "../../src/library/many-types.ts";
import { columnsOfGroup } from "../../src/spec/spec.ts";
import { titled } from "../support/cases.ts";
import { text } from "../support/text.ts";
import { thrown } from "../support/thrown.ts";

/** The results of `count` for each layer, or the code of its error. */
function oneByOne(
  layers: readonly LayerInput[],
  columns: readonly ResultName[],
): (Readonly<Record<string, unknown>> | string)[] {
  return layers.map((layer) => {
    try {
      return { ...count(layer, { columns }) };
    } catch (error) {
      return (error as UpsweepError).code;
    }
  });
}

/** One row of the typed arrays, in the form of `count`. */
function rowOf(
  many: ReturnType<typeof countMany<ResultName>>,
  columns: readonly ResultName[],
  row: number,
): Readonly<Record<string, unknown>> {
  const missing = many.missing as Readonly<Record<string, Uint32Array>>;
  const cells = columns.map((name) => {
    if (missing[name]?.includes(row)) return [name, null];
    const value = many.columns[name][row];
    return [name, column(name).type === "boolean" ? value === 1 : value];
  });
  return Object.fromEntries(cells);
}

interface Sampled {
  readonly kind: KindName;
  readonly table: Readonly<Record<string, readonly (number | string)[]>>;
  readonly bias: readonly boolean[];
}

/** Layers of one kind as columns: some illegal, some with a parameter outside its range. */
const sampled: fc.Arbitrary<Sampled> = fc
  .tuple(fc.constantFrom(...KIND_NAMES), fc.integer({ min: 1, max: 40 }))
  .chain(([kind, rows]) => {
    const { parameterNames } = kindOf(kind);
    const names = [...parameterNames.filter((name) => name !== "bias"), "bits", "sample_rate"];
    const rates = fc.oneof(
      fc.integer({ min: 1, max: 4 }),
      fc.constantFrom(689.0625, 0.1, 12_345.123457, "22050/32", "30000/1001", "44.1k"),
    );
    const valuesOf = (name: string) => {
      const isLength = name.endsWith("_in") || /^(kernel_size|in_channels|out_channels)/.test(name);
      const max = isLength ? 8 : /^(groups|dilation)/.test(name) ? 2 : 4;
      const usual: fc.Arbitrary<number | string> =
        name === "sample_rate"
          ? rates
          : fc.integer({
              min: /^(batch_size|padding|output_padding)/.test(name) ? 0 : 1,
              max: max,
            });
      return fc.array(
        fc.oneof(
          { weight: 40, arbitrary: usual },
          { weight: 1, arbitrary: fc.constantFrom(-1, 0, 2 ** 31, 2 ** 40) },
        ),
        {
          minLength: rows,
          maxLength: rows,
        },
      );
    };
    return fc.record({
      kind: fc.constant(kind),
      table: fc.record(Object.fromEntries(names.map((name) => [name, valuesOf(name)]))),
      bias: fc.array(fc.boolean(), { minLength: rows, maxLength: rows }),
    });
  });

function layersOf({ kind, table, bias }: Sampled): LayerInput[] {
  return bias.map(
    (b, row) =>
      ({
        layer: kind,
        bias: b,
        ...Object.fromEntries(Object.entries(table).map(([name, values]) => [name, values[row]])),
      }) as unknown as LayerInput,
  );
}

describe("countMany()", () => {
  test.prop([sampled], { numRuns: 300 })(
    "gives the results of count() for each layer, for columns and for objects",
    (given) => {
      const kind = kindOf(given.kind);
      const columns = columnsOfGroup(kind, "all", true);
      const layers = layersOf(given);
      const expected = oneByOne(layers, columns);
      const table = { layer: given.kind, bias: given.bias, ...given.table } as LayerColumns;
      for (const input of [table, layers]) {
        const many = countMany(input, columns, { skipInvalid: true });
        const illegal = [...many.invalid];
        expect(illegal).toEqual(expected.flatMap((row, i) => (typeof row === "string" ? [i] : [])));
        expect(
          [...many.brokenRules].map((rule) =>
            RULES[rule]?.id === "RANGE" ? "outOfRange" : "invalidLayer",
          ),
        ).toEqual(expected.filter((row) => typeof row === "string"));
        expect(many.rows).toBe(layers.length);
        for (const [row, results] of expected.entries())
          if (typeof results !== "string") expect(rowOf(many, columns, row)).toEqual(results);
        // Without skipInvalid, the first illegal layer is refused, and the error names it.
        const [first] = illegal;
        const error = thrown(() => countMany(input, columns));
        if (first === undefined) expect(error).toBeUndefined();
        else
          expect([
            error?.code,
            /^layers(?:\.[a-z_.]+)?\[(\d+)\]/.exec(error?.message ?? "")?.[1],
          ]).toEqual([expected[first], String(first)]);
      }
    },
  );

  it("counts more layers than a batch of the kernel holds, as by hand", () => {
    const rows = 10_000;
    const l_in = Int32Array.from({ length: rows }, (_, i) => 1 + i);
    const kernel_size = Uint8Array.from({ length: rows }, (_, i) => 1 + (i % 200));
    const { columns } = countMany(
      { in_channels: 3, out_channels: new Uint16Array(rows).fill(5), l_in, kernel_size },
      ["macs", "params", "additions_per_filter"],
    );
    expect(columns.macs).toBeInstanceOf(BigUint64Array);
    expect(columns.additions_per_filter).toBeInstanceOf(BigInt64Array);
    for (let i = 0; i < rows; i++) {
      const [L, K] = [1n + BigInt(i), 1n + BigInt(i % 200)];
      if (
        columns.macs[i] !== 15n * L * K ||
        columns.params[i] !== 15n * K + 5n ||
        columns.additions_per_filter[i] !== L * K - (L + K - 1n)
      ) {
        expect([i, columns.macs[i], columns.params[i], columns.additions_per_filter[i]]).toEqual([
          i,
          15n * L * K,
          15n * K + 5n,
          L * K - (L + K - 1n),
        ]);
      }
    }
  });

  it.each<[string, (values: readonly number[]) => NonNullable<LayerColumns["l_in"]>]>([
    ["Int8Array", (v) => Int8Array.from(v)],
    ["Uint8Array", (v) => Uint8Array.from(v)],
    ["Uint8ClampedArray", (v) => Uint8ClampedArray.from(v)],
    ["Int16Array", (v) => Int16Array.from(v)],
    ["Uint16Array", (v) => Uint16Array.from(v)],
    ["Int32Array", (v) => Int32Array.from(v)],
    ["Uint32Array", (v) => Uint32Array.from(v)],
    ["Float32Array", (v) => Float32Array.from(v)],
    ["Float64Array", (v) => Float64Array.from(v)],
    ["BigInt64Array", (v) => BigInt64Array.from(v.map(BigInt))],
    ["BigUint64Array", (v) => BigUint64Array.from(v.map(BigInt))],
    ["array", (v) => v],
  ])("accepts a column as %s", (_, make) => {
    const bias = make([0, 1, 1]);
    const { columns } = countMany(
      { in_channels: 2, out_channels: 3, kernel_size: 4, l_in: make([5, 6, 127]), bias },
      ["macs", "params"],
    );
    expect([...columns.macs]).toEqual([120n, 144n, 3048n]);
    expect([...columns.params]).toEqual([24n, 27n, 27n]);
    if (/Uint/.test(make([1]).constructor.name)) return;
    expect(
      thrown(() =>
        countMany({ in_channels: 2, out_channels: 3, kernel_size: 4, l_in: make([5, -6, 7]) }, [
          "macs",
        ]),
      )?.message,
    ).toBe("layers.l_in[1]: l_in cannot be -6. Write a whole number from 1 to 2147483647.");
  });

  it("gives booleans as 0 and 1, decimals as doubles, and lists missing values", () => {
    // In row 1, l_out is 1, but -1 without output_padding: moduleprofiler has no answer.
    const table = {
      in_channels: 1,
      out_channels: 1,
      kernel_size: 1,
      l_in: 1,
      stride: 3,
      padding: [0, 1, 0],
      output_padding: [0, 2, 2],
    };
    const many = countMany(table, [
      "overlap_even",
      "zero_insertion_waste",
      "moduleprofiler",
      "tensorflow",
      "l_out",
    ]);
    expect(many.columns.overlap_even).toStrictEqual(Uint8Array.of(0, 0, 0));
    expect(many.columns.zero_insertion_waste).toStrictEqual(Float64Array.of(0, 1, 2 / 3));
    expect(many.columns.tensorflow).toStrictEqual(Float64Array.of(2 / 3, 2 / 3, 2));
    expect(many.columns.l_out).toStrictEqual(BigUint64Array.of(1n, 1n, 3n));
    expect(many.missing).toStrictEqual({
      moduleprofiler: Uint32Array.of(1),
      tensorflow: new Uint32Array(0),
    });
    expect(many.columns.moduleprofiler[1]).toBe(0n);
  });

  it("gives 0 or NaN where a layer is illegal", () => {
    const table = {
      in_channels: 1,
      out_channels: 1,
      kernel_size: 1,
      l_in: [1, 1, 0],
      stride: 1,
      padding: [0, 1, 0],
    };
    const many = countMany(table, ["l_out", "zero_insertion_waste"], { skipInvalid: true });
    expect(many.columns).toStrictEqual({
      l_out: BigUint64Array.of(1n, 0n, 0n),
      zero_insertion_waste: Float64Array.of(0, Number.NaN, Number.NaN),
    });
    expect([many.invalid, many.brokenRules]).toStrictEqual([
      Uint32Array.of(1, 2),
      Uint8Array.of(3, 4),
    ]);
    expect([...many.brokenRules].map((rule) => RULES[rule]?.id)).toEqual(["L_OUT", "RANGE"]);
  });

  it("gives integers as doubles where they are exact, and refuses the others", () => {
    const table = {
      in_channels: [1, 6361],
      out_channels: [1, 69431],
      kernel_size: 1,
      l_in: [1, 20394401],
    };
    expect(countMany(table, ["macs"], { bigInts: "number" }).columns.macs).toStrictEqual(
      Float64Array.of(1, 2 ** 53 - 1),
    );
    const beyond = {
      in_channels: [1, 2 ** 30],
      out_channels: [1, 2 ** 23],
      kernel_size: 1,
      l_in: 1,
    };
    expect(thrown(() => countMany(beyond, ["macs"], { bigInts: "number" }))?.message).toMatch(
      /^layers\[1\]: macs is 9007199254740992, which a number cannot hold exactly/,
    );
    const holes = {
      in_channels: 1,
      out_channels: 1,
      kernel_size: 1,
      l_in: [2, 2 ** 27 + 1],
      stride: [3, 2 ** 26 + 1],
    };
    expect(
      countMany({ ...holes, l_in: 2 }, ["additions_per_filter"], { bigInts: "number" }).columns
        .additions_per_filter,
    ).toStrictEqual(Float64Array.of(-2, -(2 ** 26)));
    expect(
      thrown(() => countMany(holes, ["additions_per_filter"], { bigInts: "number" }))?.message,
    ).toMatch(/^layers\[1\]: additions_per_filter is -9007199254740992, /);
  });

  it("names the layer whose result exceeds 64 bits", () => {
    const max = 2 ** 31 - 1;
    const layers = [1, 2, max].map((channels) => ({
      in_channels: channels,
      out_channels: channels,
      kernel_size: 2,
      l_in: 4,
    }));
    const message =
      /^layers\[2\]: macs of ConvTranspose1d\(2147483647, 2147483647, .* exceeds 2\^64 - 1\./;
    expect(
      thrown(() => countMany(layers, ["params", "macs"], { skipInvalid: true }))?.message,
    ).toMatch(message);
    const channels = [1, 2, max];
    expect(
      thrown(() =>
        countMany({ in_channels: channels, out_channels: channels, kernel_size: 2, l_in: 4 }, [
          "macs",
        ]),
      )?.message,
    ).toMatch(message);
  });

  it("accepts a plain name for all dimensions, and one name for each", () => {
    const table = {
      layer: "conv_transpose2d",
      in_channels: 1,
      out_channels: 1,
      h_in: [4, 5],
      w_in: 6,
      stride: [1, 2],
    } as const;
    const one = countMany({ ...table, kernel_size: [3, 2] }, ["macs", "h_out"]).columns;
    const each = countMany({ ...table, "kernel_size.h": [3, 2], "kernel_size.w": [3, 2] }, [
      "macs",
      "h_out",
    ]).columns;
    expect(one).toStrictEqual(each);
    expect(one.macs).toStrictEqual(BigUint64Array.of(4n * 6n * 9n, 5n * 6n * 4n));
  });

  it("accepts layers of several kinds in one array", () => {
    const layers: LayerInput[] = Array.from({ length: 300 }, (_, i) =>
      i % 3 === 0
        ? { layer: "conv1d", in_channels: 2, out_channels: 3, kernel_size: 2, l_in: 2 + i }
        : i % 3 === 1
          ? {
              layer: "conv_transpose2d",
              in_channels: 2,
              out_channels: 3,
              kernel_size: [2, 1],
              h_in: 1 + i,
              w_in: 4,
            }
          : { in_channels: 2, out_channels: 3, kernel_size: 2, l_in: 1 + i, sample_rate: 5 },
    );
    const columns = ["macs", "params", "l_out"] as const;
    const { columns: many } = countMany(layers, columns);
    expect(
      layers.map((_, i) => ({ macs: many.macs[i], params: many.params[i], l_out: many.l_out[i] })),
    ).toEqual(oneByOne(layers, columns));
    expect(thrown(() => countMany(layers, ["overlap_min"]))?.message).toMatch(
      /^columns: overlap_min is not a column of conv1d\./,
    );
  });

  it("counts by simulation, with the sample rate as a column", () => {
    const table = {
      in_channels: 2,
      out_channels: 3,
      kernel_size: 5,
      stride: 2,
      padding: 1,
      l_in: [7, 8],
      sample_rate: [100, 200],
    };
    const closed = countMany(table, ["macs", "covered", "macs_per_second"]);
    expect(
      countMany(table, ["macs", "covered", "macs_per_second"], { method: "simulate" }),
    ).toStrictEqual(closed);
    expect(closed.columns.macs_per_second[1]).toBe((Number(closed.columns.macs[1]) / 17) * 200);
  });

  it("accepts sample rates that are fractions, in columns of every type and in objects", () => {
    // By hand: 1·1·(2·3) / 4 = 1.5 MACs for each output element.
    const layer = { in_channels: 1, out_channels: 1, l_in: 2, kernel_size: 3 };
    const columns = ["macs_per_second", "l_out"] as const;
    const counted = (sample_rate: LayerColumns["sample_rate"]) => [
      ...countMany({ ...layer, sample_rate }, columns).columns.macs_per_second,
    ];
    expect(counted([689.0625, "22050/32", 4, 689.0625])).toEqual([
      1033.59375, 1033.59375, 6, 1033.59375,
    ]);
    expect(counted(["22050/32", "22050/32", "30000/1001"])).toEqual([
      1033.59375,
      1033.59375,
      45_000 / 1001,
    ]);
    expect(counted(Float64Array.of(689.0625, 0.1, 12_345.6789012))).toEqual([
      1033.59375, 0.15, 18_518.5183518,
    ]);
    expect(counted(Float32Array.of(689.0625, 2))).toEqual([1033.59375, 3]);
    expect(counted(Uint16Array.of(22_050, 2))).toEqual([33_075, 3]);
    expect(counted(Int32Array.of(22_050, 2))).toEqual([33_075, 3]);
    expect(counted(BigInt64Array.of(22_050n, 2n))).toEqual([33_075, 3]);
    expect(counted("22050/32")).toEqual([1033.59375]);
    expect(counted(12_345.6789012)).toEqual([18_518.5183518]);
    // One rate for all layers, and columns before and after it.
    const many = countMany(
      {
        l_in: [2, 3],
        sample_rate: "22050/32",
        kernel_size: [3, 3],
        in_channels: 1,
        out_channels: 1,
      },
      columns,
    );
    expect([...many.columns.macs_per_second]).toEqual([1033.59375, (9 / 5) * 689.0625]);
    const objects = [
      { ...layer, sample_rate: 689.0625 },
      { ...layer, sample_rate: 4 },
      { ...layer, sample_rate: "30000/1001" },
    ];
    expect([...countMany(objects, columns).columns.macs_per_second]).toEqual([
      1033.59375,
      6,
      45_000 / 1001,
    ]);
    // More layers than one batch of the kernel.
    const rates = Float64Array.from({ length: 10_000 }, (_, i) => (i + 1) / 16);
    expect([
      ...countMany({ ...layer, sample_rate: rates }, columns).columns.macs_per_second,
    ]).toEqual([...rates.map((rate) => 1.5 * rate)]);
  });

  it("does not need a sample rate for other columns, but checks one that is given", () => {
    const layer = { in_channels: 1, out_channels: 1, l_in: 2, kernel_size: 3 };
    expect([...countMany({ ...layer, sample_rate: [0.5, "1/3"] }, ["macs"]).columns.macs]).toEqual([
      6n,
      6n,
    ]);
    expect([...countMany([{ ...layer, sample_rate: 0.5 }, layer], ["macs"]).columns.macs]).toEqual([
      6n,
      6n,
    ]);
    expect(
      thrown(() => countMany({ ...layer, sample_rate: [0.5, "x"] }, ["macs"]))?.message,
    ).toMatch(/^layers\.sample_rate\[1\]: sample_rate cannot be 'x'\. /);
  });

  it("lists sample rates outside their range as invalid, and refuses values that are not rates", () => {
    const layer = { in_channels: 1, out_channels: 1, l_in: 2, kernel_size: 3 };
    const far = [0.5, 0, -1, 2 ** 31, 2 ** 32, 1e300, "-1/2", "0", -0.5, 2];
    const objects = far.map((sample_rate) => ({ ...layer, sample_rate }));
    const bad = far.flatMap((_, i) => (i > 0 && i < 9 ? [i] : []));
    for (const layers of [objects, { ...layer, sample_rate: far }]) {
      const { columns, invalid, brokenRules } = countMany(layers, ["macs_per_second"], {
        skipInvalid: true,
      });
      expect([...invalid]).toEqual(bad);
      expect([...brokenRules].every((rule) => RULES[rule]?.id === "RANGE")).toBe(true);
      expect([...columns.macs_per_second]).toEqual([0.75, ...bad.map(() => Number.NaN), 3]);
      expect(thrown(() => countMany(layers, ["macs_per_second"]))?.message).toMatch(
        /^layers(\.sample_rate\[1\]|\[1\]\.sample_rate): sample_rate cannot be 0\. /,
      );
    }
    const ints = countMany(
      { ...layer, sample_rate: Int32Array.of(1, -1, 0) },
      ["macs_per_second"],
      { skipInvalid: true },
    );
    expect([...ints.invalid]).toEqual([1, 2]);
    for (const value of ["x", "", null, true, Number.NaN, 1e-30, "1/0"]) {
      for (const layers of [
        { ...layer, sample_rate: [2, value] },
        [
          { ...layer, sample_rate: 2 },
          { ...layer, sample_rate: value },
        ],
      ]) {
        const error = thrown(() =>
          countMany(layers as LayerColumns, ["macs_per_second"], { skipInvalid: true }),
        );
        expect(error?.message).toMatch(
          /^layers(\.sample_rate\[1\]|\[1\]\.sample_rate): sample_rate /,
        );
      }
    }
    const sparse = { ...layer, sample_rate: [2, undefined] } as unknown as LayerColumns;
    expect(thrown(() => countMany(sparse, ["macs"]))?.message).toMatch(
      /^layers\.sample_rate\[1\]: sample_rate cannot be undefined\. /,
    );
    expect(thrown(() => countMany({ ...layer, sample_rate: "x" }, ["macs"]))?.message).toMatch(
      /^layers\.sample_rate: sample_rate cannot be 'x'\. /,
    );
    expect(
      thrown(() => countMany({ ...layer, l_in: [1, 2, 3], sample_rate: [1, 2] }, ["macs"]))
        ?.message,
    ).toMatch(/^layers: sample_rate has 2 values, but l_in has 3\. /);
  });

  it("accepts an empty array, and counts one layer in an object of numbers", () => {
    expect(countMany([], ["macs"])).toStrictEqual({
      rows: 0,
      columns: { macs: new BigUint64Array(0) },
      missing: {},
      invalid: new Uint32Array(0),
      brokenRules: new Uint8Array(0),
    });
    expect(
      countMany({ in_channels: 1, out_channels: 1, kernel_size: 3, l_in: new Int32Array(0) }, [
        "macs",
      ]).rows,
    ).toBe(0);
    expect(
      countMany({ in_channels: 2, out_channels: 1, kernel_size: 3, l_in: 4 }, ["macs"]).columns
        .macs,
    ).toStrictEqual(BigUint64Array.of(24n));
  });

  // biome-ignore lint/suspicious/noSparseArray: a hole reads as undefined
  const SPARSE = [1, , 3];
  const FOUR = { in_channels: 1, out_channels: 1, kernel_size: 3, l_in: [4, 5, 6] };

  it.each(
    titled([
      {
        title: "null instead of layers",
        layers: null,
        message:
          "layers: layers cannot be null. Pass an array of layers, or an object with a column for each parameter.",
      },
      {
        title: "a bigint instead of layers",
        layers: 3n,
        message:
          "layers: layers cannot be 3n. Pass an array of layers, or an object with a column for each parameter.",
      },
      {
        title: "a typed array instead of layers",
        layers: new Int32Array(3),
        message: text`
          layers: layers cannot be an Int32Array. Pass an array of layers, or an object with a
          column for each parameter.
        `,
      },
      {
        title: "null as the second layer",
        layers: [{ ...FOUR, l_in: 4 }, null],
        message: text`
          layers[1]: a layer cannot be null. Write an object of its parameters, for example {
          in_channels: 64, out_channels: 32, kernel_size: 4, l_in: 100 }.
        `,
      },
      {
        title: "a text as l_in of the second layer",
        layers: [
          { ...FOUR, l_in: 4 },
          { ...FOUR, l_in: "4" },
        ],
        message: "layers[1].l_in: l_in cannot be '4'. Write the number 4.",
      },
      {
        title: "a second layer without an output",
        layers: [
          { ...FOUR, l_in: 4 },
          { ...FOUR, l_in: 4, padding: 3 },
        ],
        message: text`
          layers[1]: the output length would be 0. Lower padding to at most 2, or raise l_in,
          kernel_size, stride or dilation, until l_out is at least 1.
        `,
      },
      {
        title: "an unknown column",
        layers: { ...FOUR, kernel: 3 },
        message: "layers: unknown parameter 'kernel'. Did you mean 'kernel_size'?",
      },
      {
        title: "a column that is missing",
        layers: { ...FOUR, in_channels: undefined },
        message: "layers: in_channels is missing. PyTorch has no default for it; give it a value.",
      },
      {
        title: "a column of another length",
        layers: { ...FOUR, stride: [1, 2] },
        message: text`
          layers: stride has 2 values, but l_in has 3. Give every column one value per layer, or a
          single number for all layers.
        `,
      },
      {
        title: "a column of length 1",
        layers: { ...FOUR, stride: [1] },
        message: text`
          layers: stride has 1 value, but l_in has 3. Give every column one value per layer, or a
          single number for all layers.
        `,
      },
      {
        title: "a text as a column",
        layers: { ...FOUR, stride: "2" },
        message: "layers.stride: stride cannot be '2'. Write the number 2.",
      },
      {
        title: "a column of another buffer type",
        layers: { ...FOUR, stride: new DataView(new ArrayBuffer(8)) },
        message:
          "layers.stride: stride cannot be a DataView. Write a whole number, for example 16.",
      },
      {
        title: "a fraction in a column",
        layers: { ...FOUR, stride: [1, 2, 1.5] },
        message: "layers.stride[2]: stride cannot be 1.5. Write a whole number, for example 16.",
      },
      {
        title: "a text in a column",
        layers: { ...FOUR, stride: [1, "2", 3] },
        message: "layers.stride[1]: stride cannot be '2'. Write the number 2.",
      },
      {
        title: "a hole in a column",
        layers: { ...FOUR, stride: SPARSE },
        message:
          "layers.stride[1]: stride cannot be undefined. Write a whole number, for example 16.",
      },
      {
        title: "NaN in a column",
        layers: { ...FOUR, stride: Float64Array.of(1, 2, Number.NaN) },
        message: "layers.stride[2]: stride cannot be NaN. Write a whole number, for example 16.",
      },
      {
        title: "a boolean in a numeric column",
        layers: { ...FOUR, stride: [1, true, 3] },
        message: "layers.stride[1]: stride cannot be true. Write a whole number, for example 16.",
      },
      {
        title: "a text in a boolean column",
        layers: { ...FOUR, bias: [true, "no", false] },
        message: "layers.bias[1]: bias cannot be 'no'. Write true or false.",
      },
      {
        title: "2 in a boolean column",
        layers: { ...FOUR, bias: Int8Array.of(0, 1, 2) },
        message: "layers.bias[2]: bias cannot be 2. Write true or false.",
      },
      {
        title: "bits above 64 in a column",
        layers: { ...FOUR, bits: [1, 64, 65] },
        message: "layers.bits[2]: bits cannot be 65. Write a whole number from 1 to 64.",
      },
      {
        title: "a bigint above the maximum in a column",
        layers: { ...FOUR, stride: BigInt64Array.of(1n, 2n ** 40n, 1n) },
        message:
          "layers.stride[1]: stride cannot be 1099511627776. Write a whole number from 1 to 2147483647.",
      },
      {
        title: "a third layer without an output",
        layers: { ...FOUR, padding: [0, 0, 4] },
        message: text`
          layers[2]: the output length would be 0. Lower padding to at most 3, or raise l_in,
          kernel_size, stride or dilation, until l_out is at least 1.
        `,
      },
      {
        title: "an unknown kind",
        layers: { ...FOUR, layer: "conv9d" },
        message: text`
          layers.layer: layer cannot be 'conv9d'. Write one of conv_transpose1d, conv_transpose2d,
          conv_transpose3d, conv1d, conv2d, conv3d and linear.
        `,
      },
      {
        title: "a dimension that is set twice",
        layers: {
          layer: "conv_transpose2d",
          in_channels: 1,
          out_channels: 1,
          h_in: 1,
          w_in: 1,
          kernel_size: 3,
          "kernel_size.h": 3,
        },
        message: "layers.kernel_size.h: the axis kernel_size.h is given twice. Keep one of them.",
      },
    ]),
  )("refuses %s, naming the location and the value", (_, { layers, message }) => {
    expect(thrown(() => countMany(layers as unknown as LayerColumns, ["macs"]))?.message).toBe(
      message,
    );
  });

  it("names the first bad layer, whatever is wrong with it and with later ones", () => {
    const padding = [0, 4, 0.5];
    expect(thrown(() => countMany({ ...FOUR, padding }, ["macs"]))?.message).toMatch(
      /^layers\[1\]: the output length would be -1\./,
    );
    const layers = padding.map((p) => ({ ...FOUR, l_in: 4, padding: p }));
    expect(thrown(() => countMany(layers, ["macs"]))?.message).toMatch(
      /^layers\[1\]: the output length would be -2\./,
    );
    expect(thrown(() => countMany(layers, ["macs"], { skipInvalid: true }))?.message).toMatch(
      /^layers\[2\]\.padding: padding cannot be 0\.5\./,
    );
  });

  it("refuses unknown columns and options, and a missing sample rate", () => {
    const said = (columns: unknown, options?: unknown) =>
      thrown(() => countMany(FOUR, columns as ["macs"], options as object))?.message;
    expect(said(["mac"])).toBe("columns: unknown column 'mac'. Did you mean 'macs'?");
    expect(said(undefined)).toBe(
      "columns: columns cannot be undefined. Write a list of result columns, for example [l_out, ops, macs].",
    );
    expect(said(["h_out"])).toBe(
      text`
        columns: h_out is not a column of conv_transpose1d. Run 'upsweep columns --layer
        conv_transpose1d' to list its columns.
      `,
    );
    expect(said(["macs_per_second"])).toMatch(/^layers: macs_per_second needs a sample_rate\./);
    expect(said(["macs"], { skip: true })).toMatch(/^options: unknown key 'skip'\./);
    expect(said(["macs"], { skipInvalid: "yes" })).toBe(
      "skipInvalid cannot be 'yes'. Write one of true and false.",
    );
    expect(said(["macs"], { bigInts: "string" })).toBe(
      "bigInts cannot be 'string'. Write one of bigint and number.",
    );
    const objects = [
      { ...FOUR, l_in: 4, sample_rate: 5 },
      { ...FOUR, l_in: 4 },
    ];
    expect(thrown(() => countMany(objects, ["macs_per_second"]))?.message).toMatch(
      /^layers\[1\]: macs_per_second needs a sample_rate\./,
    );
  });
});
