// Bytes in memory as text, for the specs of Parquet.

const HEX = "0123456789abcdef";

/** The bytes [ptr, endPtr) in hexadecimal, with spaces between them. */
export function hexAt(ptr: usize, endPtr: usize): string {
  let text = "";
  for (let at = ptr; at < endPtr; at++) {
    if (at > ptr) text += " ";
    const byte = <i32>load<u8>(at);
    text += HEX.charAt(byte >> 4) + HEX.charAt(byte & 15);
  }
  return text;
}

/** Writes a text of ASCII at `ptr`. Returns its length. */
export function writeAscii(ptr: usize, text: string): u32 {
  for (let i = 0; i < text.length; i++) store<u8>(ptr + <usize>i, <u8>text.charCodeAt(i));
  return text.length;
}

/** Writes numbers as u32 at `ptr`. Returns how many. */
export function writeNumbers(ptr: usize, numbers: StaticArray<u32>): u32 {
  for (let i = 0; i < numbers.length; i++) store<u32>(ptr + 4 * <usize>i, numbers[i]);
  return numbers.length;
}

let state: u32 = 1;

/** Starts the same sequence of `random` again. */
export function seed(value: u32): void {
  state = value;
}

/** The next number of a sequence without visible pattern (xorshift of Marsaglia). */
export function random(): u32 {
  state ^= state << 13;
  state ^= state >> 17;
  state ^= state << 5;
  return state;
}

/** Writes `count` bytes without visible pattern at `ptr`. */
export function writeRandom(ptr: usize, count: u32): void {
  for (let i: u32 = 0; i < count; i++) store<u8>(ptr + <usize>i, <u8>(random() >> 11));
}
