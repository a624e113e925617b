import {
  expand,
  select,
  SELECTED,
  SELECTED_END,
  SELECTED_INEXACT,
  SELECTED_OUT_OF_RANGE,
  SELECTED_REPEAT,
} from "../../../assembly/sweep/dependent";
import { set } from "../../../assembly/layers/layer";
import {
  BATCH_SIZE,
  BIAS,
  GROUPS,
  ITEM_DIVISORS,
  ITEM_POW2,
  ITEM_RANGE,
  ITEM_VALUE,
  METHOD_CLOSED,
  OP_DIVIDE,
  OP_FIELD,
  OP_MODULO,
  OP_NUMBER,
  OP_SUBTRACT,
  PADDING,
  STRIDE,
  VARIABLE_0,
} from "../../../assembly/layout";
import { layerField, PlanImage } from "../support";

/** The outcome at each position of axis 0, up to the end: a value, `repeat`, `inexact` or `out`. */
function positions(field: u32): string {
  let text = "";
  for (let position: u32 = 0; position < 10000; position++) {
    const selected = select(0, position);
    if (selected == SELECTED_END) return text;
    if (position > 0) text += " ";
    if (selected == SELECTED) text += (<i64>layerField(field)).toString();
    if (selected == SELECTED_REPEAT) text += "repeat";
    if (selected == SELECTED_INEXACT) text += "inexact";
    if (selected == SELECTED_OUT_OF_RANGE) text += "out";
  }
  return text;
}

let image = new PlanImage();

/**
 * Opens a plan with an axis of the padding. Each item is a kind and three programs. Program 0 is
 * the stride.
 */
function openPadding(items: StaticArray<StaticArray<u32>>): void {
  image.dependent(2000, [PADDING], items, 2000);
  image.finish(METHOD_CLOSED);
}

function number(value: i64): u32 {
  return image.program([[OP_NUMBER, 0, value]]);
}

