/**
 * Random expressions with their meaning. Each has a text and two functions: over whole numbers, for
 * axes, and over rationals and missing values, for conditions. The project's own parser and
 * evaluators are not used, so that they can be tested against these.
 */
import { fc } from "@fast-check/vitest";

/** The reason why an expression is undefined. */
export class NoValue extends Error {
  readonly isInexact: boolean;
  constructor(isInexact: boolean) {
    super(isInexact ? "inexact" : "fatal");
    this.isInexact = isInexact;
  }
}

export type Names = ReadonlyMap<string, bigint>;

/** A fraction in lowest terms with a positive denominator. */
export interface Fraction {
  readonly n: bigint;
  readonly d: bigint;
}

/** null is a missing value. */
export type ExactNames = ReadonlyMap<string, Fraction | null>;

type Exact = Fraction | null;

/**
 * The precedence of an expression. One with a lower precedence than required is put in parentheses.
 */
const OR = 1;
const AND = 2;
const NOT = 3;
const COMPARE = 4;
const SUM = 5;
const PRODUCT = 6;
const SIGN = 7;
const POWER = 8;
const ATOM = 9;

export interface Made {
  readonly text: string;
  readonly binds: number;
  readonly value: (names: Names) => bigint;
  readonly exact: (names: ExactNames) => Exact;
}

const min = -(2n ** 63n);
const max = 2n ** 63n - 1n;

function in64Bits(value: bigint): bigint {
  if (value < min || value > max) throw new NoValue(false);
  return value;
}

export function fraction(n: bigint, d = 1n): Fraction {
  const common = gcd(n, d) * (d < 0n ? -1n : 1n);
  return { n: n / common, d: d / common };
}

/**
 * A fraction whose parts fit 64 bits. -2^63 is allowed only as the result of an operation on whole
 * numbers.
 */
function checked(value: Fraction, ofWhole: boolean): Fraction {
  if (value.n > max || value.n < (ofWhole ? min : -max) || value.d > max) throw new NoValue(false);
  return value;
}

const isWhole = (value: Fraction) => value.d === 1n;
const times = (a: Fraction, b: Fraction) => fraction(a.n * b.n, a.d * b.d);
const plus = (a: Fraction, b: Fraction) => fraction(a.n * b.d + b.n * a.d, a.d * b.d);
const minus = (a: Fraction): Fraction => ({ n: -a.n, d: a.d });
const over = (a: Fraction, b: Fraction): Fraction => {
  if (b.n === 0n) throw new NoValue(false);
  return checked(fraction(a.n * b.d, a.d * b.n), false);
};
const floored = ({ n, d }: Fraction) => fraction(floor(n, d));
/** Negative, 0 or positive, where a is below, equal to or above b. */
const order = (a: Fraction, b: Fraction) => a.n * b.d - b.n * a.d;

/** The value of an expression, in 64 bits. */
function at(made: Made, names: Names): bigint {
  return in64Bits(made.value(names));
}

function inside(made: Made, binds: number): string {
  return made.binds < binds ? `(${made.text})` : made.text;
}

const truth = (holds: boolean) => (holds ? 1n : 0n);
const magnitude = (a: bigint) => (a < 0n ? -a : a);
const gcd = (a: bigint, b: bigint): bigint => (b === 0n ? magnitude(a) : gcd(b, a % b));
/** a // b, from the quotient rounded towards zero. */
const floor = (a: bigint, b: bigint): bigint => {
  if (b === 0n) throw new NoValue(false);
  const towardsZero = a / b;
  return towardsZero * b === a || a > 0n === b > 0n ? towardsZero : towardsZero - 1n;
};

interface Operator {
  readonly binds: number;
  readonly leftBinds?: number;
  readonly rightBinds?: number;
  readonly of: (a: bigint, b: bigint) => bigint;
  /** The operation over fractions. `areWhole` states whether both are whole numbers. */
  readonly exact: (a: Fraction, b: Fraction, areWhole: boolean) => Fraction;
}

