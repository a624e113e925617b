/** How messages name things: values, names, layers, and what the system says. */

/** Control characters, line separators, lone surrogates, and characters that are invisible or change the writing direction. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

function escaped(character: string): string {
  const code = character.codePointAt(0) as number;
  return code < 0x100 ? `\\x${code.toString(16).padStart(2, "0")}` : `\\u{${code.toString(16)}}`;
}

/** A name in one line, as a terminal may have it: what cannot be printed is written as an escape. */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, escaped);
}

/** A message as a terminal may have it: as `printable`, but line ends stay. */
export function sanitised(text: string): string {
  return text.replace(UNPRINTABLE, (character) =>
    character === "\n" ? character : escaped(character),
  );
}

/** A value as the user wrote it, quoted unless it is a number, short enough to read. */
export function quote(value: string): string {
  const short = value.length > 60 ? `${value.slice(0, 57)}...` : value;
  return /^-?[0-9]+$/.test(short) ? short : `'${printable(short)}'`;
}

export function joinNames(names: readonly string[]): string {
  return names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}

/** Letters of other alphabets that look like Latin ones, in small letters. */
const LOOK_ALIKES: Readonly<Record<string, string>> = {
  ...{
    а: "a",
    в: "b",
    с: "c",
    ԁ: "d",
    е: "e",
    һ: "h",
    і: "i",
    ј: "j",
    к: "k",
    ӏ: "l",
    м: "m",
    н: "h",
    о: "o",
    р: "p",
    ԛ: "q",
    ѕ: "s",
    т: "t",
    у: "y",
    х: "x",
    ԝ: "w",
  },
  ...{
    α: "a",
    β: "b",
    ε: "e",
    γ: "y",
    ι: "i",
    κ: "k",
    ν: "v",
    ο: "o",
    ρ: "p",
    τ: "t",
    υ: "u",
    χ: "x",
    ω: "w",
  },
  ...{ ı: "i", ɡ: "g", ɩ: "i", ɑ: "a", ʟ: "l", օ: "o", ո: "n", ս: "u" },
};

/**
 * What a name comes down to for a reader: small letters and digits, without separators, invisible characters and accents, and with
 * letters that look Latin taken for Latin ones. Names with the same skeleton are easily taken for each other.
 */
export function skeletonOf(name: string): string {
  const plain = name
    .normalize("NFKD")
    .toLowerCase()
    .replace(/[\p{Default_Ignorable_Code_Point}\p{M}\p{Cc}\p{Cf}\s._-]/gu, "");
  return Array.from(plain, (letter) => LOOK_ALIKES[letter] ?? letter).join("");
}

/** The known name nearest to an unknown one, if it is near enough to be what was meant. */
function nearest(unknown: string, known: readonly string[]): string | undefined {
  let best: { name: string; distance: number } | undefined;
  for (const name of known) {
    const distance = editDistance(skeletonOf(unknown), skeletonOf(name));
    if (best === undefined || distance < best.distance) best = { name, distance };
  }
  return best && best.distance <= Math.max(1, Math.floor(best.name.length / 3))
    ? best.name
    : undefined;
}

/** The most names that a message suggests at once. */
const MAX_SUGGESTIONS = 4;

/**
 * The known names that an unknown one may stand for: those that begin like it (`kernel` is for `kernel_size`), else the nearest by spelling, else
 * those with a word that begins like it (`size` is for `kernel_size`), else those with a word that is one letter off (`kernl`).
 */
export function candidates(unknown: string, known: readonly string[]): string[] {
  const given = skeletonOf(unknown);
  const near = nearest(unknown, known);
  const begun = given.length < 2 ? [] : known.filter((name) => skeletonOf(name).startsWith(given));
  if (near !== undefined && (begun.length === 0 || begun.includes(near))) return [near];
  const withWord = (isMeant: (word: string) => boolean) =>
    known.filter((name) => name.split(/[^A-Za-z0-9]+/).some((word) => isMeant(skeletonOf(word))));
  const inside = given.length < 3 ? [] : withWord((word) => word.startsWith(given));
  const misspelt = given.length < 4 ? [] : withWord((word) => editDistance(given, word) === 1);
  const found = [begun, inside, misspelt].find((names) => names.length > 0) ?? [];
  return found.length <= MAX_SUGGESTIONS ? found : [];
}

