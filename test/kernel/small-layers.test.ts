/**
 * Every small combination of parameters, legal or not: the kernels against a double loop that is
 * written here again. There is one plan for each input length and kernel size, and its rows are
 * compared as text.
 */
import { describe, expect, it } from "vitest";
import { KERNELS, METHODS } from "../support/kernels.ts";
import { planOf, sweepOn } from "../support/sweeps.ts";

const range = (first: number, last: number) =>
  Array.from({ length: last - first + 1 }, (_, i) => first + i);
const INPUTS = range(1, 8);
const KERNEL_SIZES = range(1, 6);
const STRIDES = range(1, 6);
const PADDINGS = range(0, 8);
const DILATIONS = range(1, 5);
const OUTPUT_PADDINGS = range(0, 5);

/** The rows by PyTorch's definition, and how many combinations PyTorch refuses. */
function plainRows(
  l: number,
  k: number,
): { bytes: string; outputPaddingTooLarge: number; noOutput: number } {
  const lines: string[] = [];
  let [outputPaddingTooLarge, noOutput] = [0, 0];
  for (const s of STRIDES)
    for (const p of PADDINGS)
      for (const d of DILATIONS)
        for (const o of OUTPUT_PADDINGS) {
          if (o >= s && o >= d) {
            outputPaddingTooLarge++;
            continue;
          }
          const lOut = (l - 1) * s - 2 * p + d * (k - 1) + o + 1;
          if (lOut < 1) {
            noOutput++;
            continue;
          }
          const y = new Array<number>(lOut).fill(0);
          for (let i = 0; i < l; i++)
            for (let tap = 0; tap < k; tap++) {
              const j = i * s + tap * d - p;
              if (j >= 0 && j < lOut) y[j] = (y[j] as number) + 1;
            }
          const taps = y.reduce((sum, n) => sum + n, 0);
          const covered = y.filter((n) => n > 0).length;
          lines.push(
            `1,1,1,${l},${k},${s},${p},${o},${d},1,true,${lOut},${taps},${covered},${lOut - covered},${taps - lOut}\n`,
          );
        }
  return { bytes: lines.join(""), outputPaddingTooLarge, noOutput };
}

const shapes = INPUTS.flatMap((l) =>
  KERNEL_SIZES.map((k) => ({ l, k, expected: plainRows(l, k) })),
);

describe.each(KERNELS)("every small layer on the %s kernel", (_, kernel) => {
  it.each(METHODS)(
    "is counted as by the double loop, and rejected where PyTorch refuses it, by %s",
    (method) => {
      let rows = 0;
      for (const { l, k, expected } of shapes) {
        const plan = planOf({
          axes: {
            in_channels: 1,
            out_channels: 1,
            l_in: l,
            kernel_size: k,
            stride: STRIDES,
            padding: PADDINGS,
            dilation: DILATIONS,
            output_padding: OUTPUT_PADDINGS,
          },
          columns: ["l_out", "taps", "covered", "holes", "additions_per_filter"],
        });
        const swept = sweepOn(kernel, plan, { method });
        // The texts have some hundred kilobytes: first a string comparison, and a diff only if it
        // fails.
        if (swept.bytes !== expected.bytes) expect(swept.bytes).toBe(expected.bytes);
        const expectedRejections = plan.rejectionReasons.map((text) =>
          text.startsWith("output_padding")
            ? expected.outputPaddingTooLarge
            : text === "l_out >= 1"
              ? expected.noOutput
              : 0,
        );
        expect(swept.rejected.map(Number)).toEqual([0, ...expectedRejections]);
        expect(BigInt(swept.rows) + swept.rejected.reduce((sum, n) => sum + n, 0n)).toBe(plan.size);
        rows += swept.rows;
      }
      expect(rows).toBe(46_944);
    },
  );
});
