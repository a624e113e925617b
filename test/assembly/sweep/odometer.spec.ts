import {
  BATCH_SIZE,
  BIAS,
  DILATION,
  GROUPS,
  IN_CHANNELS,
  KERNEL_SIZE,
  L_IN,
  METHOD_CLOSED,
  OUT_CHANNELS,
  OUTPUT_PADDING,
  PADDING,
  STRIDE,
} from "../../../assembly/layout";
import { advance, openLoops, remainingBlock, seek, skip } from "../../../assembly/sweep/odometer";
import { layerField, PlanImage } from "../support";

// Four loops of 4, 2, 3 and 3 values, outermost first.
const L_IN_LEVEL: u32 = 1;
const STRIDE_LEVEL: u32 = 2;
const KERNEL_LEVEL: u32 = 3;
const DILATION_LEVEL: u32 = 4;
const SIZE: u64 = 72;

const L_INS: StaticArray<u64> = [1, 2, 5, 9];
const STRIDES: StaticArray<u64> = [8, 3];
const KERNELS: StaticArray<u64> = [7, 3, 100];
const DILATIONS: StaticArray<u64> = [2, 4, 6];

/** The layers of the grid in order, enumerated by nested loops. */
const layers = new Array<string>();

function openGrid(): void {
  const image = new PlanImage();
  image.fixed(BATCH_SIZE, 11);
  image.fixed(GROUPS, 1);
  image.fixed(IN_CHANNELS, 12);
  image.fixed(OUT_CHANNELS, 2147483647);
  image.fixed(PADDING, 0);
  image.fixed(OUTPUT_PADDING, 13);
  image.fixed(BIAS, 1);
  image.axis(L_IN, [1, 1, 2, 5, 4, 2]); // two progressions of two
  image.axis(STRIDE, [8, 0, 1, 3, 0, 1]); // two progressions of one, descending
  image.axis(KERNEL_SIZE, [7, 0, 1, 3, 97, 2]); // a progression of one, then one of two
  image.axis(DILATION, [2, 2, 3]);
  image.finish(METHOD_CLOSED);
  openLoops(image.levels);
}

function layerText(): string {
  const outer = `${layerField(L_IN)} ${layerField(STRIDE)}`;
  return `${outer} ${layerField(KERNEL_SIZE)} ${layerField(DILATION)}`;
}

describe("the odometer", () => {
  beforeAll(() => {
    for (let l = 0; l < L_INS.length; l++) {
      for (let s = 0; s < STRIDES.length; s++) {
        for (let k = 0; k < KERNELS.length; k++) {
          for (let d = 0; d < DILATIONS.length; d++)
            layers.push(`${L_INS[l]} ${STRIDES[s]} ${KERNELS[k]} ${DILATIONS[d]}`);
        }
      }
    }
  });

  beforeEach(openGrid);

  it("starts at the first layer", () => {
    expect<string>(layerText()).toBe("1 8 7 2");
    expect<u64>(layerField(BATCH_SIZE)).toBe(11);
    expect<u64>(layerField(GROUPS)).toBe(1);
    expect<u64>(layerField(IN_CHANNELS)).toBe(12);
    expect<u64>(layerField(OUT_CHANNELS)).toBe(2147483647);
    expect<u64>(layerField(PADDING)).toBe(0);
    expect<u64>(layerField(OUTPUT_PADDING)).toBe(13);
    expect<u64>(layerField(BIAS)).toBe(1);
  });

  it("seeks to the layer of every index", () => {
    for (let index: u64 = 0; index < SIZE; index++) {
      seek(0, index);
      expect<string>(layerText()).toBe(layers[<i32>index]);
    }
    for (let index: u64 = SIZE; index > 0; index--) {
      seek(0, index - 1);
      expect<string>(layerText()).toBe(layers[<i32>(index - 1)]);
    }
  });

  it("advances through every layer in order, and from the last to the first", () => {
    seek(0, 0);
    for (let index = 0; index < <i32>SIZE; index++) {
      expect<string>(layerText()).toBe(layers[index]);
      advance(DILATION_LEVEL);
    }
    expect<string>(layerText()).toBe(layers[0]);
  });

  it("returns the outermost level that advanced", () => {
    seek(0, 0);
    for (let index: u64 = 1; index < SIZE; index++) {
      const expected =
        index % 18 == 0
          ? L_IN_LEVEL
          : index % 9 == 0
            ? STRIDE_LEVEL
            : index % 3 == 0
              ? KERNEL_LEVEL
              : DILATION_LEVEL;
      expect<u32>(advance(DILATION_LEVEL)).toBe(expected);
    }
    expect<u32>(advance(DILATION_LEVEL)).toBe(0);
  });

  it("advances from any index", () => {
    for (let index = 0; index < <i32>SIZE - 1; index++) {
      seek(0, index);
      advance(DILATION_LEVEL);
      expect<string>(layerText()).toBe(layers[index + 1]);
    }
  });

  it("skips the rest of an inner block, from any index in it", () => {
    for (let index = 0; index < <i32>SIZE; index++) {
      seek(0, index);
      skip(KERNEL_LEVEL);
      expect<string>(layerText()).toBe(layers[((index / 3 + 1) * 3) % <i32>SIZE]);
      seek(0, index);
      skip(STRIDE_LEVEL);
      expect<string>(layerText()).toBe(layers[((index / 9 + 1) * 9) % <i32>SIZE]);
      seek(0, index);
      skip(L_IN_LEVEL);
      expect<string>(layerText()).toBe(layers[((index / 18 + 1) * 18) % <i32>SIZE]);
    }
  });

  it("carries across several levels at once", () => {
    seek(0, 17); // 1 3 100 6: all but l_in have their last value
    expect<string>(layerText()).toBe("1 3 100 6");
    expect<u32>(skip(KERNEL_LEVEL)).toBe(L_IN_LEVEL);
    expect<string>(layerText()).toBe("2 8 7 2");
  });

  it("restarts when it skips at level 0, outside all loops", () => {
    seek(0, 40);
    expect<u32>(skip(0)).toBe(0);
    expect<string>(layerText()).toBe("1 8 7 2");
  });

  it("computes the size of the remaining block", () => {
    expect<u64>(remainingBlock(DILATION_LEVEL, 0)).toBe(1);
    expect<u64>(remainingBlock(DILATION_LEVEL, 71)).toBe(1);
    expect<u64>(remainingBlock(KERNEL_LEVEL, 0)).toBe(3);
    expect<u64>(remainingBlock(KERNEL_LEVEL, 5)).toBe(1);
    expect<u64>(remainingBlock(STRIDE_LEVEL, 10)).toBe(8);
    expect<u64>(remainingBlock(L_IN_LEVEL, 37)).toBe(17);
    expect<u64>(remainingBlock(0, 0)).toBe(72);
    expect<u64>(remainingBlock(0, 71)).toBe(1);
  });
});