/** "Did you mean …?", or undefined where nothing known is like the unknown name. */
export function suggestion(unknown: string, known: readonly string[]): string | undefined {
  const [first, ...others] = candidates(unknown, known);
  if (first === undefined) return undefined;
  return others.length === 0
    ? `Did you mean '${first}'?`
    : `Did you mean one of ${[first, ...others].join(", ")}?`;
}

function editDistance(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > 8) return Number.POSITIVE_INFINITY;
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const current = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = (previous[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1);
      current.push(Math.min(replaced, (previous[j] as number) + 1, (current[j - 1] as number) + 1));
    }
    previous = current;
  }
  return previous[b.length] as number;
}

export function instead(unknown: string, known: readonly string[]): string {
  return suggestion(unknown, known) ?? `Write one of ${joinNames(known)}.`;
}

/** A reason in words: as it is given, or that of a system error. */
export function reasonOf(cause: unknown): string {
  if (typeof cause === "string") return cause;
  const { code, message } = cause as NodeJS.ErrnoException;
  const words: Record<string, string> = {
    ENOENT: "no such file or folder",
    EACCES: "permission denied",
    EPERM: "permission denied",
    EISDIR: "it is a folder",
    ENOTDIR: "a part of the path is not a folder",
    ENOSPC: "the disk is full",
    EDQUOT: "the disk quota is used up",
    EROFS: "the file system is read-only",
    EFBIG: "the file would be larger than allowed",
    EMFILE: "too many files are open",
    ENFILE: "too many files are open",
    EBADF: "it is not open",
    ELOOP: "it is a symbolic link",
    // Node has the reason for which it could not start a thread as the message.
    EAGAIN: "the system allows no more threads",
    EIO: "the disk reports an error",
    ENODEV: "the file system is gone",
    ENOTCONN: "the file system is gone",
    ESTALE: "the file system is gone",
  };
  return words[code ?? ""] ?? words[message] ?? message;
}

/** The longest literal that a message shows. */
const LITERAL = 60;

/** A value as a JavaScript program writes it: 3n, '3', [3], null, NaN, {}. */
export function literal(value: unknown): string {
  try {
    const text = literalAt(value, 0);
    return text.length > LITERAL ? `${text.slice(0, LITERAL - 3)}...` : text;
  } catch {
    // A getter or proxy of the caller's.
    return "an object";
  }
}

function literalAt(value: unknown, depth: number): string {
  if (typeof value === "string") return quoted(value);
  if (typeof value === "bigint") return `${value}n`;
  if (Object.is(value, -0)) return "-0";
  if (typeof value === "function" || typeof value === "symbol") return `a ${typeof value}`;
  if (typeof value !== "object" || value === null) return String(value);
  // Longer than what is shown, so that it is cut.
  const some = <T>(items: readonly T[], show: (item: T) => string) =>
    items.slice(0, LITERAL).map(show).join(", ");
  if (depth > 2) return Array.isArray(value) ? "[...]" : "{...}";
  if (Array.isArray(value)) return `[${some(value, (item) => literalAt(item, depth + 1))}]`;
  const made: unknown = value.constructor;
  if (typeof made === "function" && made !== Object)
    return /^[AEIOU]/.test(made.name) ? `an ${made.name}` : `a ${made.name}`;
  const entries = Object.entries(value);
  return entries.length === 0
    ? "{}"
    : `{ ${some(entries, ([name, own]) => `${name}: ${literalAt(own, depth + 1)}`)} }`;
}

function quoted(text: string): string {
  return `'${text.slice(0, LITERAL).replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, escaped)}'`;
}
