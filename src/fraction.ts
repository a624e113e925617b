/** Exact fractions of integers. */

export interface Fraction {
  readonly numerator: bigint;
  readonly denominator: bigint;
}

/**
 * The double nearest to a non-negative fraction, with ties to even.
 *
 * The quotient is truncated after at least 64 bits. One more bit (the sticky bit) is 1 if the
 * truncated rest is not zero, so Number() rounds the result like the exact quotient. The
 * denominator must be positive, and both numbers must be below 2^900.
 */
export function nearestDouble({ numerator, denominator }: Fraction): number {
  const shift = BigInt(
    Math.max(0, 64 + denominator.toString(2).length - numerator.toString(2).length),
  );
  const quotient = (numerator << shift) / denominator;
  const isExact = quotient * denominator === numerator << shift;
  return Number((quotient << 1n) | (isExact ? 0n : 1n)) / 2 ** Number(shift + 1n);
}

/** The largest numerator and denominator that the kernel can calculate with. */
const INT64_MAX = 2n ** 63n - 1n;
/**
 * Maximum number of digits, and of places that the decimal point may move. A longer number is
 * assumed to be a mistake and reported as inexact.
 */
const MAX_DIGITS = 18;

/** The suffixes of numbers; expressions have the same ones. */
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
 * Reads a non-negative number: `22050`, `689.0625`, `1e3`, `44.1k`, or a fraction of two of these,
 * `22050/32`.
 *
 * @returns the number in lowest terms. "malformed" if the text is not such a number or divides by
 * zero. "inexact" if its numerator or denominator does not fit in 63 bits, or a number has more
 * than 18 digits.
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

/** A number as a person would write it: `689.0625` if that is exact, else `30000/1001`. */
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
