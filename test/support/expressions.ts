/**
 * Random expressions with their meaning: each is made as text and, beside it, as a function in BigInt. The project's own parser
 * and evaluator have no part in it, so that they can be tested against it.
 */
import { fc } from "@fast-check/vitest";

/** Why an expression has no value. */
export class NoValue extends Error {
  readonly isInexact: boolean;
  constructor(isInexact: boolean) {
    super(isInexact ? "inexact" : "fatal");
    this.isInexact = isInexact;
  }
}

export type Names = ReadonlyMap<string, bigint>;

/** How tightly an expression binds: one that binds less tightly than it must stands in parentheses. */
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
}

const least = -(2n ** 63n);
const most = 2n ** 63n - 1n;

function in64Bits(value: bigint): bigint {
  if (value < least || value > most) throw new NoValue(false);
  return value;
}

/** The value of a name; null is a result that is no whole number. */
function whole(value: bigint | null | undefined): bigint {
  if (value === null) throw new NoValue(true);
  return value as bigint;
}

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
/** a // b by counting down from the quotient towards zero. */
const floor = (a: bigint, b: bigint): bigint => {
  if (b === 0n) throw new NoValue(false);
  const towardsZero = a / b;
  return towardsZero * b === a || a > 0n === b > 0n ? towardsZero : towardsZero - 1n;
};

const OPERATORS: Readonly<Record<string, { binds: number; leftBinds?: number; rightBinds?: number; of: (a: bigint, b: bigint) => bigint }>> = {
  "+": { binds: SUM, of: (a, b) => a + b },
  "-": { binds: SUM, of: (a, b) => a - b },
  "*": { binds: PRODUCT, of: (a, b) => a * b },
  "//": { binds: PRODUCT, of: floor },
  "%": { binds: PRODUCT, of: (a, b) => a - b * floor(a, b) },
  "/": {
    binds: PRODUCT,
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

/** Functions of two numbers; some take more, and join them one after the other. */
const CALLS: Readonly<Record<string, { most: number; of: (a: bigint, b: bigint) => bigint }>> = {
  min: { most: 4, of: (a, b) => (a < b ? a : b) },
  max: { most: 4, of: (a, b) => (a > b ? a : b) },
  gcd: { most: 3, of: gcd },
  lcm: { most: 3, of: (a, b) => (a === 0n || b === 0n ? 0n : magnitude(a * b) / gcd(a, b)) },
  ceil_div: { most: 2, of: (a, b) => -floor(-a, b) },
};

const SUFFIXED: readonly (readonly [string, bigint])[] = [
  ["1k", 1000n],
  ["3M", 3_000_000n],
  ["2Ki", 2048n],
  ["1Gi", 2n ** 30n],
  ["9223372036854775807", most],
];

/** Numbers as they are met in specs, and now and then large ones. */
function numbers(isTame: boolean): fc.Arbitrary<Made> {
  const small = fc.nat(12).map((n): Made => ({ text: String(n), binds: ATOM, value: () => BigInt(n) }));
  if (isTame) return small;
  const large = fc.constantFrom(...SUFFIXED).map(([text, value]): Made => ({ text, binds: ATOM, value: () => value }));
  return fc.oneof({ weight: 8, arbitrary: small }, { weight: 1, arbitrary: large });
}

/** `space` between two tokens, where none is needed. */
const spaces = fc.constantFrom("", " ", " ");

/** Random numeric expressions over some names. A tame one has no large numbers and divides by nothing but positive ones. */
export function expressions(names: readonly string[], isTame = false): fc.Arbitrary<Made> {
  return builder(names, isTame).number;
}

export function conditions(names: readonly string[], isTame = false): fc.Arbitrary<Made> {
  return builder(names, isTame).condition;
}

function builder(names: readonly string[], isTame: boolean) {
  const name = names.length > 0 ? [fc.constantFrom(...names).map((n): Made => ({ text: n, binds: ATOM, value: (known) => whole(known.get(n)) }))] : [];
  const divisor = (made: Made): Made =>
    isTame ? { text: `max(1, ${made.text})`, binds: ATOM, value: (known) => (at(made, known) > 1n ? at(made, known) : 1n) } : made;
  return fc.letrec<{ number: Made; condition: Made; leaf: Made }>((tie) => ({
    leaf: fc.oneof(numbers(isTame), ...name),
    number: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      tie("leaf"),
      fc
        .tuple(fc.constantFrom(...Object.keys(OPERATORS).filter((o) => !isTame || o !== "**")), tie("number"), tie("number"), spaces)
        .map(([operator, left, second, space]): Made => {
          const { binds, leftBinds = binds, rightBinds = binds + 1, of } = OPERATORS[operator] as (typeof OPERATORS)[string];
          const right = "/%".includes(operator.slice(0, 1)) ? divisor(second) : second;
          return {
            text: `${inside(left, leftBinds)}${space}${operator}${space}${inside(right, rightBinds)}`,
            binds,
            value: (known) => of(at(left, known), at(right, known)),
          };
        }),
      tie("number").map((of): Made => ({ text: `-${inside(of, SIGN)}`, binds: SIGN, value: (known) => -at(of, known) })),
      tie("number").map((of): Made => ({ text: `abs(${of.text})`, binds: ATOM, value: (known) => magnitude(at(of, known)) })),
      fc.constantFrom(...Object.keys(CALLS)).chain((call) => {
        const { most: length, of } = CALLS[call] as (typeof CALLS)[string];
        return fc.array(tie("number"), { minLength: 2, maxLength: length }).map((made): Made => {
          const [first, ...others] = (call === "ceil_div" ? [made[0] as Made, divisor(made[1] as Made)] : made) as [Made, ...Made[]];
          const text = `${call}(${[first, ...others].map((arg) => arg.text).join(", ")})`;
          return { text, binds: ATOM, value: (known) => others.reduce((value, arg) => in64Bits(of(value, at(arg, known))), at(first, known)) };
        });
      }),
      tie("condition"),
    ),
    condition: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      fc.tuple(tie("number"), fc.array(fc.tuple(fc.constantFrom(...Object.keys(COMPARISONS)), tie("number")), { minLength: 1, maxLength: 3 })).map(
        ([first, rest]): Made => ({
          text: [inside(first, SUM), ...rest.map(([operator, right]) => `${operator} ${inside(right, SUM)}`)].join(" "),
          binds: COMPARE,
          value: (known) => {
            let left = at(first, known);
            for (const [operator, right] of rest) {
              const value = at(right, known);
              if (!(COMPARISONS[operator] as (typeof COMPARISONS)[string])(left, value)) return 0n;
              left = value;
            }
            return 1n;
          },
        }),
      ),
      fc.tuple(tie("number"), fc.boolean(), fc.array(items(tie("number"), isTame), { minLength: 1, maxLength: 3 })).map(
        ([of, isNot, list]): Made => ({
          text: `${inside(of, SUM)} ${isNot ? "not in" : "in"} [${list.map(({ text }) => text).join(", ")}]`,
          binds: COMPARE,
          value: (known) => {
            const value = at(of, known);
            return truth(list.some((item) => item.has(value, known)) !== isNot);
          },
        }),
      ),
      tie("condition").map((of): Made => ({ text: `not ${inside(of, NOT)}`, binds: NOT, value: (known) => truth(at(of, known) === 0n) })),
      fc.tuple(fc.constantFrom("and", "or"), fc.array(tie("condition"), { minLength: 2, maxLength: 3 })).map(([word, parts]): Made => {
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
        };
      }),
    ),
  }));
}

