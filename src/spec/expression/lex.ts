/** The text of an expression as tokens. */
import { errors } from "../../errors.js";
import type { Span, Written } from "../../written.js";

export type Token = Span &
  (
    | { readonly kind: "number"; readonly value: bigint }
    | { readonly kind: "name" | "symbol"; readonly text: string }
    | { readonly kind: "end"; readonly text: "" }
  );

const SYMBOLS = ["**", "//", "..", "<=", ">=", "==", "!=", "+", "-", "*", "/", "%", "<", ">", "(", ")", "[", "]", ",", ":"] as const;

const SUFFIXES: Readonly<Record<string, bigint>> = {
  k: 1_000n,
  M: 1_000_000n,
  G: 1_000_000_000n,
  T: 1_000_000_000_000n,
  Ki: 2n ** 10n,
  Mi: 2n ** 20n,
  Gi: 2n ** 30n,
};

/** What other languages write, and what it is here. */
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

/** @throws UpsweepError at the first character or number that expressions do not have. */
export function tokensOf(written: Written): Token[] {
  const { text } = written;
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
    // A dot belongs to a number unless it begins a range; what else clings to the digits is judged with them.
    const number = match(/[0-9](?:[0-9A-Za-z_]|\.(?!\.))*/y);
    // A dot belongs to a name where it stands before the letter of a dimension: kernel_size.h.
    const name = match(/[A-Za-z_][0-9A-Za-z_]*(?:\.[dhw](?![0-9A-Za-z_]))?/y);
    const symbol = SYMBOLS.find((s) => text.startsWith(s, at));
    if (number !== undefined) tokens.push({ kind: "number", value: numberOf(written, number, span(number.length)), ...span(number.length) });
    else if (name !== undefined) tokens.push({ kind: "name", text: name, ...span(name.length) });
    else if (symbol !== undefined) tokens.push({ kind: "symbol", text: symbol, ...span(symbol.length) });
    else {
      const foreign = FOREIGN.find(([theirs]) => text.startsWith(theirs, at));
      const length = foreign ? foreign[0].length : String.fromCodePoint(text.codePointAt(at) as number).length;
      throw errors.foreignSymbol(written, span(length), foreign?.[1]);
    }
    at = tokens.at(-1)?.end as number;
  }
  return [...tokens, { kind: "end", text: "", start: text.length, end: text.length }];
}

function numberOf(written: Written, text: string, span: Span): bigint {
  const [, digits = "", suffix = ""] = /^([0-9]+)(.*)$/s.exec(text) ?? [];
  const factor = suffix === "" ? 1n : Object.hasOwn(SUFFIXES, suffix) ? SUFFIXES[suffix] : undefined;
  if (factor === undefined || /^0[0-9]/.test(digits)) throw errors.badNumber(written, span, Object.keys(SUFFIXES));
  const value = digits.length > 19 ? I64_MAX + 1n : BigInt(digits) * factor;
  if (value > I64_MAX) throw errors.largeNumber(written, span);
  return value;
}