describe("an axis that depends on others", () => {
  beforeEach(() => {
    image = new PlanImage();
    image.program([[OP_FIELD, STRIDE, 0]]); // program 0
  });

  it("has values, ranges, powers and divisors, one after the other", () => {
    openPadding([
      [ITEM_VALUE, 0, 0, 0],
      [ITEM_RANGE, number(10), number(20), number(4)],
      [ITEM_POW2, number(20), number(70), 0],
      [ITEM_DIVISORS, number(49), 0, 0],
    ]);
    set(STRIDE, 3);
    expect<bool>(expand(0)).toBe(true);
    expect<string>(positions(PADDING)).toBe("3 10 14 18 32 64 1 7 49");
  });

  it("is expanded to a shorter or longer list when the others have changed", () => {
    openPadding([[ITEM_RANGE, number(1), 0, number(1)]]);
    set(STRIDE, 5);
    expand(0);
    expect<string>(positions(PADDING)).toBe("1 2 3 4 5");
    set(STRIDE, 2);
    expand(0);
    expect<string>(positions(PADDING)).toBe("1 2");
    set(STRIDE, 0);
    expand(0);
    expect<string>(positions(PADDING)).toBe("");
    set(STRIDE, 3);
    expand(0);
    expect<string>(positions(PADDING)).toBe("1 2 3");
  });

  it("lists divisors in ascending order, also those of squares, primes and 1", () => {
    openPadding([[ITEM_DIVISORS, 0, 0, 0]]);
    const divisorsOf = (n: u64): string => {
      set(STRIDE, n);
      expand(0);
      return positions(PADDING);
    };
    expect<string>(divisorsOf(1)).toBe("1");
    expect<string>(divisorsOf(2)).toBe("1 2");
    expect<string>(divisorsOf(12)).toBe("1 2 3 4 6 12");
    expect<string>(divisorsOf(36)).toBe("1 2 3 4 6 9 12 18 36");
    expect<string>(divisorsOf(2147483647)).toBe("1 2147483647");
    expect<bool>(divisorsOf(2147395600).includes(" 46340 ")).toBe(true); // its square root
    set(STRIDE, 2095133040);
    expand(0);
    expect<u32>(select(0, 1599)).toBe(SELECTED);
    expect<u32>(select(0, 1600)).toBe(SELECTED_END);
  });

  it("selects a repeated value only at its first position", () => {
    openPadding([
      [ITEM_VALUE, 0, 0, 0],
      [ITEM_RANGE, number(1), number(5), number(1)],
      [ITEM_VALUE, number(4), 0, 0],
      [ITEM_DIVISORS, number(6), 0, 0],
    ]);
    set(STRIDE, 3);
    expand(0);
    expect<string>(positions(PADDING)).toBe("3 1 2 repeat 4 5 repeat repeat repeat repeat 6");
  });

  it("marks inexact divisions and values out of range", () => {
    const half = image.program([
      [OP_FIELD, STRIDE, 0],
      [OP_NUMBER, 0, 2],
      [OP_DIVIDE, 0, 0],
    ]);
    const less = image.program([
      [OP_FIELD, STRIDE, 0],
      [OP_NUMBER, 0, 4],
      [OP_SUBTRACT, 0, 0],
    ]);
    openPadding([
      [ITEM_VALUE, half, 0, 0],
      [ITEM_VALUE, less, 0, 0],
      [ITEM_RANGE, half, 0, 0],
      [ITEM_VALUE, number(2147483648), 0, 0],
    ]);
    set(STRIDE, 3);
    expect<bool>(expand(0)).toBe(true);
    expect<string>(positions(PADDING)).toBe("inexact out inexact out");
  });

  it("cannot be expanded if an item is undefined", () => {
    const rest = image.program([
      [OP_NUMBER, 0, 8],
      [OP_FIELD, STRIDE, 0],
      [OP_MODULO, 0, 0],
    ]);
    openPadding([[ITEM_VALUE, rest, 0, 0]]);
    set(STRIDE, 0);
    expect<bool>(expand(0)).toBe(false);
    set(STRIDE, 3);
    expect<bool>(expand(0)).toBe(true);
    expect<string>(positions(PADDING)).toBe("2");
  });

  it("rejects divisors of 0 or of 2^31, steps of 0, and ranges with too many values", () => {
    openPadding([[ITEM_DIVISORS, 0, 0, 0]]);
    set(STRIDE, 0);
    expect<bool>(expand(0)).toBe(false);
    set(STRIDE, 2147483648);
    expect<bool>(expand(0)).toBe(false);
    image = new PlanImage();
    image.program([[OP_FIELD, STRIDE, 0]]);
    openPadding([[ITEM_RANGE, number(1), number(9), 0]]);
    set(STRIDE, 0);
    expect<bool>(expand(0)).toBe(false);
    image = new PlanImage();
    image.program([[OP_FIELD, STRIDE, 0]]);
    openPadding([[ITEM_RANGE, number(i64.MIN_VALUE), number(i64.MAX_VALUE), 0]]);
    set(STRIDE, 1);
    expect<bool>(expand(0)).toBe(false);
  });

  it("advances the variables of a joint axis together, and repeats only complete rows", () => {
    const less = image.program([
      [OP_FIELD, STRIDE, 0],
      [OP_NUMBER, 0, 2],
      [OP_SUBTRACT, 0, 0],
    ]);
    const one = number(1);
    image.dependent(
      4,
      [GROUPS, VARIABLE_0],
      [
        // stride, stride - 2
        [ITEM_VALUE, 0, 0, 0],
        [ITEM_VALUE, less, 0, 0],
        // 1, stride - 2
        [ITEM_VALUE, one, 0, 0],
        [ITEM_VALUE, less, 0, 0],
        // stride, 1
        [ITEM_VALUE, 0, 0, 0],
        [ITEM_VALUE, one, 0, 0],
        // stride - 2, 1
        [ITEM_VALUE, less, 0, 0],
        [ITEM_VALUE, one, 0, 0],
      ],
      8,
    );
    image.finish(METHOD_CLOSED);
    const rows = (stride: u64): string => {
      set(STRIDE, stride);
      expect<bool>(expand(0)).toBe(true);
      let text = "";
      for (let position: u32 = 0; position < 4; position++) {
        const selected = select(0, position);
        text +=
          selected == SELECTED
            ? `${layerField(GROUPS)},${<i64>layerField(VARIABLE_0)} `
            : selected == SELECTED_REPEAT
              ? "repeat "
              : "out ";
      }
      expect<u32>(select(0, 4)).toBe(SELECTED_END);
      return text;
    };
    expect<string>(rows(5)).toBe("5,3 1,3 5,1 3,1 ");
    expect<string>(rows(3)).toBe("3,1 1,1 repeat repeat ");
    expect<string>(rows(1)).toBe("1,-1 repeat 1,1 out ");
  });
});
