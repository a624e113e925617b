/**
 * The reference evaluator of conditions over exact rationals. The kernel's machine for rationals
 * (assembly/expression/condition.ts) is tested against it, and error messages are built from its outcome. A
 * comparison with a missing value is false.
 */
import { compare, DIVISORS_MAX, EvaluationError, floorDiv, gcd, magnitude } from "./evaluate.js";
import { type BinaryOperator, type Item, type Node, partsOf } from "./node.js";

const I64_MAX = 2n ** 63n - 1n;
const I64_MIN = -(2n ** 63n);

/** The number n / d in lowest terms, with d >= 1. */
export interface Rational {
  readonly n: bigint;
  readonly d: bigint;
}

/** Returns the value of a name: null if it is missing, undefined if it does not fit in 64 bits. */
export type ExactLookup = (name: string) => Rational | null | undefined;

type Value = Rational | null;

const integer = (n: bigint): Rational => ({ n, d: 1n });
const fromBoolean = (holds: boolean): Rational => integer(holds ? 1n : 0n);

/** The rational n / d in lowest terms. `d` must not be 0. */
export function rational(n: bigint, d: bigint): Rational {
  const common = gcd(n, d) * (d < 0n ? -1n : 1n);
  return { n: n / common, d: d / common };
}

/**
 * Decides a condition.
 *
 * @returns `holds`: whether the condition holds. `metMissing`: whether a missing value made a
 * comparison false.
 * @throws EvaluationError if any part of the condition has no value.
 */
export function decide(
  node: Node,
  lookup: ExactLookup,
): { readonly holds: boolean; readonly metMissing: boolean } {
  const decision = new Decision(lookup);
  const holds = decision.isTrue(decision.value(node));
  return { holds, metMissing: decision.metMissing };
}

class Decision {
  metMissing = false;
  readonly #lookup: ExactLookup;

  constructor(lookup: ExactLookup) {
    this.#lookup = lookup;
  }

  isTrue(value: Value): boolean {
    if (value === null) this.metMissing = true;
    return value !== null && value.n !== 0n;
  }

  value(node: Node): Value {
    switch (node.kind) {
      case "number":
        return { n: node.value, d: node.denominator ?? 1n };
      case "name": {
        const value = this.#lookup(node.name);
        if (value === undefined) throw new EvaluationError("overflow", node);
        return value === null ? null : checked(value, node, value.d === 1n);
      }
      case "negate": {
        const value = this.value(node.of);
        return value && checked({ n: -value.n, d: value.d }, node, value.d === 1n);
      }
      case "not": {
        const value = this.value(node.of);
        return fromBoolean(!this.isTrue(value) && value !== null);
      }
      case "missing":
        return fromBoolean((this.value(node.of) === null) !== node.isNegated);
      case "binary":
        return binary(node.operator, this.value(node.left), this.value(node.right), node);
      case "call": {
        const [first, ...others] = node.args.map((arg) => this.value(arg)) as [Value, ...Value[]];
        if (node.name === "abs")
          return first && checked({ n: magnitude(first.n), d: first.d }, node, first.d === 1n);
        const operation = node.name;
        return others.reduce((left, right) => combined(operation, left, right, node), first);
      }
      case "compare": {
        let left = this.value(node.first);
        for (const { operator, right } of node.rest) {
          const value = this.value(right);
          if (!this.#compare(left, value, (a, b) => compare(operator, a, b)))
            return fromBoolean(false);
          left = value;
        }
        return fromBoolean(true);
      }
      case "in": {
        const value = this.value(node.of);
        const isIn = node.items.some((item) => this.#isIn(value, item));
        return fromBoolean(!isIn === node.isNegated && (isIn || !node.isNegated || value !== null));
      }
      case "and":
      case "or": {
        let value: Value = fromBoolean(false);
        for (const part of node.parts) {
          value = this.value(part);
          if (this.isTrue(value) === (node.kind === "or")) return value;
        }
        return value;
      }
    }
  }

  /** Compares two rationals by cross-multiplication. */
  #compare(a: Value, b: Value, holds: (a: bigint, b: bigint) => boolean): boolean {
    if (a === null || b === null) {
      this.metMissing = true;
      return false;
    }
    return holds(a.n * b.d, b.n * a.d);
  }

  #isIn(x: Value, item: Item): boolean {
    const isAtLeast = (a: Value, b: Value) => this.#compare(a, b, (left, right) => left >= right);
    switch (item.kind) {
      case "value":
        return this.#compare(x, this.value(item.value), (a, b) => a === b);
      case "range": {
        const [first, last, step] = [
          this.value(item.first),
          this.value(item.last),
          item.step ? this.value(item.step) : integer(1n),
        ];
        if (x === null || first === null || last === null || step === null) {
          this.metMissing = true;
          return false;
        }
        if (step.n < step.d) throw new EvaluationError("stepBelowOne", item.step ?? item);
        if (!isAtLeast(x, first) || !isAtLeast(last, x)) return false;
        if (x.d === 1n && first.d === 1n && step.d === 1n) return (x.n - first.n) % step.n === 0n;
        const distance = binary("-", x, first, item) as Rational;
        return (binary("/", distance, step, item) as Rational).d === 1n;
      }
      case "pow2": {
        const [first, last] = [this.value(item.first), this.value(item.last)];
        if (x === null || first === null || last === null) {
          this.metMissing = true;
          return false;
        }
        return (
          x.d === 1n &&
          x.n >= 1n &&
          (x.n & (x.n - 1n)) === 0n &&
          isAtLeast(x, first) &&
          isAtLeast(last, x)
        );
      }
      case "divisors": {
        const of = this.value(item.of);
        if (x === null || of === null) {
          this.metMissing = true;
          return false;
        }
        if (of.d !== 1n) throw new EvaluationError("notWhole", item);
        if (of.n < 1n || of.n > DIVISORS_MAX) throw new EvaluationError("divisorsOf", item);
        return x.d === 1n && x.n > 0n && of.n % x.n === 0n;
      }
    }
  }
}

