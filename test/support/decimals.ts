/** Decimal results, calculated from integers of the reference kernel and rounded once. */
import type { ResultName } from "../../src/columns/table.ts";
import type { Layer } from "../../src/layers/layer.ts";

/**
 * n/d as the nearest double, with ties to even. Number() of a BigInt rounds that way. A last bit
 * records whether the division has a remainder.
 */
export function nearest(n: bigint, d: bigint): number {
  const scaled = n << 200n;
  const quotient = ((scaled / d) << 1n) | (scaled % d === 0n ? 0n : 1n);
  return Number(quotient) / 2 ** 201;
}

/** The decimal results of a layer, from its integer results. */
export function decimalsOf(
  layer: Layer,
  results: Readonly<Partial<Record<ResultName, unknown>>>,
): Partial<Record<ResultName, number>> {
  const of = (name: ResultName) => results[name] as bigint;
  const rate = layer.sample_rate ?? { numerator: 0n, denominator: 1n };
  const touched =
    (of("input_elements") + of("output_elements") + of("params")) * BigInt(layer.bits);
  const arithmetic_intensity = nearest(of("flops") * 8n, touched);
  if (layer.kind.family.name === "linear") {
    const perSecond = (counts: bigint) => nearest(counts * rate.numerator, rate.denominator);
    return {
      arithmetic_intensity,
      macs_per_second: perSecond(of("weight_elements")),
      ops_per_second: perSecond(
        of("weight_elements") * 2n - (layer.bias ? 0n : BigInt(layer.out_channels)),
      ),
      tensorflow: nearest(of("thop") + of("torchinfo"), 1n),
    };
  }
  const kernel = of("weight_elements") / of("filters");
  const strides = layer.dimensions.reduce((product, { stride }) => product * BigInt(stride), 1n);
  return {
    zero_insertion_waste: nearest(of("l_out") * kernel - of("taps"), of("l_out") * kernel),
    arithmetic_intensity,
    macs_per_second: nearest(
      of("filters") * of("taps") * rate.numerator,
      of("l_out") * rate.denominator,
    ),
    ops_per_second: nearest(
      (of("filters") * of("ops_per_filter") + of("aggregation_ops")) * rate.numerator,
      of("l_out") * rate.denominator,
    ),
    ...(layer.kind.family.name !== "transposed"
      ? { tensorflow: nearest(of("thop") + of("torchinfo"), 1n) }
      : layer.dimensions.length < 3 && {
          tensorflow: nearest(2n * of("zero_insertion_macs"), strides),
        }),
  };
}