/** An item of a list: its text, its values in order, and whether a number is among them. */
export interface MadeItem {
  readonly text: string;
  /** Whether it stands for one value, whatever the names are. */
  readonly isOne: boolean;
  readonly values: (names: Names) => bigint[];
  readonly has: (value: bigint, names: Names) => boolean;
}

const divisible = (n: bigint): bigint => {
  if (n < 1n || n >= 2n ** 31n) throw new NoValue(false);
  return n;
};

export function items(number: fc.Arbitrary<Made>, isTame: boolean): fc.Arbitrary<MadeItem> {
  const step = number.map(
    (made): Made => (isTame ? { text: `max(1, ${made.text})`, binds: ATOM, value: (known) => (at(made, known) > 1n ? at(made, known) : 1n) } : made),
  );
  const bounded = (made: Made): Made =>
    isTame
      ? {
          text: `min(40, max(1, ${made.text}))`,
          binds: ATOM,
          value: (known) => [1n, at(made, known), 40n].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))[1] as bigint,
        }
      : made;
  const end = number.map(bounded);
  return fc.oneof(
    {
      weight: 4,
      arbitrary: number.map(
        (made): MadeItem => ({ text: made.text, isOne: true, values: (known) => [at(made, known)], has: (value, known) => at(made, known) === value }),
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
        };
      }),
    },
    {
      weight: 1,
      arbitrary: fc.tuple(end, end).map(([first, last]): MadeItem => {
        const values = (known: Names) => {
          const [from, to] = [at(first, known), at(last, known)];
          return Array.from({ length: 63 }, (_, i) => 2n ** BigInt(i)).filter((power) => power >= from && power <= to);
        };
        return { text: `pow2(${first.text}, ${last.text})`, isOne: false, values, has: (value, known) => values(known).includes(value) };
      }),
    },
    {
      weight: 1,
      arbitrary: end.map(
        (of): MadeItem => ({
          text: `divisors(${of.text})`,
          isOne: false,
          values: (known) => {
            const n = divisible(at(of, known));
            if (n > 100_000n) throw new NoValue(false);
            return Array.from({ length: Number(n) }, (_, i) => BigInt(i + 1)).filter((d) => n % d === 0n);
          },
          has: (value, known) => {
            const n = divisible(at(of, known));
            return value > 0n && n % value === 0n;
          },
        }),
      ),
    },
  );
}

/** The value of a whole expression, or why it has none. */
export function outcomeOf(made: Made, names: Names): bigint | "inexact" | "fatal" {
  try {
    return at(made, names);
  } catch (error) {
    if (error instanceof NoValue) return error.isInexact ? "inexact" : "fatal";
    throw error;
  }
}
