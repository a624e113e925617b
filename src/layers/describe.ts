/** Descriptions of layers for messages. */

import { PARAMETER_MAX } from "../limits.js";
import { namesOfParameter, textOfParameter } from "./kinds.js";
import type { Layer } from "./layer.js";
import type { Dimension } from "./parameters.js";

/** A layer in one line, as PyTorch prints it. */
export function describeLayer(layer: Layer): string {
  const { kind, batch_size, in_channels, out_channels, groups, bias, dimensions } = layer;
  const each = (name: keyof Dimension) => dimensions.map((dimension) => dimension[name]);
  const names = kind.family.parameters
    .filter(({ name, perDimension }) => perDimension && name !== "l_in")
    .map(({ name }) => name as keyof Dimension);
  const parameters = names.map((name) => {
    const [first, ...others] = each(name) as [number, ...number[]];
    // In PyTorch, a word always applies to all dimensions.
    if (name === "padding" && first > PARAMETER_MAX) return `padding='${wordOf(layer, first)}'`;
    return `${name}=${others.length === 0 ? first : `(${[first, ...others].join(", ")})`}`;
  });
  const written = [
    in_channels,
    out_channels,
    ...parameters,
    ...(namesOfParameter(kind, "groups").length > 0 ? [`groups=${groups}`] : []),
    `bias=${bias ? "True" : "False"}`,
  ].join(", ");
  const input = [batch_size, in_channels, ...each("l_in")].join(", ");
  return `${kind.module}(${written}) on an input of (${input})`;
}

function wordOf({ kind }: Layer, value: number): string {
  const padding = kind.parameters.find(({ base }) => base === "padding");
  return textOfParameter(padding ?? {}, value);
}
