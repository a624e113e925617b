/** Formats values, names and system errors for messages. */

/**
 * Control characters, line separators, lone surrogates, and characters that are invisible or change
 * the direction of writing.
 */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

function escaped(character: string): string {
  const code = character.codePointAt(0) as number;
  return code < 0x100 ? `\\x${code.toString(16).padStart(2, "0")}` : `\\u{${code.toString(16)}}`;
}

/** Makes a name safe for one line of a terminal. Unprintable characters are written as escapes. */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, escaped);
}

/** Makes a message safe for a terminal. Like `printable`, but it keeps line ends. */
export function sanitised(text: string): string {
  return text.replace(UNPRINTABLE, (character) =>
    character === "\n" ? character : escaped(character),
  );
}

/** A value as the user wrote it: quoted unless it is an integer, and cut to 60 characters. */
export function quote(value: string): string {
  const short = value.length > 60 ? `${value.slice(0, 57)}...` : value;
  return /^-?[0-9]+$/.test(short) ? short : `'${printable(short)}'`;
}

export function joinNames(names: readonly string[]): string {
  return names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}

/** Letters of other alphabets that look like Latin letters, in lower case. */
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
 * The skeleton of a name: lower case, without separators, invisible characters and accents, and
 * with look-alike letters replaced by Latin ones. Names with the same skeleton are easily confused.
 */
export function skeletonOf(name: string): string {
  const plain = name
    .normalize("NFKD")
    .toLowerCase()
    .replace(/[\p{Default_Ignorable_Code_Point}\p{M}\p{Cc}\p{Cf}\s._-]/gu, "");
  return Array.from(plain, (letter) => LOOK_ALIKES[letter] ?? letter).join("");
}

/** The known name with the smallest edit distance, if that is small enough for a misspelling. */
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

/** Maximum number of names that a message suggests. */
const MAX_SUGGESTIONS = 5;

/**
 * The known names that an unknown name may mean. A name of similar spelling is the only candidate,
 * if it also begins like the unknown name, or if no name does. Otherwise the candidates are those
 * of the first rule that finds any:
 *
 * - names that begin like it (`kernel` for `kernel_size`);
 * - names with a word that begins like it (`size` for `kernel_size`);
 * - names with a word that is one letter off (`kernl`).
 *
 * More than MAX_SUGGESTIONS candidates are not helpful, so none is returned.
 */
export function candidates(unknown: string, known: readonly string[]): string[] {
  const given = skeletonOf(unknown);
  const closest = nearest(unknown, known);
  const prefixed =
    given.length < 2 ? [] : known.filter((name) => skeletonOf(name).startsWith(given));
  if (closest !== undefined && (prefixed.length === 0 || prefixed.includes(closest)))
    return [closest];
  const withWord = (isMeant: (word: string) => boolean) =>
    known.filter((name) => name.split(/[^A-Za-z0-9]+/).some((word) => isMeant(skeletonOf(word))));
  const withPrefixedWord = given.length < 3 ? [] : withWord((word) => word.startsWith(given));
  const withMisspeltWord =
    given.length < 4 ? [] : withWord((word) => editDistance(given, word) === 1);
  const best =
    [prefixed, withPrefixedWord, withMisspeltWord].find((names) => names.length > 0) ?? [];
  return best.length <= MAX_SUGGESTIONS ? best : [];
}

/** "Did you mean …?", or undefined if no known name is similar. */
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

/**
 * The reason of a failure in words. System errors are translated; other texts remain as they are.
 */
export function reasonOf(cause: unknown): string {
  if (typeof cause === "string") return cause;
  const { code, message } = cause as { readonly code?: string; readonly message: string };
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
    // If it cannot start a thread, Node puts this code into the message.
    EAGAIN: "the system allows no more threads",
    EIO: "the disk reports an error",
    ENODEV: "the file system is gone",
    ENOTCONN: "the file system is gone",
    ESTALE: "the file system is gone",
  };
  return words[code ?? ""] ?? words[message] ?? message;
}

/** Maximum number of characters of a literal that a message shows. */
const MAX_LITERAL = 60;

/** A value as a JavaScript literal: 3n, '3', [3], null, NaN, {}. */
export function literal(value: unknown): string {
  try {
    const text = literalAt(value, 0);
    return text.length > MAX_LITERAL ? `${text.slice(0, MAX_LITERAL - 3)}...` : text;
  } catch {
    // A getter or a proxy of the caller has thrown.
    return "an object";
  }
}

function literalAt(value: unknown, depth: number): string {
  if (typeof value === "string") return quoted(value);
  if (typeof value === "bigint") return `${value}n`;
  if (Object.is(value, -0)) return "-0";
  if (typeof value === "function" || typeof value === "symbol") return `a ${typeof value}`;
  if (typeof value !== "object" || value === null) return String(value);
  // As many items always exceed the maximum length, so that the text is cut.
  const firstItems = <T>(items: readonly T[], show: (item: T) => string) =>
    items.slice(0, MAX_LITERAL).map(show).join(", ");
  if (depth > 2) return Array.isArray(value) ? "[...]" : "{...}";
  if (Array.isArray(value)) return `[${firstItems(value, (item) => literalAt(item, depth + 1))}]`;
  const type: unknown = value.constructor;
  if (typeof type === "function" && type !== Object)
    return /^[AEIOU]/.test(type.name) ? `an ${type.name}` : `a ${type.name}`;
  const entries = Object.entries(value);
  return entries.length === 0
    ? "{}"
    : `{ ${firstItems(entries, ([name, own]) => `${name}: ${literalAt(own, depth + 1)}`)} }`;
}

function quoted(text: string): string {
  return `'${text.slice(0, MAX_LITERAL).replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, escaped)}'`;
}