/**
 * Returns the value if it fits the kernel's 64 bits, and throws `overflow` otherwise. Only an
 * integer may be -2^63 (`mayBeMin`).
 */
function checked({ n, d }: Rational, node: Node | Item, mayBeMin = false): Rational {
  if (n > I64_MAX || n < (mayBeMin ? I64_MIN : -I64_MAX) || d > I64_MAX)
    throw new EvaluationError("overflow", node);
  return { n, d };
}

function binary(operator: BinaryOperator, a: Value, b: Value, node: Node | Item): Value {
  if (a === null || b === null) return null;
  const areWhole = a.d === 1n && b.d === 1n;
  switch (operator) {
    case "+":
      return checked(rational(a.n * b.d + b.n * a.d, a.d * b.d), node, areWhole);
    case "-":
      if (!areWhole) checked({ n: -b.n, d: b.d }, node);
      return checked(rational(a.n * b.d - b.n * a.d, a.d * b.d), node, areWhole);
    case "*":
      return checked(rational(a.n * b.n, a.d * b.d), node, areWhole);
    case "/":
      if (b.n === 0n) throw new EvaluationError("zeroDivisor", node);
      return checked(rational(a.n * b.d, a.d * b.n), node);
    case "//": {
      if (b.n === 0n) throw new EvaluationError("zeroDivisor", node);
      if (areWhole) return checked(integer(floorDiv(a.n, b.n)), node, true);
      const { n, d } = binary("/", a, b, node) as Rational;
      return integer(floorDiv(n, d));
    }
    case "%": {
      const quotient = binary("//", a, b, node) as Rational;
      if (areWhole) return integer(a.n - b.n * quotient.n);
      return binary("-", a, binary("*", b, quotient, node), node);
    }
    case "**":
      return power(a, b, node);
  }
}

function power(base: Rational, exponent: Rational, node: Node | Item): Rational {
  if (exponent.d !== 1n) throw new EvaluationError("notWhole", node);
  if (exponent.n < 0n) throw new EvaluationError("negativeExponent", node);
  const raised = (of: bigint): bigint => {
    if (of >= -1n && of <= 1n)
      return exponent.n === 0n ? 1n : exponent.n % 2n === 0n ? of * of : of;
    if (exponent.n > 63n) throw new EvaluationError("overflow", node);
    return of ** exponent.n;
  };
  return checked({ n: raised(base.n), d: raised(base.d) }, node, base.d === 1n);
}

function combined(
  name: "min" | "max" | "gcd" | "lcm" | "ceil_div",
  a: Value,
  b: Value,
  node: Node,
): Value {
  if (a === null || b === null) return null;
  switch (name) {
    case "min":
      return a.n * b.d < b.n * a.d ? a : b;
    case "max":
      return a.n * b.d > b.n * a.d ? a : b;
    case "ceil_div": {
      if (b.n === 0n) throw new EvaluationError("zeroDivisor", node);
      if (a.d === 1n && b.d === 1n) return checked(integer(-floorDiv(-a.n, b.n)), node, true);
      const { n, d } = binary("/", a, b, node) as Rational;
      return integer(-floorDiv(-n, d));
    }
    default: {
      if (a.d !== 1n || b.d !== 1n) throw new EvaluationError("notWhole", node);
      const value =
        name === "gcd"
          ? gcd(a.n, b.n)
          : a.n === 0n || b.n === 0n
            ? 0n
            : magnitude((a.n / gcd(a.n, b.n)) * b.n);
      return checked(integer(value), node);
    }
  }
}

/**
 * Whether a condition can meet a fraction or a missing value. Such a condition must be decided over
 * rationals.
 */
export function needsRationals(node: Node | Item, isInteger: (name: string) => boolean): boolean {
  const pending: (Node | Item)[] = [node];
  for (let current = pending.pop(); current !== undefined; current = pending.pop()) {
    if (
      current.kind === "missing" ||
      (current.kind === "number" && current.denominator !== undefined)
    )
      return true;
    if (
      (current.kind === "binary" && current.operator === "/") ||
      (current.kind === "name" && !isInteger(current.name))
    )
      return true;
    for (const part of partsOf(current)) pending.push(part);
  }
  return false;
}
