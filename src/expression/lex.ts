/** The lexer: splits the text of an expression into tokens. */
import { errors } from "../errors.js";
import type { SourceText, Span } from "../source-text.js";

export type Token = Span &
  /** An integer, or in a condition the fraction value / denominator in lowest terms. */
  (
    | { readonly kind: "number"; readonly value: bigint; readonly denominator?: bigint }
    | { readonly kind: "name" | "symbol"; readonly text: string }
    | { readonly kind: "end"; readonly text: "" }
  );

const SYMBOLS = [
  "**",
  "//",
  "..",
  "<=",
  ">=",
  "==",
  "!=",
  "+",
  "-",
  "*",
  "/",
  "%",
  "<",
  ">",
  "(",
  ")",
  "[",
  "]",
  ",",
  ":",
] as const;

const SUFFIXES: Readonly<Record<string, bigint>> = {
  k: 1_000n,
  M: 1_000_000n,
  G: 1_000_000_000n,
  T: 1_000_000_000_000n,
  Ki: 2n ** 10n,
  Mi: 2n ** 20n,
  Gi: 2n ** 30n,
};

/**
 * Operators of other languages, each with its equivalent here. The equivalent goes into the error
 * message.
 */
const FOREIGN: readonly (readonly [string, string])[] = [
  ["&&", "and"],
  ["||", "or"],
  ["<>", "!="],
  ["=", "=="],
  ["!", "not"],
  ["^", "**"],
  ["&", "and"],
  ["|", "or"],
  ["≤", "<="],
  ["≥", ">="],
  ["≠", "!="],
  ["×", "*"],
  ["·", "*"],
  ["÷", "//"],
];

const I64_MAX = 2n ** 63n - 1n;

/**
 * Splits a text into tokens. The last token has the kind `end`.
 *
 * @param allowsFractions whether numbers such as 1.5 are allowed: in conditions, but not in axes.
 * @throws UpsweepError at the first character that no token starts with, and at the first malformed
 * number.
 */
export function tokensOf(source: SourceText, allowsFractions: boolean): Token[] {
  const { text } = source;
  const tokens: Token[] = [];
  let at = 0;
  const match = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    return pattern.exec(text)?.[0];
  };
  for (;;) {
    at += match(/[ \t\r\n]*/y)?.length ?? 0;
    if (at === text.length) break;
    const span = (length: number): Span => ({ start: at, end: at + length });
    // A dot belongs to a number unless it begins a range (`..`). A sign belongs to it after the `e`
    // of an exponent. Letters, digits and underscores that follow without a space join the token
    // too, so that `numberOf` can reject `12abc` as one malformed number.
    const number = match(
      /(?:[0-9]|\.(?=[0-9]))(?:[0-9A-Za-z_]|\.(?!\.)|(?<=[0-9.][eE])[+-](?=[0-9]))*/y,
    );
    // A dot belongs to a name if the letter of a dimension follows it: kernel_size.h.
    const name = match(/[A-Za-z_][0-9A-Za-z_]*(?:\.[dhw](?![0-9A-Za-z_]))?/y);
    const symbol = SYMBOLS.find((s) => text.startsWith(s, at));
    if (number !== undefined)
      tokens.push({
        kind: "number",
        ...numberOf(source, number, span(number.length), allowsFractions),
        ...span(number.length),
      });
    else if (name !== undefined) tokens.push({ kind: "name", text: name, ...span(name.length) });
    else if (symbol !== undefined)
      tokens.push({ kind: "symbol", text: symbol, ...span(symbol.length) });
    else {
      const foreign = FOREIGN.find(([theirs]) => text.startsWith(theirs, at));
      const length = foreign
        ? foreign[0].length
        : String.fromCodePoint(text.codePointAt(at) as number).length;
      throw errors.unknownOperator(source, span(length), foreign?.[1]);
    }
    at = tokens.at(-1)?.end as number;
  }
  return [...tokens, { kind: "end", text: "", start: text.length, end: text.length }];
}

/**
 * Largest power of ten, up or down, that a number is scaled by. No number beyond it fits in 64
 * bits.
 */
const EXPONENT_MAX = 40;

/** Reads `16`, `50M` or `1e6`, and where fractions are allowed also `1.5`, `0.25` and `1.5M`. */
function numberOf(
  source: SourceText,
  text: string,
  span: Span,
  allowsFractions: boolean,
): { readonly value: bigint; readonly denominator?: bigint } {
  const [, digits, decimals = "", exponent = "0", suffix = ""] =
    /^(0|[1-9][0-9]*)(?:\.([0-9]+))?(?:[eE]([+-]?[0-9]{1,4}))?([A-Za-z]*)$/.exec(text) ?? [];
  const factor =
    suffix === "" ? 1n : Object.hasOwn(SUFFIXES, suffix) ? SUFFIXES[suffix] : undefined;
  if (digits === undefined || factor === undefined)
    throw errors.badNumber(source, span, Object.keys(SUFFIXES));
  const scale = Number(exponent) - decimals.length;
  if (digits.length + decimals.length > 2 * EXPONENT_MAX || Math.abs(scale) > EXPONENT_MAX)
    throw errors.largeNumber(source, span);
  const [n, d] = [
    BigInt(digits + decimals) * factor * 10n ** BigInt(Math.max(0, scale)),
    10n ** BigInt(Math.max(0, -scale)),
  ];
  const common = gcd(n, d);
  const [value, denominator] = [n / common, d / common];
  if (value > I64_MAX || denominator > I64_MAX) throw errors.largeNumber(source, span);
  if (denominator === 1n) return { value };
  if (!allowsFractions) throw errors.fractionInAxis(source, span);
  return { value, denominator };
}

function gcd(a: bigint, b: bigint): bigint {
  while (b !== 0n) [a, b] = [b, a % b];
  return a;
}
