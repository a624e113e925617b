/** Arithmetic of formulas over exact integers. */
import { compare, floorDiv, gcd } from "../expression/evaluate.js";
import type { Arithmetic } from "./formula.js";

/**
 * Integers of any size. The tests evaluate the published formulas with them and compare the kernel
 * with the values.
 */
export const EXACT_ARITHMETIC: Arithmetic<bigint> = {
  constant: (value) => value,
  binary: (operator, a, b) => {
    switch (operator) {
      case "+":
        return a + b;
      case "-":
        return a - b;
      case "*":
        return a * b;
      case "//":
        return floorDiv(a, b);
      case "%":
        return a - b * floorDiv(a, b);
      case "**":
        return a ** b;
    }
  },
  compare: (operator, a, b) => (compare(operator, a, b) ? 1n : 0n),
  call: (name, args) => {
    const [a, b] = args as [bigint, bigint];
    switch (name) {
      case "abs":
        return a < 0n ? -a : a;
      case "min":
        return args.reduce((x, y) => (x < y ? x : y));
      case "max":
        return args.reduce((x, y) => (x > y ? x : y));
      case "gcd":
        return args.reduce(gcd);
      case "lcm":
        return args.reduce((x, y) => (x / gcd(x, y)) * y);
      case "ceil_div":
        return -floorDiv(-a, b);
    }
  },
  reduced: (numerator, denominator) => {
    const common = gcd(numerator, denominator);
    return { numerator: numerator / common, denominator: denominator / common };
  },
};
