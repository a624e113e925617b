/** Sample rates as people write them. */
import { errors } from "../errors.js";
import { type Fraction, readFraction } from "../fraction.js";
import { PARAMETER_MAX } from "../limits.js";

/**
 * Reads a sample rate: `22050`, `689.0625`, `44.1k` or `22050/32`.
 *
 * @param got the value that messages show: the text, or the number that a program passed.
 * @throws UpsweepError if the text has another form, if the rate is 0 or too large, or if it has
 * too many digits to be exact.
 */
export function readRate(text: string, location: string, got: string | number = text): Fraction {
  const rate = readFraction(text.replace(/^-/, ""));
  if (rate === "malformed") throw errors.badRate(location, got);
  const isTooLarge =
    rate === "inexact"
      ? Number(text) > PARAMETER_MAX
      : rate.numerator > BigInt(PARAMETER_MAX) * rate.denominator;
  if (text.startsWith("-") || isTooLarge || (rate !== "inexact" && rate.numerator === 0n))
    throw errors.outOfRange(location, { name: "sample_rate", min: 0 }, got);
  if (rate === "inexact") throw errors.tooPreciseRate(location, got);
  return rate;
}
