import { expect, it } from "vitest";
import { kindOf } from "../../src/layers/kinds.ts";
import { layerOfValues } from "../support/layers.ts";

it("sets parameters by name, with one value for all dimensions or one for each", () => {
  const layer = layerOfValues(
    (name) => ({ "kernel_size.h": 3, "kernel_size.w": 5 })[name] ?? 1,
    kindOf("conv_transpose2d"),
  );
  expect(layer.dimensions.map(({ kernel_size }) => kernel_size)).toEqual([3, 5]);
});