const OPERATORS: Readonly<Record<string, Operator>> = {
  "+": {
    binds: SUM,
    of: (a, b) => a + b,
    exact: (a, b, areWhole) => checked(plus(a, b), areWhole),
  },
  "-": {
    binds: SUM,
    of: (a, b) => a - b,
    exact: (a, b, areWhole) =>
      checked(plus(a, areWhole ? minus(b) : checked(minus(b), false)), areWhole),
  },
  "*": {
    binds: PRODUCT,
    of: (a, b) => a * b,
    exact: (a, b, areWhole) => checked(times(a, b), areWhole),
  },
  "//": {
    binds: PRODUCT,
    of: floor,
    exact: (a, b, areWhole) =>
      areWhole ? checked(fraction(floor(a.n, b.n)), true) : floored(over(a, b)),
  },
  "%": {
    binds: PRODUCT,
    of: (a, b) => a - b * floor(a, b),
    exact: (a, b, areWhole) => {
      if (areWhole) {
        checked(fraction(floor(a.n, b.n)), true);
        return fraction(a.n - b.n * floor(a.n, b.n));
      }
      const multiple = checked(times(b, floored(over(a, b))), isWhole(b));
      return checked(plus(a, checked(minus(multiple), false)), false);
    },
  },
  "/": {
    binds: PRODUCT,
    exact: over,
    of: (a, b) => {
      if (b === 0n) throw new NoValue(false);
      if (a % b !== 0n) throw new NoValue(true);
      return a / b;
    },
  },
  "**": {
    binds: POWER,
    leftBinds: ATOM,
    rightBinds: SIGN,
    of: (a, b) => {
      if (b < 0n) throw new NoValue(false);
      if (magnitude(a) > 1n && b > 64n) throw new NoValue(false);
      return magnitude(a) > 1n ? a ** b : a ** (b % 2n === 0n && b > 0n ? 2n : b > 0n ? 1n : 0n);
    },
    exact: (a, b) => {
      if (!isWhole(b) || b.n < 0n) throw new NoValue(false);
      const raised = (base: bigint) => {
        if (magnitude(base) > 1n && b.n > 63n) throw new NoValue(false);
        return magnitude(base) > 1n || b.n === 0n ? base ** b.n : base ** (2n - (b.n % 2n));
      };
      return checked({ n: raised(a.n), d: raised(a.d) }, isWhole(a));
    },
  },
};

const COMPARISONS: Readonly<Record<string, (a: bigint, b: bigint) => boolean>> = {
  "<": (a, b) => a < b,
  "<=": (a, b) => a <= b,
  ">": (a, b) => a > b,
  ">=": (a, b) => a >= b,
  "==": (a, b) => a === b,
  "!=": (a, b) => a !== b,
};

/** Functions of two numbers. Those that accept more are applied from the left. */
const ofWhole =
  (of: (a: bigint, b: bigint) => bigint) => (a: Fraction, b: Fraction, areWhole: boolean) => {
    if (!areWhole) throw new NoValue(false);
    return checked(fraction(of(a.n, b.n)), false);
  };
const lcm = (a: bigint, b: bigint) => (a === 0n || b === 0n ? 0n : magnitude(a * b) / gcd(a, b));

const CALLS: Readonly<
  Record<string, { max: number; of: (a: bigint, b: bigint) => bigint; exact: Operator["exact"] }>
> = {
  min: { max: 4, of: (a, b) => (a < b ? a : b), exact: (a, b) => (order(a, b) < 0n ? a : b) },
  max: { max: 4, of: (a, b) => (a > b ? a : b), exact: (a, b) => (order(a, b) > 0n ? a : b) },
  gcd: { max: 3, of: gcd, exact: ofWhole(gcd) },
  lcm: { max: 3, of: lcm, exact: ofWhole(lcm) },
  ceil_div: {
    max: 2,
    of: (a, b) => -floor(-a, b),
    exact: (a, b, areWhole) =>
      areWhole ? checked(fraction(-floor(-a.n, b.n)), true) : minus(floored(minus(over(a, b)))),
  },
};

