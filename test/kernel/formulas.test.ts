/** The printed formulas, worked out as they are printed: the values must be theirs, for an empty batch too. */
import { describe, expect, it } from "vitest";
import { COLUMNS, type ResultName } from "../../src/columns/columns.ts";
import { KERNELS } from "../support/kernels.ts";
import { layerOfValues, TRANSPOSED } from "../support/layers.ts";

/** Columns with formulas in words; other tests check them. */
const IN_WORDS: readonly string[] = [
  "d_out",
  "h_out",
  "w_out",
  "taps",
  "covered",
  "overlap_min",
  "overlap_max",
];

/** The right side of a printed formula as JavaScript. `//` rounds down. */
function inJavaScript(formula: string): string {
  const [main = "", choice] = formula.split(", r = ");
  const sides = main.split(/(?<=^(?:[ψλγ]|sum\(y - 1\))) = /);
  const plain = (text: string) =>
    text
      .replaceAll("·", "*")
      .replace(/\(([^()]*)\) \/\/ (\w+)/g, "Math.floor(($1) / $2)")
      .replace(/\((\((?:[^()]|\([^()]*\))*\)) \/\/ (\w+) \+ 1\)/g, "(Math.floor($1 / $2) + 1)")
      .replace(/\((\w+) \/\/ (\w+)\)/g, "Math.floor($1 / $2)")
      .replace(/ = /g, " === ");
  const right = plain(sides.at(-1) as string);
  const [yes, condition, no] = choice?.split(/ if | else |, else /) ?? [];
  return choice === undefined
    ? right
    : right.replace(/\br\b/, `(${condition?.replace(" = ", " === ")} ? ${yes} : ${no})`);
}

const LAYERS = [
  {
    l_in: 5,
    kernel_size: 4,
    stride: 3,
    padding: 2,
    output_padding: 1,
    dilation: 2,
    in_channels: 6,
    out_channels: 4,
    groups: 2,
  },
  {
    l_in: 7,
    kernel_size: 3,
    stride: 1,
    padding: 0,
    output_padding: 0,
    dilation: 1,
    in_channels: 4,
    out_channels: 4,
    groups: 4,
  },
  {
    l_in: 2,
    kernel_size: 2,
    stride: 5,
    padding: 0,
    output_padding: 3,
    dilation: 1,
    in_channels: 3,
    out_channels: 5,
    groups: 1,
  },
] as const;

describe.each(KERNELS)("on the %s kernel", (_, kernel) => {
  it.each(
    COLUMNS.filter(({ name }) => !IN_WORDS.includes(name)).map((c) => [c.name, c.formula] as const),
  )("%s is %s", (name, formula) => {
    for (const values of LAYERS) {
      for (const batch_size of [0, 1, 3]) {
        for (const bias of [0, 1]) {
          const all: Record<string, number> = { ...values, batch_size, bias };
          const layer = {
            ...layerOfValues((parameter) => all[parameter] as number, TRANSPOSED),
            bits: 16,
            sample_rate: { numerator: 11_025n, denominator: 16n },
          };
          const { results = {} } = kernel.count(layer, "closed");
          const found = Object.fromEntries(
            Object.entries(results).map(([key, value]) => [key, Number(value)]),
          ) as Record<ResultName, number>;
          const unpadded = kernel.count(
            { ...layer, dimensions: layer.dimensions.map((d) => ({ ...d, output_padding: 0 })) },
            "closed",
          ).results;
          const symbols: Record<string, number> = {
            ...found,
            ...{
              N: batch_size,
              C_in: values.in_channels,
              C_out: values.out_channels,
              g: values.groups,
              L: values.l_in,
              K: values.kernel_size,
            },
            ...{
              s: values.stride,
              p: values.padding,
              o: values.output_padding,
              d: values.dilation,
              b: bias,
            },
            ...{
              ψ: found.filters,
              λ: found.ops_per_filter,
              γ: found.aggregation_ops,
              bits: 16,
              sample_rate: 689.0625,
            },
            A: Number(unpadded?.additions_per_filter),
          };
          // A formula must not use the column that it defines.
          if (name !== "overlap_even") delete symbols[name];
          const code = inJavaScript(formula);
          const value = new Function(...Object.keys(symbols), `return ${code};`)(
            ...Object.values(symbols),
          );
          const where = `${name} = ${code} for N = ${batch_size}, b = ${bias}, L = ${values.l_in}`;
          expect(Number(value), where).not.toBeNaN();
          expect(`${where}: ${Number(value).toPrecision(12)}`).toBe(
            `${where}: ${found[name].toPrecision(12)}`,
          );
        }
      }
    }
  });
});
