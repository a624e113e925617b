/** A layer in words. */

import type { Layer } from "./layer.js";
import type { Dimension } from "./parameters.js";

/** A layer in one line, as PyTorch would show it. */
export function describeLayer(layer: Layer): string {
  const { kind, batch_size, in_channels, out_channels, groups, bias, dimensions } = layer;
  const each = (name: keyof Dimension) => dimensions.map((dimension) => dimension[name]);
  const names = kind.family.parameters
    .filter(({ name, perDimension }) => perDimension && name !== "l_in")
    .map(({ name }) => name as keyof Dimension);
  const parameters = names.map(
    (name) => `${name}=${each(name).length === 1 ? each(name)[0] : `(${each(name).join(", ")})`}`,
  );
  const written = [
    in_channels,
    out_channels,
    ...parameters,
    `groups=${groups}`,
    `bias=${bias ? "True" : "False"}`,
  ].join(", ");
  return `${kind.module}(${written}) on an input of (${[batch_size, in_channels, ...each("l_in")].join(", ")})`;
}
