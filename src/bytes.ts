/**
 * Texts as bytes and back, without Node. In browsers, `TextDecoder` throws on bytes in shared
 * memory, so bytes are copied before they are decoded.
 */

const encoder = new TextEncoder();
// Without `ignoreBOM`, the decoder drops a byte order mark.
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
const strictDecoder = new TextDecoder("utf-8", { ignoreBOM: true, fatal: true });

/** A text as UTF-8. */
export function utf8(text: string): Uint8Array<ArrayBuffer> {
  return encoder.encode(text);
}

/**
 * Texts as UTF-8, one after the other, and the bytes of each. One call encodes all of them, because
 * a call for each text takes many times as long as its bytes.
 */
export function utf8Texts(texts: readonly string[]): {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly lengths: Uint32Array;
} {
  const all = texts.join("");
  const bytes = encoder.encode(all);
  // A text of ASCII has a byte for each character.
  const lengthOf = bytes.length === all.length ? (text: string) => text.length : utf8Length;
  const lengths = new Uint32Array(texts.length);
  let total = 0;
  for (let i = 0; i < texts.length; i++) total += lengths[i] = lengthOf(texts[i] as string);
  // A surrogate without its pair is U+FFFD, unless the next text begins with the other one.
  return total === bytes.length ? { bytes, lengths } : utf8Texts(texts.map(wellFormed));
}

/** The bytes of a text as UTF-8. */
export function utf8Length(text: string): number {
  let length = text.length;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (isHighSurrogate(unit) && isLowSurrogate(text.charCodeAt(i + 1))) {
      length += 2;
      i++;
    } else if (unit >= 0x800) length += 2;
    else if (unit >= 0x80) length += 1;
  }
  return length;
}

const isHighSurrogate = (unit: number) => unit >= 0xd800 && unit < 0xdc00;
const isLowSurrogate = (unit: number) => unit >= 0xdc00 && unit < 0xe000;

const wellFormed = (text: string) => textOfUtf8(utf8(text));

/** The text of UTF-8 bytes. Bytes that are not UTF-8 become U+FFFD. */
export function textOfUtf8(bytes: Uint8Array): string {
  return decoder.decode(bytes.slice() as Uint8Array<ArrayBuffer>);
}

/** The text of UTF-8 bytes, or undefined if they are not UTF-8. */
export function textOfValidUtf8(bytes: Uint8Array): string | undefined {
  try {
    return strictDecoder.decode(bytes.slice() as Uint8Array<ArrayBuffer>);
  } catch {
    return undefined;
  }
}

/** Arguments of one call. Engines limit their number; the smallest limit is 65,535. */
const MAX_ARGUMENTS = 8192;

/**
 * The text of Latin-1 bytes: a character for each byte. `TextDecoder` cannot do this: it takes
 * `latin1` for windows-1252.
 */
export function textOfLatin1(bytes: Uint8Array): string {
  if (bytes.length <= MAX_ARGUMENTS) return String.fromCharCode.apply(null, asArguments(bytes));
  let text = "";
  for (let at = 0; at < bytes.length; at += MAX_ARGUMENTS)
    text += String.fromCharCode.apply(null, asArguments(bytes.subarray(at, at + MAX_ARGUMENTS)));
  return text;
}

// `apply` takes any array-like object, but is declared for arrays only.
const asArguments = (bytes: Uint8Array) => bytes as unknown as number[];

/** A text whose characters are bytes, as Latin-1. */
export function latin1(text: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}
