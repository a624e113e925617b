/** The sentences that explain why a convention differs on a layer: one test for each cause. */
import { describe, expect, it } from "vitest";
import type { ResultName } from "../../src/columns/table.ts";
import { COMPARED } from "../../src/conventions/compared.ts";
import { why } from "../../src/conventions/why.ts";
import type { LayerInput, LayerParameters } from "../../src/layers/layer.ts";
import { readLayer } from "../../src/layers/read.ts";
import { KERNELS } from "../support/kernels.ts";
import { text } from "../support/text.ts";

const [, kernel] = KERNELS.at(-1) as (typeof KERNELS)[number];

function whyOf(name: ResultName, input: LayerInput): string {
  const layer = readLayer(input);
  const { results } = kernel.count(layer, "closed");
  return why(name, layer, results ?? {});
}

const HIFIGAN: LayerInput = {
  in_channels: 512,
  out_channels: 256,
  kernel_size: 16,
  stride: 8,
  padding: 4,
  l_in: 32,
};
const plain = (rest: Partial<LayerParameters> = {}): LayerInput => ({
  in_channels: 4,
  out_channels: 4,
  kernel_size: 4,
  stride: 2,
  l_in: 10,
  bias: false,
  ...rest,
});

describe("the reason why a convention differs", () => {
  it.each<[string, ResultName, LayerInput, string]>([
    ["is that it is exact where nothing is cropped", "fvcore", plain(), "exact on this layer"],
    [
      "names the share of products that padding crops",
      "fvcore",
      HIFIGAN,
      "counts the 1.56 % of the products that padding crops",
    ],
    [
      "names padding that crops all products",
      "torch",
      plain({ l_in: 1, kernel_size: 1, stride: 3, padding: 1, output_padding: 2 }),
      "counts the 100 % of the products that padding crops",
    ],
    [
      "names the zeros of zero insertion",
      "thop",
      plain(),
      "counts the zeros that stride inserts: 88 products per filter, of which 40 land",
    ],
    [
      "names the edges where no zeros are inserted",
      "thop",
      plain({ stride: 1 }),
      "counts taps that reach beyond the input: 52 products per filter, of which 40 land",
    ],
    [
      "is that it is exact where each output uses every tap",
      "thop",
      plain({ kernel_size: 1, stride: 1 }),
      "exact on this layer",
    ],
    [
      "names the biases, which the ratio excludes",
      "ptflops",
      plain({ bias: true }),
      "exact, apart from 88 for the bias, excluded from the ratio",
    ],
    [
      "names the biases after another cause",
      "torchinfo",
      plain({ bias: true }),
      text`
        counts the zeros that stride inserts: 88 products per filter, of which 40 land; adds 88 for
        the bias, excluded from the ratio
      `,
    ],
    [
      "names a division by groups that happens twice",
      "deepspeed_macs",
      plain({ in_channels: 8, out_channels: 8, groups: 2 }),
      "divides by groups twice",
    ],
    [
      "names a depthwise layer that is counted as 0",
      "deepspeed_macs",
      plain({ groups: 4 }),
      "divides by groups twice: 4 // 4 // 4 = 0 channels",
    ],
    [
      "names the bias of a forward convolution",
      "deepspeed_flops",
      plain({ bias: true }),
      text`
        exact, apart from 16 for a bias of the forward convolution's size (correct: 88), excluded
        from the ratio
      `,
    ],
    [
      "names all input channels used in place of those of a group",
      "torchprofile",
      plain({ in_channels: 4, out_channels: 8, groups: 2 }),
      text`
        counts the zeros that stride inserts: 88 products per filter, of which 40 land; uses all 4
        input channels instead of the 2 of a group
      `,
    ],
    [
      "names output channels used in place of input channels",
      "onnx_tool",
      plain({ in_channels: 8 }),
      text`
        counts the zeros that stride inserts: 88 products per filter, of which 40 land; uses the
        output channels in place of the input channels: 4 instead of 8 per group
      `,
    ],
    [
      "names zeros divided by the stride",
      "tensorflow",
      plain(),
      text`
        counts the zeros that stride inserts: 88 products per filter, of which 40 land; divides by
        the stride, 2
      `,
    ],
    [
      "names two errors that cancel each other",
      "tensorflow",
      plain({ kernel_size: 2 }),
      text`
        counts the zeros that stride inserts: 40 products per filter, of which 20 land; divides by
        the stride, 2: on this layer, these errors cancel out
      `,
    ],
    [
      "names operations on inserted zeros, and holes counted as -1",
      "ops",
      plain({ kernel_size: 1 }),
      text`
        multiplies by the zeros that stride inserts: 19 products per filter, of which 10 land; counts
        -1 addition for each of its 9 holes
      `,
    ],
    [
      "names overlaps counted without output_padding",
      "moduleprofiler",
      plain({ output_padding: 1 }),
      text`
        multiplies by the zeros that stride inserts: 92 products per filter, of which 40 land; counts
        -1 addition for its hole; counts the overlaps of the layer without its output_padding
      `,
    ],
    [
      "names an exception in moduleprofiler",
      "moduleprofiler",
      plain({ l_in: 1, kernel_size: 1, stride: 3, padding: 1, output_padding: 2 }),
      "raises an error: it runs the layer without output_padding, which leaves no output",
    ],
    [
      "is that there is no answer for 3-d layers",
      "tensorflow",
      {
        layer: "conv_transpose3d",
        in_channels: 1,
        out_channels: 1,
        kernel_size: 2,
        d_in: 2,
        h_in: 2,
        w_in: 2,
      },
      "gives no answer for 3-d layers",
    ],
    [
      "is that an empty batch has nothing to count",
      "thop",
      plain({ batch_size: 0 }),
      "the batch is empty: there is nothing to count",
    ],
  ])("%s", (_, name, layer, sentence) => {
    expect(whyOf(name, layer)).toBe(sentence);
  });

  it("says 'exact' if and only if the answer equals the exact count, on layers of many shapes", () => {
    let answers = 0;
    for (const groups of [1, 2, 4])
      for (const kernel_size of [1, 2, 4])
        for (const stride of [1, 2])
          for (const padding of [0, 1])
            for (const bias of [true, false]) {
              const layer = readLayer(
                plain({
                  out_channels: 8,
                  groups,
                  kernel_size,
                  stride,
                  padding,
                  bias,
                }) as LayerInput,
              );
              const { results } = kernel.count(layer, "closed");
              if (!results) continue;
              for (const name of [
                "fvcore",
                "thop",
                "deepspeed_macs",
                "thop_ultralytics",
                "torchprofile",
              ] as const) {
                answers++;
                expect(
                  /exact|cancel out/.test(why(name, layer, results)),
                  `${name} ${groups} ${kernel_size} ${stride} ${padding}`,
                ).toBe(results[name] === results.macs);
              }
            }
    expect(answers).toBeGreaterThan(300);
    expect(COMPARED).toHaveLength(14);
  });
});
