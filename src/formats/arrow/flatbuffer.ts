/**
 * Writes FlatBuffers, the serialisation of all Arrow metadata
 * (https://flatbuffers.dev/internals/): tables with vtables, strings, vectors and structs.
 *
 * A value is first described as a tree, then written front to back in one pass. A parent precedes
 * its children, so every offset points forward, as the format requires.
 */

/** An integer stored inside its table. The size is in bytes. */
export interface Scalar {
  readonly size: 1 | 2 | 4 | 8;
  readonly value: number;
}

/** A table, string or vector. Writes itself, and returns its position. */
export type Node = (output: Output) => number;

/** A field of a table: stored in the table, stored elsewhere, or absent. */
export type Field = Scalar | Node | undefined;

/** Size of the offset in a table or vector that points to a node, in bytes. */
const OFFSET_BYTES = 4;

/** Size of a word of a struct, in bytes. Structs are aligned to it. */
const WORD_BYTES = 8;

export const int8 = (value: number): Scalar => ({ size: 1, value });
export const int16 = (value: number): Scalar => ({ size: 2, value });
export const int32 = (value: number): Scalar => ({ size: 4, value });
export const int64 = (value: number): Scalar => ({ size: 8, value });
export const bool = (value: boolean): Scalar => int8(Number(value));

/** A string: its length in bytes, its UTF-8, and a zero byte. */
export function string(text: string): Node {
  const utf8 = new TextEncoder().encode(text);
  return (output) => {
    output.align(4, 0);
    const position = output.reserve(4 + utf8.length + 1);
    output.setScalar(position, int32(utf8.length));
    output.setBytes(position + 4, utf8);
    return position;
  };
}

/** A vector of tables or strings. */
export function vector(nodes: readonly Node[]): Node {
  return (output) => {
    output.align(OFFSET_BYTES, 0);
    const position = output.reserve(4 + OFFSET_BYTES * nodes.length);
    output.setScalar(position, int32(nodes.length));
    for (const [i, node] of nodes.entries())
      output.setOffset(position + 4 + OFFSET_BYTES * i, node(output));
    return position;
  };
}

/**
 * A vector of structs. Every struct of the Arrow format that has this form consists of integers of
 * 64 bits, or of smaller ones padded to 64 bits.
 */
export function structs(rows: readonly (readonly number[])[]): Node {
  return (output) => {
    const words = rows.flat();
    output.align(WORD_BYTES, 4);
    const position = output.reserve(4 + WORD_BYTES * words.length);
    output.setScalar(position, int32(rows.length));
    for (const [i, word] of words.entries())
      output.setScalar(position + 4 + WORD_BYTES * i, int64(word));
    return position;
  };
}

/**
 * A table. `fields` are in the order of the schema; absent ones have the schema's default value.
 * The vtable is written directly before the table, and is not shared with other tables.
 */
export function table(fields: readonly Field[]): Node {
  const sizes = fields.map(sizeOf);
  const places: number[] = [];
  // Decreasing sizes need no padding between fields.
  let size = OFFSET_BYTES;
  for (const fieldSize of [8, 4, 2, 1])
    for (const [slot, its] of sizes.entries())
      if (its === fieldSize) {
        places[slot] = size;
        size += fieldSize;
      }
  return (output) => {
    output.align(2, 0);
    const vtableSize = 4 + 2 * fields.length;
    const vtable = output.reserve(vtableSize);
    output.setScalar(vtable, int16(vtableSize));
    output.setScalar(vtable + 2, int16(size));
    // The first field follows the 4 bytes at the start of the table, and may have 8 bytes.
    output.align(8, OFFSET_BYTES);
    const position = output.reserve(size);
    output.setScalar(position, int32(position - vtable));
    for (const [slot, field] of fields.entries()) {
      if (field === undefined) continue;
      const place = places[slot] as number;
      output.setScalar(vtable + 4 + 2 * slot, int16(place));
      if (typeof field === "function") output.setOffset(position + place, field(output));
      else output.setScalar(position + place, field);
    }
    return position;
  };
}

function sizeOf(field: Field): number {
  if (field === undefined) return 0;
  return typeof field === "function" ? OFFSET_BYTES : field.size;
}

/** Serialises a tree. Its positions are aligned if the result is stored at a multiple of 8. */
export function serialised(root: Node): Uint8Array {
  const output = new Output();
  const offset = output.reserve(OFFSET_BYTES);
  output.setOffset(offset, root(output));
  return output.bytes();
}

/** The bytes written so far. Its methods are for nodes only. */
class Output {
  #bytes = new Uint8Array(1024);
  #view = new DataView(this.#bytes.buffer);
  #length = 0;

  bytes(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }

  /** Pads with zeros until `ahead` bytes past the end is a multiple of `alignment`. */
  align(alignment: number, ahead: number): void {
    const over = (this.#length + ahead) % alignment;
    if (over > 0) this.reserve(alignment - over);
  }

  /** Appends zeros, and returns the position of the first. */
  reserve(length: number): number {
    const position = this.#length;
    this.#length += length;
    if (this.#length > this.#bytes.length) {
      const larger = new Uint8Array(2 * this.#length);
      larger.set(this.#bytes);
      this.#bytes = larger;
      this.#view = new DataView(larger.buffer);
    }
    return position;
  }

  setBytes(position: number, bytes: Uint8Array): void {
    this.#bytes.set(bytes, position);
  }

  setScalar(position: number, { size, value }: Scalar): void {
    if (size === 1) this.#view.setInt8(position, value);
    else if (size === 2) this.#view.setInt16(position, value, true);
    else if (size === 4) this.#view.setInt32(position, value, true);
    else this.#view.setBigInt64(position, BigInt(value), true);
  }

  /** Points the offset at `position` to `target`. */
  setOffset(position: number, target: number): void {
    this.#view.setUint32(position, target - position, true);
  }
}
