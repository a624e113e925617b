import { isInRange } from "../../../assembly/layers/ranges";
import {
  BATCH_SIZE,
  BIAS,
  BITS,
  DIMENSION_FIELDS,
  PADDING,
  SAMPLE_RATE,
  STRIDE,
  VARIABLE_0,
} from "../../../assembly/layout";

describe("the range of a field", () => {
  it("is that of the parameter; a variable has no range", () => {
    expect<bool>(isInRange(PADDING, 0)).toBe(true);
    expect<bool>(isInRange(PADDING, -1)).toBe(false);
    expect<bool>(isInRange(STRIDE, 0)).toBe(false);
    expect<bool>(isInRange(STRIDE, 2147483647)).toBe(true);
    expect<bool>(isInRange(STRIDE, 2147483648)).toBe(false);
    expect<bool>(isInRange(BATCH_SIZE, 0)).toBe(true);
    expect<bool>(isInRange(BIAS, 1)).toBe(true);
    expect<bool>(isInRange(BIAS, 2)).toBe(false);
    expect<bool>(isInRange(BIAS, -1)).toBe(false);
    expect<bool>(isInRange(PADDING + 2 * DIMENSION_FIELDS, 0)).toBe(true);
    expect<bool>(isInRange(STRIDE + DIMENSION_FIELDS, 0)).toBe(false);
    expect<bool>(isInRange(BITS, 64)).toBe(true);
    expect<bool>(isInRange(BITS, 65)).toBe(false);
    expect<bool>(isInRange(SAMPLE_RATE, 0)).toBe(false);
    expect<bool>(isInRange(VARIABLE_0, i64.MIN_VALUE)).toBe(true);
  });
});
