/** The cost of taps and covered of one layer, by simulation and in closed form. */

import { builtKernel } from "../dist/kernel/built.js";
import type { Kernel } from "../dist/kernel/kernel.js";
import { planSweep } from "../dist/plan/plan.js";
import { specFrom } from "../dist/spec/read.js";
import { check, medianSeconds, nanoseconds, type Section } from "./harness.js";

/**
 * Each shape is swept over `lengths` consecutive input lengths in the innermost loop, so that every
 * row needs a new overlap.
 */
const SHAPES = [
  {
    name: "HiFi-GAN, first stage: L 32, K 16, s 8, p 4",
    l_in: 32,
    lengths: 200,
    kernel_size: 16,
    stride: 8,
    padding: 4,
  },
  {
    name: "EnCodec, causal: L 1200, K 4, s 2",
    l_in: 1200,
    lengths: 100,
    kernel_size: 4,
    stride: 2,
  },
  {
    name: "WaveGlow, upsampler: L 64, K 1024, s 256",
    l_in: 64,
    lengths: 50,
    kernel_size: 1024,
    stride: 256,
  },
  {
    name: "heavily cropped and dilated: L 200, K 31, s 6, p 90, d 4",
    l_in: 200,
    lengths: 50,
    kernel_size: 31,
    stride: 6,
    padding: 90,
    dilation: 4,
  },
  {
    name: "a minute of audio: L 100,000, K 8, s 4, p 2",
    l_in: 100_000,
    lengths: 20,
    kernel_size: 8,
    stride: 4,
    padding: 2,
  },
] as const;

export async function overlap(): Promise<Section> {
  const rows: string[][] = [];
  for (const { name, l_in, lengths, ...rest } of SHAPES) {
    const axes = {
      in_channels: 1,
      out_channels: 1,
      ...rest,
      l_in: `${l_in}..${l_in + lengths - 1}`,
    };
    const swept = planSweep(specFrom({ axes, columns: ["taps", "covered"] }));
    const contender = (kernel: Kernel, method: "closed" | "simulate", title: string) => {
      kernel.openPlan(swept, 0, method);
      return {
        name: title,
        run: () => Buffer.from(kernel.sweep(0n, swept.size).bytes).toString("latin1"),
      };
    };
    const contenders = [
      contender(builtKernel(), "closed", "closed"),
      contender(builtKernel(), "simulate", "simulate"),
    ];
    const [expected] = contenders.slice(-1).map(({ run }) => run());
    for (const { name: title, run } of contenders) check(run() === expected, `${name}, ${title}`);
    const seconds = await medianSeconds(contenders, { seconds: 0.2, iterations: 3 });
    const perLayer = contenders.map(({ name: title }) =>
      nanoseconds((seconds.get(title) as number) / lengths),
    );
    rows.push([name, ...perLayer]);
  }
  return {
    title: "Taps and covered of one layer",
    says: [
      "Time per layer, including its row of text and its share of a call that counts 20 to 200",
      "layers. That share is a third or more of the figures of the closed form. Both methods gave",
      "the same rows before they were timed.",
    ].join(" "),
    head: ["layer", "closed", "simulate"],
    rows,
  };
}