describe("a joint axis", () => {
  it("advances its variables together, each through its own progressions", () => {
    const image = new PlanImage();
    image.axis(L_IN, [1, 1, 2]);
    image.joint(STRIDE, [5, 0, 1, 2, 2, 2], KERNEL_SIZE, [10, -3, 3]);
    image.axis(DILATION, [1, 1, 2]);
    image.finish(METHOD_CLOSED);
    openLoops(image.levels);
    const expected = [
      "1 5 10 1",
      "1 5 10 2",
      "1 2 7 1",
      "1 2 7 2",
      "1 4 4 1",
      "1 4 4 2",
      "2 5 10 1",
      "2 5 10 2",
      "2 2 7 1",
      "2 2 7 2",
      "2 4 4 1",
      "2 4 4 2",
    ];
    seek(0, 0);
    for (let index = 0; index < expected.length; index++) {
      expect<string>(layerText()).toBe(expected[index]);
      advance(3);
    }
    for (let index = expected.length - 1; index >= 0; index--) {
      seek(0, index);
      expect<string>(layerText()).toBe(expected[index]);
    }
  });
});

describe("a grid of more than 2^62 layers", () => {
  it("is indexed with all 64 bits", () => {
    const image = new PlanImage();
    image.fixed(BATCH_SIZE, 1);
    image.fixed(GROUPS, 1);
    image.fixed(L_IN, 1);
    image.fixed(KERNEL_SIZE, 1);
    image.fixed(STRIDE, 1);
    image.fixed(PADDING, 0);
    image.fixed(OUTPUT_PADDING, 0);
    image.fixed(DILATION, 1);
    image.axis(IN_CHANNELS, [1, 1, 2147483647]);
    image.axis(OUT_CHANNELS, [1, 1, 2147483647]);
    image.axis(BIAS, [0, 1, 2]);
    image.finish(METHOD_CLOSED);
    openLoops(image.levels);
    expect<u64>(remainingBlock(0, 0)).toBe(9223372028264841218); // 2·(2^31 - 1)^2
    expect<u64>(remainingBlock(1, 4294967293)).toBe(1);
    seek(0, 9223372028264841217);
    expect<u64>(layerField(IN_CHANNELS)).toBe(2147483647);
    expect<u64>(layerField(OUT_CHANNELS)).toBe(2147483647);
    expect<u64>(layerField(BIAS)).toBe(1);
    seek(0, 4294967294);
    expect<u64>(layerField(IN_CHANNELS)).toBe(2);
    expect<u64>(layerField(OUT_CHANNELS)).toBe(1);
    expect<u64>(layerField(BIAS)).toBe(0);
  });
});