/** An operation on two values that may be missing. */
const combined = (exact: Operator["exact"]) => (a: Exact, b: Exact) =>
  a === null || b === null ? null : exact(a, b, isWhole(a) && isWhole(b));
const yes = (holds: boolean) => fraction(holds ? 1n : 0n);
const isTrue = (value: Exact) => value !== null && value.n !== 0n;

const SUFFIXED: readonly (readonly [string, bigint])[] = [
  ["1k", 1000n],
  ["3M", 3_000_000n],
  ["2Ki", 2048n],
  ["1Gi", 2n ** 30n],
  ["9223372036854775807", max],
];

/** Numbers as in specs, and sometimes large ones. */
function numbers(isTame: boolean): fc.Arbitrary<Made> {
  const small = fc.nat(12).map(
    (n): Made => ({
      text: String(n),
      binds: ATOM,
      value: () => BigInt(n),
      exact: () => fraction(BigInt(n)),
    }),
  );
  if (isTame) return small;
  const large = fc.constantFrom(...SUFFIXED).map(
    ([text, value]): Made => ({
      text,
      binds: ATOM,
      value: () => value,
      exact: () => fraction(value),
    }),
  );
  return fc.oneof({ weight: 8, arbitrary: small }, { weight: 1, arbitrary: large });
}

/** Numbers with a fraction, which conditions allow. */
const FRACTIONS: readonly (readonly [string, Fraction])[] = [
  ["0.5", fraction(1n, 2n)],
  ["1.5", fraction(3n, 2n)],
  ["2.25k", fraction(2250n)],
  ["0.333", fraction(333n, 1000n)],
  ["1e3", fraction(1000n)],
  ["25e-2", fraction(1n, 4n)],
  ["1.5Ki", fraction(1536n)],
  ["0.0001M", fraction(100n)],
];
const fractions = fc.constantFrom(...FRACTIONS).map(([text, value]): Made => {
  const never = () => {
    throw new Error("a fraction in an axis");
  };
  return { text, binds: ATOM, value: never, exact: () => value };
});

/** The space between two tokens, which is optional. */
const spaces = fc.constantFrom("", " ", " ");

/**
 * Random numeric expressions over some names. A tame one has no large numbers and divides only by
 * positive numbers.
 */
export function expressions(names: readonly string[], isTame = false): fc.Arbitrary<Made> {
  return builder(names, isTame, false).number;
}

export function conditions(names: readonly string[], isTame = false): fc.Arbitrary<Made> {
  return builder(names, isTame, true).condition;
}

/** The maximum of 1 and an expression. */
function atLeastOne(made: Made): Made {
  const larger = (value: Exact): Exact =>
    value === null ? null : order(value, fraction(1n)) > 0n ? value : fraction(1n);
  return {
    text: `max(1, ${made.text})`,
    binds: ATOM,
    value: (known) => (at(made, known) > 1n ? at(made, known) : 1n),
    exact: (known) => larger(made.exact(known)),
  };
}

