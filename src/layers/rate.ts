/** Sample rates as people write them. */
import { errors } from "../errors.js";
import { type Fraction, readFraction } from "../fraction.js";
import { PARAMETER_MAX } from "../limits.js";

/**
 * Reads a sample rate: `22050`, `689.0625`, `44.1k` or `22050/32`.
 *
 * @param got what messages show: the text, or the number that a program gave.
 * @throws UpsweepError when it has another form, is 0 or too large, or has too many digits to be exact.
 */
export function readRate(text: string, place: string, got: string | number = text): Fraction {
  const rate = readFraction(text.replace(/^-/, ""));
  if (rate === "malformed") throw errors.badRate(place, got);
  const isTooLarge =
    rate === "inexact"
      ? Number(text) > PARAMETER_MAX
      : rate.over > BigInt(PARAMETER_MAX) * rate.under;
  if (text.startsWith("-") || isTooLarge || (rate !== "inexact" && rate.over === 0n))
    throw errors.rateOutOfRange(place, got);
  if (rate === "inexact") throw errors.fineRate(place, got);
  return rate;
}
