/**
 * The published formulas, evaluated by JavaScript: every kernel must give their values, also for an
 * empty batch.
 */
import { describe, expect, it } from "vitest";
import { AUXILIARIES } from "../../src/columns/auxiliary.ts";
import { columnsOf, formulaIn } from "../../src/columns/derived.ts";
import type { ResultName } from "../../src/columns/table.ts";
import { kindOf } from "../../src/layers/kinds.ts";
import { KERNELS } from "../support/kernels.ts";
import { layerOfValues } from "../support/layers.ts";

/**
 * A formula of the expression language as JavaScript. `//` rounds down; everything else has the
 * same syntax.
 */
function inJavaScript(formula: string): string {
  const tokens = formula.match(/\w+|\/\/|[=!]=|[^\s\w]/g) ?? [];
  const leftAssociative = (operators: readonly string[], operand: () => string): string => {
    let text = operand();
    while (operators.includes(tokens[0] ?? "")) {
      const operator = tokens.shift();
      const right = operand();
      text =
        operator === "//" ? `Math.floor(${text} / ${right})` : `(${text} ${operator} ${right})`;
    }
    return text;
  };
  const comparison = (): string => leftAssociative(["==", "!="], sum);
  const sum = () => leftAssociative(["+", "-"], product);
  const product = () => leftAssociative(["*", "/", "//"], primary);
  const primary = (): string => {
    const token = tokens.shift() as string;
    if (token !== "(") return tokens[0] === "(" ? `${token}(${args()})` : token;
    const inside = comparison();
    tokens.shift();
    return inside;
  };
  const args = () => {
    const found: string[] = [];
    do {
      tokens.shift();
      found.push(comparison());
    } while (tokens[0] === ",");
    tokens.shift();
    return found.join(", ");
  };
  return comparison();
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
    l_in: 9,
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

const FUNCTIONS = {
  gcd: (a: number, b: number): number => (b === 0 ? a : FUNCTIONS.gcd(b, a % b)),
  ceil_div: (a: number, b: number) => Math.ceil(a / b),
};

describe("a formula in JavaScript", () => {
  it("rounds // down, and evaluates * and // from the left", () => {
    expect(inJavaScript("a * b // c")).toBe("Math.floor((a * b) / c)");
    expect(inJavaScript("a // b // c")).toBe("Math.floor(Math.floor(a / b) / c)");
    expect(inJavaScript("f(a, b // c) - (l + 2 * p) // s")).toBe(
      "(f(a, Math.floor(b / c)) - Math.floor((l + (2 * p)) / s))",
    );
  });
});

describe.each(["conv_transpose1d", "conv1d"] as const)("%s", (name) => {
  const kind = kindOf(name);
  const formulas = columnsOf(kind).flatMap((c) => {
    const formula = formulaIn(kind.family.name, "formula" in c ? c.formula : undefined);
    return formula === undefined || c.dimension !== undefined ? [] : [[c.name, formula] as const];
  });

  it("has formulas for all columns except taps and covered", () => {
    const without = columnsOf(kind).filter((c) => !formulas.some(([own]) => own === c.name));
    expect(without.map((c) => c.name)).toEqual(["taps", "covered"]);
  });

  describe.each(KERNELS)("on the %s kernel", (_, kernel) => {
    it.each(formulas)("%s is %s", (column, formula) => {
      for (const values of LAYERS) {
        for (const batch_size of [0, 1, 3]) {
          for (const bias of [0, 1]) {
            const all: Record<string, number> = { ...values, batch_size, bias };
            const layer = {
              ...layerOfValues((parameter) => all[parameter] as number, kind),
              bits: 16,
              sample_rate: { numerator: 11_025n, denominator: 16n },
            };
            const { results = {} } = kernel.count(layer, "closed");
            const numbers = (of: object) =>
              Object.fromEntries(Object.entries(of).map(([key, value]) => [key, Number(value)]));
            const found = numbers(results) as Record<ResultName, number>;
            const unpadded = kernel.count(
              { ...layer, dimensions: layer.dimensions.map((d) => ({ ...d, output_padding: 0 })) },
              "closed",
            ).results;
            const known: Record<string, unknown> = {
              ...found,
              ...all,
              ...FUNCTIONS,
              bits: 16,
              sample_rate: 689.0625,
              unpadded_taps: Number(unpadded?.taps),
              padding_is_word: 0,
              onnx_l_out: found.l_out,
            };
            // A formula must not use the column that it defines.
            delete known[column];
            for (const { name: auxiliary, ...own } of AUXILIARIES) {
              const text = formulaIn(kind.family.name, "formula" in own ? own.formula : undefined);
              if (text !== undefined && !text.includes(column))
                known[auxiliary] = run(inJavaScript(text), known);
            }
            const code = inJavaScript(formula);
            const where = `${column} = ${code} for ${JSON.stringify(all)}`;
            const value = Number(run(code, known));
            expect(value, where).not.toBeNaN();
            expect(`${where}: ${value.toPrecision(12)}`).toBe(
              `${where}: ${found[column].toPrecision(12)}`,
            );
          }
        }
      }
    });
  });
});

function run(code: string, known: Record<string, unknown>): number {
  return new Function(...Object.keys(known), `return ${code};`)(...Object.values(known));
}