function builder(names: readonly string[], isTame: boolean, isCondition: boolean) {
  const name =
    names.length > 0
      ? [
          fc.constantFrom(...names).map(
            (n): Made => ({
              text: n,
              binds: ATOM,
              value: (known) => known.get(n) as bigint,
              exact: (known) => known.get(n) as Exact,
            }),
          ),
        ]
      : [];
  const divisor = (made: Made): Made => (isTame ? atLeastOne(made) : made);
  return fc.letrec<{ number: Made; condition: Made; leaf: Made }>((tie) => ({
    leaf: fc.oneof(
      { weight: 3, arbitrary: fc.oneof(numbers(isTame), ...name) },
      ...(isCondition ? [{ weight: 1, arbitrary: fractions }] : []),
    ),
    number: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      tie("leaf"),
      fc
        .tuple(
          fc.constantFrom(...Object.keys(OPERATORS).filter((o) => !isTame || o !== "**")),
          tie("number"),
          tie("number"),
          spaces,
        )
        .map(([operator, left, second, space]): Made => {
          const {
            binds,
            leftBinds = binds,
            rightBinds = binds + 1,
            of,
            exact,
          } = OPERATORS[operator] as (typeof OPERATORS)[string];
          const right = "/%".includes(operator.slice(0, 1)) ? divisor(second) : second;
          const leftText = `${inside(left, leftBinds)}${space}`;
          return {
            text: `${leftText}${operator}${space}${inside(right, rightBinds)}`,
            binds,
            value: (known) => of(at(left, known), at(right, known)),
            exact: (known) => combined(exact)(left.exact(known), right.exact(known)),
          };
        }),
      tie("number").map(
        (of): Made => ({
          text: `-${inside(of, SIGN)}`,
          binds: SIGN,
          value: (known) => -at(of, known),
          exact: (known) => {
            const value = of.exact(known);
            return value && checked(minus(value), isWhole(value));
          },
        }),
      ),
      tie("number").map(
        (of): Made => ({
          text: `abs(${of.text})`,
          binds: ATOM,
          value: (known) => magnitude(at(of, known)),
          exact: (known) => {
            const value = of.exact(known);
            return value && checked({ n: magnitude(value.n), d: value.d }, false);
          },
        }),
      ),
      fc
        .constantFrom(
          ...Object.keys(CALLS).filter(
            (call) => !isTame || !isCondition || !["gcd", "lcm"].includes(call),
          ),
        )
        .chain((call) => {
          const { max: length, of, exact } = CALLS[call] as (typeof CALLS)[string];
          return fc.array(tie("number"), { minLength: 2, maxLength: length }).map((made): Made => {
            const [first, ...others] = (
              call === "ceil_div" ? [made[0] as Made, divisor(made[1] as Made)] : made
            ) as [Made, ...Made[]];
            const text = `${call}(${[first, ...others].map((arg) => arg.text).join(", ")})`;
            return {
              text,
              binds: ATOM,
              value: (known) =>
                others.reduce(
                  (value, arg) => in64Bits(of(value, at(arg, known))),
                  at(first, known),
                ),
              exact: (known) => {
                const [start, ...values] = [first, ...others].map((arg) => arg.exact(known)) as [
                  Exact,
                  ...Exact[],
                ];
                return values.reduce(combined(exact), start);
              },
            };
          });
        }),
      tie("condition"),
    ),
    condition: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      fc
        .tuple(
          tie("number"),
          fc.array(fc.tuple(fc.constantFrom(...Object.keys(COMPARISONS)), tie("number")), {
            minLength: 1,
            maxLength: 3,
          }),
        )
        .map(
          ([first, rest]): Made => ({
            text: [
              inside(first, SUM),
              ...rest.map(([operator, right]) => `${operator} ${inside(right, SUM)}`),
            ].join(" "),
            binds: COMPARE,
            value: (known) => {
              let left = at(first, known);
              for (const [operator, right] of rest) {
                const value = at(right, known);
                if (!(COMPARISONS[operator] as (typeof COMPARISONS)[string])(left, value))
                  return 0n;
                left = value;
              }
              return 1n;
            },
            exact: (known) => {
              let left = first.exact(known);
              for (const [operator, right] of rest) {
                const value = right.exact(known);
                if (left === null || value === null) return yes(false);
                if (
                  !(COMPARISONS[operator] as (typeof COMPARISONS)[string])(order(left, value), 0n)
                )
                  return yes(false);
                left = value;
              }
              return yes(true);
            },
          }),
        ),
      ...(isCondition
        ? [
            fc.tuple(tie("number"), fc.boolean()).map(
              ([of, isNot]): Made => ({
                text: `${inside(of, SUM)} is ${isNot ? "not " : ""}missing`,
                binds: COMPARE,
                value: () => truth(isNot),
                exact: (known) => yes((of.exact(known) === null) !== isNot),
              }),
            ),
          ]
        : []),
      fc
        .tuple(
          tie("number"),
          fc.boolean(),
          fc.array(items(tie("number"), isTame, isCondition), { minLength: 1, maxLength: 3 }),
        )
        .map(
          ([of, isNot, list]): Made => ({
            text: [
              inside(of, SUM),
              isNot ? "not in" : "in",
              `[${list.map(({ text }) => text).join(", ")}]`,
            ].join(" "),
            binds: COMPARE,
            value: (known) => {
              const value = at(of, known);
              return truth(list.some((item) => item.has(value, known)) !== isNot);
            },
            exact: (known) => {
              const value = of.exact(known);
              const isIn = list.some((item) => item.hasExactly(value, known));
              return yes(isNot ? !isIn && value !== null : isIn);
            },
          }),
        ),
      tie("condition").map(
        (of): Made => ({
          text: `not ${inside(of, NOT)}`,
          binds: NOT,
          value: (known) => truth(at(of, known) === 0n),
          exact: (known) => yes(!isTrue(of.exact(known))),
        }),
      ),
      fc
        .tuple(
          fc.constantFrom("and", "or"),
          fc.array(tie("condition"), { minLength: 2, maxLength: 3 }),
        )
        .map(([word, parts]): Made => {
          const binds = word === "and" ? AND : OR;
          return {
            text: parts.map((part) => inside(part, binds + 1)).join(` ${word} `),
            binds,
            value: (known) => {
              let value = 0n;
              for (const part of parts) {
                value = at(part, known);
                if ((value === 0n) === (word === "and")) break;
              }
              return value;
            },
            exact: (known) => {
              let value: Exact = null;
              for (const part of parts) {
                value = part.exact(known);
                if (isTrue(value) === (word === "or")) break;
              }
              return value;
            },
          };
        }),
    ),
  }));
}

