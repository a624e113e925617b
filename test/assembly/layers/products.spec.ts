import { setKind } from "../../../assembly/layers/layer";
import {
  DIMENSION_COVERED,
  DIMENSION_TAPS,
  KIND_CONV_TRANSPOSE1D,
  KIND_LINEAR,
} from "../../../assembly/layout";
import {
  isEvenInAllDimensions,
  product,
  productDifference,
  productOfOverlapMax,
  productOfOverlapMin,
  uncroppedDifference,
} from "../../../assembly/layers/products";
import { writeLayer } from "../support";

describe("products over no dimensions", () => {
  it("are 1, and their differences 0, for a linear layer", () => {
    setKind(KIND_LINEAR);
    writeLayer([1, 2, 3, 7, 5, 2, 1, 0, 1, 1, 1, 9, 8, 6]); // the spatial fields are ignored
    expect<u64>(product(DIMENSION_TAPS)).toBe(1);
    expect<u64>(productDifference(DIMENSION_TAPS, DIMENSION_COVERED)).toBe(0);
    expect<u64>(uncroppedDifference(DIMENSION_TAPS)).toBe(0);
    expect<u64>(productOfOverlapMin()).toBe(1);
    expect<u64>(productOfOverlapMax()).toBe(1);
    expect<bool>(isEvenInAllDimensions()).toBe(true);
    setKind(KIND_CONV_TRANSPOSE1D);
  });
});
