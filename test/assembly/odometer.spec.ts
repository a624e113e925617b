import {
  BATCH_SIZE, BIAS, DILATION, GROUPS, IN_CHANNELS, KERNEL_SIZE, L_IN, METHOD_CLOSED, OUT_CHANNELS, OUTPUT_PADDING, PADDING, STRIDE,
} from "../../assembly/layout";
import { openAxes, restOfTurn, seek, step } from "../../assembly/odometer";
import { layerField, PlanImage } from "./support";

const INNERMOST: u32 = 10;

/** Level 0: stride 2, 7..9; level 4: padding 0, 3, 6; level 10: l_in 5, 9, 1; the others have one value. 4 · 3 · 3 = 36 layers. */
function open(): void {
  const image = new PlanImage();
  image.axis(STRIDE, [2, 0, 1, 7, 1, 3]);
  image.fixed(BATCH_SIZE, 1);
  image.fixed(IN_CHANNELS, 4);
  image.fixed(OUT_CHANNELS, 6);
  image.axis(PADDING, [0, 3, 3]);
  image.fixed(KERNEL_SIZE, 3);
  image.fixed(OUTPUT_PADDING, 0);
  image.fixed(DILATION, 1);
  image.fixed(GROUPS, 2);
  image.fixed(BIAS, 1);
  image.axis(L_IN, [5, 4, 2, 1, 0, 1]);
  image.finish(METHOD_CLOSED);
  openAxes();
}

const STRIDES: StaticArray<u64> = [2, 7, 8, 9];
const PADDINGS: StaticArray<u64> = [0, 3, 6];
const LENGTHS: StaticArray<u64> = [5, 9, 1];

/** Whether the odometer stands at the layer that nested loops reach at an index. */
function standsAt(index: i32): bool {
  return layerField(STRIDE) == STRIDES[index / 9] && layerField(PADDING) == PADDINGS[(index / 3) % 3] && layerField(L_IN) == LENGTHS[index % 3];
}

describe("the odometer", () => {
  it("begins at the first layer, single values set", () => {
    open();
    expect<bool>(standsAt(0)).toBe(true);
    expect<u64>(layerField(GROUPS)).toBe(2);
    expect<u64>(layerField(OUT_CHANNELS)).toBe(6);
  });

  it("finds every layer by its index, in any order", () => {
    open();
    for (let index = 0; index < 36; index++) {
      const far = (index * 23) % 36;
      seek(far);
      expect<bool>(standsAt(far)).toBe(true);
    }
  });

  it("steps through all layers in order, says how far out it has turned, and comes round to the first", () => {
    open();
    for (let index = 1; index < 36; index++) {
      const turned = step(INNERMOST);
      expect<u32>(turned).toBe(index % 9 == 0 ? 0 : index % 3 == 0 ? 4 : 10);
      expect<bool>(standsAt(index)).toBe(true);
    }
    expect<u32>(step(INNERMOST)).toBe(0);
    expect<bool>(standsAt(0)).toBe(true);
  });

  it("steps on from where it was sent", () => {
    open();
    for (let index = 0; index < 35; index++) {
      seek(index);
      step(INNERMOST);
      expect<bool>(standsAt(index + 1)).toBe(true);
    }
  });

  it("skips the rest of a turn, from its beginning and from its middle", () => {
    open();
    for (let index = 0; index < 27; index++) {
      seek(index);
      expect<u64>(restOfTurn(0, index)).toBe(9 - (index % 9));
      expect<u32>(step(0)).toBe(0);
      expect<bool>(standsAt(index - (index % 9) + 9)).toBe(true);
      seek(index);
      expect<u64>(restOfTurn(4, index)).toBe(3 - (index % 3));
      step(4);
      expect<bool>(standsAt(index - (index % 3) + 3)).toBe(true);
    }
    expect<u64>(restOfTurn(INNERMOST, 17)).toBe(1);
  });
});
