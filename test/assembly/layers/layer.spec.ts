import {
  channelsPerGroup,
  dimensions,
  filters,
  get,
  isLinear,
  isTransposed,
  set,
  setKind,
} from "../../../assembly/layers/layer";
import {
  BATCH_SIZE,
  DIMENSION_COVERED,
  KIND_CONV1D,
  KIND_CONV2D,
  KIND_CONV_TRANSPOSE1D,
  KIND_CONV_TRANSPOSE3D,
  KIND_LINEAR,
} from "../../../assembly/layout";
import { writeLayer } from "../support";

const MAX: u64 = 2147483647;

describe("the layer record", () => {
  it("stores 64 bits in each field without changing its neighbours", () => {
    for (let field: u32 = BATCH_SIZE; field <= DIMENSION_COVERED; field++)
      set(field, u64.MAX_VALUE - field);
    for (let field: u32 = BATCH_SIZE; field <= DIMENSION_COVERED; field++)
      expect<u64>(get(field)).toBe(u64.MAX_VALUE - field);
  });
});

describe("setKind", () => {
  it("sets the dimensions and the family of each kind", () => {
    const kinds: StaticArray<u32> = [
      KIND_CONV_TRANSPOSE1D,
      KIND_CONV_TRANSPOSE3D,
      KIND_CONV1D,
      KIND_CONV2D,
      KIND_LINEAR,
    ];
    let found = "";
    for (let i = 0; i < kinds.length; i++) {
      setKind(kinds[i]);
      found += `${dimensions}${isTransposed ? "t" : "c"}${isLinear ? "l" : ""} `;
    }
    expect<string>(found).toBe("1t 3t 1c 2c 0cl ");
    setKind(KIND_CONV_TRANSPOSE1D);
  });
});

describe("filters", () => {
  it("is C_in/groups times C_out, up to the largest channels", () => {
    writeLayer([1, 512, 256, 1, 1, 1, 0, 0, 1, 1, 1]);
    expect<u64>(filters()).toBe(131072);
    writeLayer([1, 512, 256, 1, 1, 1, 0, 0, 1, 4, 1]);
    expect<u64>(filters()).toBe(32768);
    writeLayer([1, MAX, MAX, 1, 1, 1, 0, 0, 1, 1, 1]);
    expect<u64>(filters()).toBe(4611686014132420609);
  });
});

describe("channelsPerGroup", () => {
  it("divides exactly, up to the ends of the range", () => {
    expect<u64>(channelsPerGroup(1, 1)).toBe(1);
    expect<u64>(channelsPerGroup(12, 4)).toBe(3);
    expect<u64>(channelsPerGroup(MAX, 1)).toBe(MAX);
    expect<u64>(channelsPerGroup(MAX, MAX)).toBe(1);
  });

  it("rounds down if groups do not split the channels evenly", () => {
    expect<u64>(channelsPerGroup(12, 5)).toBe(2);
    expect<u64>(channelsPerGroup(12, 24)).toBe(0);
    expect<u64>(channelsPerGroup(MAX, 2)).toBe(1073741823);
    expect<u64>(channelsPerGroup(MAX - 1, MAX)).toBe(0);
  });
});