/** An item of a list: its text, its values in order, and a membership test. */
export interface MadeItem {
  readonly text: string;
  /** Whether it has one value, whatever the names are. */
  readonly isOne: boolean;
  readonly values: (names: Names) => bigint[];
  readonly has: (value: bigint, names: Names) => boolean;
  readonly hasExactly: (value: Exact, names: ExactNames) => boolean;
}

const divisible = (n: bigint): bigint => {
  if (n < 1n || n >= 2n ** 31n) throw new NoValue(false);
  return n;
};

/**
 * Items over fractions with `isCondition`. A tame one then has no divisors, which are defined for
 * whole numbers only.
 */
export function items(
  number: fc.Arbitrary<Made>,
  isTame: boolean,
  isCondition = false,
): fc.Arbitrary<MadeItem> {
  const step = number.map((made): Made => (isTame ? atLeastOne(made) : made));
  const bounded = (made: Made): Made =>
    isTame
      ? {
          text: `min(40, max(1, ${made.text}))`,
          binds: ATOM,
          value: (known) =>
            [1n, at(made, known), 40n].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))[1] as bigint,
          exact: (known) => {
            const value = atLeastOne(made).exact(known);
            return value && (order(value, fraction(40n)) > 0n ? fraction(40n) : value);
          },
        }
      : made;
  const end = number.map(bounded);
  return fc.oneof(
    {
      weight: 4,
      arbitrary: number.map(
        (made): MadeItem => ({
          text: made.text,
          isOne: true,
          values: (known) => [at(made, known)],
          has: (value, known) => at(made, known) === value,
          hasExactly: (value, known) => {
            const other = made.exact(known);
            return value !== null && other !== null && order(value, other) === 0n;
          },
        }),
      ),
    },
    {
      weight: 2,
      arbitrary: fc.tuple(end, end, fc.option(step)).map(([first, last, by]): MadeItem => {
        const parts = (known: Names) => {
          const [from, to] = [at(first, known), at(last, known)];
          const width = by ? at(by, known) : 1n;
          if (width < 1n) throw new NoValue(false);
          return [from, to, width] as const;
        };
        return {
          text: `${first.text}..${last.text}${by ? `:${by.text}` : ""}`,
          isOne: false,
          values: (known) => {
            const [from, to, width] = parts(known);
            if (from <= to && (to - from) / width > 10_000n) throw new NoValue(false);
            const values: bigint[] = [];
            for (let value = from; value <= to; value += width) values.push(value);
            return values;
          },
          has: (value, known) => {
            const [from, to, width] = parts(known);
            return value >= from && value <= to && (value - from) % width === 0n;
          },
          hasExactly: (value, known) => {
            const [from, to, width] = [
              first.exact(known),
              last.exact(known),
              by ? by.exact(known) : fraction(1n),
            ];
            if (value === null || from === null || to === null || width === null) return false;
            if (order(width, fraction(1n)) < 0n) throw new NoValue(false);
            if (order(value, from) < 0n || order(value, to) > 0n) return false;
            if (isWhole(value) && isWhole(from) && isWhole(width))
              return (value.n - from.n) % width.n === 0n;
            const areWhole = isWhole(value) && isWhole(from);
            return isWhole(
              over(
                checked(
                  plus(value, areWhole ? minus(from) : checked(minus(from), false)),
                  areWhole,
                ),
                width,
              ),
            );
          },
        };
      }),
    },
    {
      weight: 1,
      arbitrary: fc.tuple(end, end).map(([first, last]): MadeItem => {
        const values = (known: Names) => {
          const [from, to] = [at(first, known), at(last, known)];
          return Array.from({ length: 63 }, (_, i) => 2n ** BigInt(i)).filter(
            (power) => power >= from && power <= to,
          );
        };
        return {
          text: `pow2(${first.text}, ${last.text})`,
          isOne: false,
          values,
          has: (value, known) => values(known).includes(value),
          hasExactly: (value, known) => {
            const [from, to] = [first.exact(known), last.exact(known)];
            if (
              value === null ||
              from === null ||
              to === null ||
              order(value, from) < 0n ||
              order(value, to) > 0n
            )
              return false;
            return Array.from({ length: 63 }, (_, i) => 2n ** BigInt(i)).some(
              (power) => order(value, fraction(power)) === 0n,
            );
          },
        };
      }),
    },
    {
      weight: isTame && isCondition ? 0 : 1,
      arbitrary: end.map(
        (of): MadeItem => ({
          text: `divisors(${of.text})`,
          isOne: false,
          values: (known) => {
            const n = divisible(at(of, known));
            if (n > 100_000n) throw new NoValue(false);
            return Array.from({ length: Number(n) }, (_, i) => BigInt(i + 1)).filter(
              (d) => n % d === 0n,
            );
          },
          has: (value, known) => {
            const n = divisible(at(of, known));
            return value > 0n && n % value === 0n;
          },
          hasExactly: (value, known) => {
            const dividend = of.exact(known);
            if (value === null || dividend === null) return false;
            if (!isWhole(dividend)) throw new NoValue(false);
            return (
              divisible(dividend.n) > 0n &&
              isWhole(value) &&
              value.n > 0n &&
              dividend.n % value.n === 0n
            );
          },
        }),
      ),
    },
  );
}

/** The value of an expression, or why it is undefined. */
export function outcomeOf(made: Made, names: Names): bigint | "inexact" | "fatal" {
  try {
    return at(made, names);
  } catch (error) {
    if (error instanceof NoValue) return error.isInexact ? "inexact" : "fatal";
    throw error;
  }
}

/** Whether a condition holds, or "fatal" where it is undefined. */
export function decided(made: Made, names: ExactNames): boolean | "fatal" {
  try {
    return isTrue(made.exact(names));
  } catch (error) {
    if (error instanceof NoValue) return "fatal";
    throw error;
  }
}
