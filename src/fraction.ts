/** Exact quotients of whole numbers. */

export interface Fraction {
  readonly numerator: bigint;
  readonly denominator: bigint;
}

/**
 * The double nearest to a quotient that is not negative, ties to even. The quotient is cut off after at least 64 bits, with a 1 in place of whatever
 * is cut off; Number() rounds that as it would round the quotient. The denominator is positive; both are below 2^900.
 */
export function nearestDouble({ numerator, denominator }: Fraction): number {
  const shift = BigInt(
    Math.max(0, 64 + denominator.toString(2).length - numerator.toString(2).length),
  );
  const quotient = (numerator << shift) / denominator;
  const isExact = quotient * denominator === numerator << shift;
  return Number((quotient << 1n) | (isExact ? 0n : 1n)) / 2 ** Number(shift + 1n);
}

/** The largest numerator and denominator that the kernel's counts are worked out with. */
const INT64_MAX = 2n ** 63n - 1n;
/** More digits than this in a number, or decimals, are taken for a mistake. */
const MAX_DIGITS = 18;

/** Suffixes of numbers, as in expressions. */
const SUFFIXES: Readonly<Record<string, bigint>> = {
  k: 10n ** 3n,
  M: 10n ** 6n,
  G: 10n ** 9n,
  T: 10n ** 12n,
  Ki: 2n ** 10n,
  Mi: 2n ** 20n,
  Gi: 2n ** 30n,
};
const DECIMAL = /^(0|[1-9][0-9]*)(?:\.([0-9]+))?(?:e([+-]?[0-9]{1,4})|([kMGT]|[KMG]i))?$/i;

/**
 * Reads a number that is not negative: `22050`, `689.0625`, `1e3`, `44.1k`, or a fraction of two of these, `22050/32`.
 *
 * @returns the number in lowest terms; "malformed", or "inexact" where 63 bits do not hold its numerator and denominator.
 */
export function readFraction(text: string): Fraction | "malformed" | "inexact" {
  const parts = text.split("/").map((part) => readDecimal(part.trim()));
  if (parts.length > 2 || parts.includes("malformed")) return "malformed";
  if (parts.includes("inexact")) return "inexact";
  const [a, b = { numerator: 1n, denominator: 1n }] = parts as Fraction[];
  if (a === undefined || b.numerator === 0n) return "malformed";
  const fraction = reduced(a.numerator * b.denominator, a.denominator * b.numerator);
  return fraction.numerator > INT64_MAX || fraction.denominator > INT64_MAX ? "inexact" : fraction;
}

function readDecimal(text: string): Fraction | "malformed" | "inexact" {
  const [matched, integerPart = "", decimals = "", exponent = "0", suffix = ""] =
    DECIMAL.exec(text) ?? [];
  const factor = suffix === "" ? 1n : SUFFIXES[suffix];
  if (matched === undefined || factor === undefined) return "malformed";
  const fraction = decimals.replace(/0+$/, "");
  const digits = `${integerPart}${fraction}`.replace(/^0+/, "");
  const shift = Number(exponent) - fraction.length;
  if (digits.length > MAX_DIGITS || Math.abs(shift) > MAX_DIGITS) return "inexact";
  const power = 10n ** BigInt(Math.abs(shift));
  return reduced(BigInt(digits) * factor * (shift > 0 ? power : 1n), shift < 0 ? power : 1n);
}

function reduced(numerator: bigint, denominator: bigint): Fraction {
  const divisor = gcd(numerator, denominator);
  return { numerator: numerator / divisor, denominator: denominator / divisor };
}

export function gcd(a: bigint, b: bigint): bigint {
  while (b !== 0n) [a, b] = [b, a % b];
  return a;
}

/** A number as a person writes it: `689.0625` where that is exact, else a fraction, `30000/1001`. */
export function textOfFraction(value: Fraction): string {
  const { numerator, denominator } = reduced(value.numerator, value.denominator);
  if (denominator === 1n) return String(numerator);
  const decimal = String(nearestDouble({ numerator, denominator }));
  const read = readFraction(decimal);
  return typeof read === "object" &&
    read.numerator === numerator &&
    read.denominator === denominator
    ? decimal
    : `${numerator}/${denominator}`;
}
