/** How messages name things: values, names, layers, and what the system says. */
import type { Dimension, Layer } from "./parameters.js";

/** What must not reach a terminal as it is: control characters, line breaks of any kind, what is not seen or turns the writing round. */
function escaped(character: string): string {
  const code = character.codePointAt(0) as number;
  return code < 0x100 ? `\\x${code.toString(16).padStart(2, "0")}` : `\\u{${code.toString(16)}}`;
}

/** A value as the user wrote it, quoted unless it is a number, short enough to read. */
export function shown(value: string): string {
  const short = value.length > 60 ? `${value.slice(0, 57)}...` : value;
  const printable = short.replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, escaped);
  return /^-?[0-9]+$/.test(printable) ? printable : `'${printable}'`;
}

export function list(names: readonly string[]): string {
  return names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}

/** The known name nearest to an unknown one, if it is near enough to be what was meant. */
export function nearest(unknown: string, known: readonly string[]): string | undefined {
  const plain = (name: string) => name.toLowerCase().replace(/[^a-z0-9]/g, "");
  let best: { name: string; distance: number } | undefined;
  for (const name of known) {
    const distance = editDistance(plain(unknown), plain(name));
    if (best === undefined || distance < best.distance) best = { name, distance };
  }
  return best && best.distance <= Math.max(1, Math.floor(best.name.length / 3)) ? best.name : undefined;
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
  const near = nearest(unknown, known);
  return near ? `Did you mean '${near}'?` : `Known are ${list(known)}.`;
}

/** A layer in one line, as PyTorch would show it. */
export function describeLayer(layer: Layer): string {
  const { kind, batch_size, in_channels, out_channels, groups, bias, dimensions } = layer;
  const each = (name: keyof Dimension) => dimensions.map((dimension) => dimension[name]);
  const names = (["kernel_size", "stride", "padding", "output_padding", "dilation"] as const).filter((name) => kind.isTransposed || name !== "output_padding");
  const parameters = names.map((name) => `${name}=${each(name).length === 1 ? each(name)[0] : `(${each(name).join(", ")})`}`);
  const written = [in_channels, out_channels, ...parameters, `groups=${groups}`, `bias=${bias ? "True" : "False"}`].join(", ");
  return `${kind.module}(${written}) on an input of (${[batch_size, in_channels, ...each("l_in")].join(", ")})`;
}

/** A reason in words: as it is given, or that of a system error. */
export function reasonOf(cause: unknown): string {
  if (typeof cause === "string") return cause;
  const { code, message } = cause as NodeJS.ErrnoException;
  const words: Record<string, string> = {
    ENOENT: "there is no such file or folder",
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
