/**
 * Reads FlatBuffers (https://flatbuffers.dev/internals/). Only the parts that are asked for are
 * read, so unknown fields of newer versions do no harm.
 *
 * Every read is within the bytes, or throws a RangeError: DataView checks single values, and
 * vectors and strings are checked here. The callers turn it into an error about their file.
 */

/** A table inside of a serialised tree. Fields are numbered as in the schema. */
export class Table {
  readonly #view: DataView;
  readonly #position: number;

  private constructor(view: DataView, position: number) {
    this.#view = view;
    this.#position = position;
  }

  /**
   * The root of a serialised tree.
   *
   * @throws RangeError from any method if the bytes are too short for their offsets.
   */
  static root(bytes: Uint8Array): Table {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    return new Table(view, view.getUint32(0, true));
  }

  /** Size of the serialised tree in bytes. */
  get treeBytes(): number {
    return this.#view.byteLength;
  }

  int8(field: number, byDefault: number): number {
    const place = this.#placeOf(field);
    return place === undefined ? byDefault : this.#view.getInt8(place);
  }

  int16(field: number, byDefault: number): number {
    const place = this.#placeOf(field);
    return place === undefined ? byDefault : this.#view.getInt16(place, true);
  }

  int32(field: number, byDefault: number): number {
    const place = this.#placeOf(field);
    return place === undefined ? byDefault : this.#view.getInt32(place, true);
  }

  /** An integer of 64 bits. It must be from 0 to 2^53 - 1, as all lengths and offsets are. */
  length64(field: number): number {
    const place = this.#placeOf(field);
    return place === undefined ? 0 : this.#word(place);
  }

  /** An integer of 64 bits with any value. */
  int64(field: number): bigint {
    const place = this.#placeOf(field);
    return place === undefined ? 0n : this.#view.getBigInt64(place, true);
  }

  string(field: number): string | undefined {
    const place = this.#placeOf(field);
    if (place === undefined) return undefined;
    const start = this.#target(place);
    const bytes = this.#view.getUint32(start, true);
    this.#check(start + 4, bytes);
    const { buffer, byteOffset } = this.#view;
    return new TextDecoder().decode(new Uint8Array(buffer, byteOffset + start + 4, bytes));
  }

  table(field: number): Table | undefined {
    const place = this.#placeOf(field);
    return place === undefined ? undefined : new Table(this.#view, this.#target(place));
  }

  /** A vector of tables; empty if absent. */
  tables(field: number): Table[] {
    const { start, count } = this.#vector(field, 4);
    return Array.from({ length: count }, (_, i) => {
      return new Table(this.#view, this.#target(start + 4 * i));
    });
  }

  /** A vector of structs of `words` integers of 64 bits from 0 to 2^53 - 1; empty if absent. */
  structs(field: number, words: number): number[][] {
    const { start, count } = this.#vector(field, 8 * words);
    return Array.from({ length: count }, (_, i) =>
      Array.from({ length: words }, (_, word) => this.#word(start + 8 * (words * i + word))),
    );
  }

  /**
   * A vector of the struct Block of File.fbs; empty if absent. The padding between its members may
   * have any value.
   */
  blocks(field: number): { offset: number; metadataLength: number; bodyLength: number }[] {
    const { start, count } = this.#vector(field, 24);
    return Array.from({ length: count }, (_, i) => {
      const at = start + 24 * i;
      return {
        offset: this.#word(at),
        metadataLength: this.#view.getInt32(at + 8, true),
        bodyLength: this.#word(at + 16),
      };
    });
  }

  #vector(field: number, elementSize: number): { start: number; count: number } {
    const place = this.#placeOf(field);
    if (place === undefined) return { start: 0, count: 0 };
    const position = this.#target(place);
    const count = this.#view.getUint32(position, true);
    this.#check(position + 4, count * elementSize);
    return { start: position + 4, count };
  }

  #word(place: number): number {
    const value = this.#view.getBigInt64(place, true);
    if (value < 0n || value > Number.MAX_SAFE_INTEGER)
      throw new RangeError(`the length ${value} is impossible`);
    return Number(value);
  }

  /** The position of a field of this table, or undefined if it is absent. */
  #placeOf(field: number): number | undefined {
    const vtable = this.#position - this.#view.getInt32(this.#position, true);
    const slot = 4 + 2 * field;
    if (slot + 2 > this.#view.getUint16(vtable, true)) return undefined;
    const place = this.#view.getUint16(vtable + slot, true);
    return place === 0 ? undefined : this.#position + place;
  }

  /** The position that the offset at `place` points to. */
  #target(place: number): number {
    return place + this.#view.getUint32(place, true);
  }

  #check(start: number, bytes: number): void {
    if (start + bytes > this.#view.byteLength)
      throw new RangeError("a length exceeds the metadata");
  }
}
