/**
 * The bytes of the Thrift compact protocol, in which all metadata of Parquet is stored. Integers
 * are varints: seven bits in each byte, the lowest first. Signed integers are zigzag encoded first:
 * 0, -1, 1, -2 become 0, 1, 2, 3. Specification: thrift-compact-protocol.md of Apache Thrift.
 */

/** Numbers of types, as headers of fields and of lists store them ("Struct encoding"). */
export const WIRE = {
  TRUE: 1,
  FALSE: 2,
  I8: 3,
  I16: 4,
  I32: 5,
  I64: 6,
  DOUBLE: 7,
  BINARY: 8,
  LIST: 9,
  SET: 10,
  MAP: 11,
  STRUCT: 12,
} as const;

/** The byte after the last field of a struct. */
export const STOP = 0;

/** Up to this magnitude, a number can be doubled without rounding. */
const MAX_DOUBLED = 2 ** 52;

/** Appends to bytes. Its buffer grows as needed. */
export class ThriftWriter {
  private bytes = new Uint8Array(256);
  private length = 0;

  byte(value: number): void {
    this.reserve(1);
    this.bytes[this.length++] = value;
  }

  /** An unsigned varint. A number must be a safe integer. */
  varint(value: number | bigint): void {
    let rest = value;
    if (typeof rest === "bigint") {
      for (; rest > 0x7fn; rest >>= 7n) this.byte(Number(rest & 0x7fn) | 0x80);
    } else {
      for (; rest > 0x7f; rest = Math.floor(rest / 128)) this.byte((rest % 128) | 0x80);
    }
    this.byte(Number(rest));
  }

  /** A signed varint: an i16, i32 or i64. A number must be a safe integer. */
  zigzag(value: number | bigint): void {
    if (typeof value === "bigint" || Math.abs(value) > MAX_DOUBLED) {
      const doubled = BigInt(value) * 2n;
      this.varint(doubled < 0n ? -doubled - 1n : doubled);
    } else {
      this.varint(value < 0 ? -2 * value - 1 : 2 * value);
    }
  }

  /** The length, and then the bytes. */
  binary(value: Uint8Array): void {
    this.varint(value.length);
    this.reserve(value.length);
    this.bytes.set(value, this.length);
    this.length += value.length;
  }

  /** A copy of all bytes so far. */
  written(): Uint8Array<ArrayBuffer> {
    return this.bytes.slice(0, this.length);
  }

  private reserve(count: number): void {
    if (this.length + count <= this.bytes.length) return;
    const larger = new Uint8Array(2 * this.bytes.length + count);
    larger.set(this.bytes.subarray(0, this.length));
    this.bytes = larger;
  }
}

/** Creates the error for malformed bytes. The text says what is wrong, and at which byte. */
export type Refuse = (what: string) => Error;

/** Maximum depth of nested values that are skipped. The deepest of Parquet is about eight. */
const MAX_DEPTH = 32;

/**
 * Reads bytes from the first to the last. The bytes are untrusted: every method throws the error of
 * `refuse` if they end early or are malformed.
 */
export class ThriftReader {
  private readonly bytes: Uint8Array;
  private readonly refuse: Refuse;
  private at = 0;
  private valuesSkipped = 0;

  constructor(bytes: Uint8Array, refuse: Refuse) {
    this.bytes = bytes;
    this.refuse = refuse;
  }

  /** Number of bytes that have not been read. */
  get left(): number {
    return this.bytes.length - this.at;
  }

  /** Number of values that `skip` has passed over, with those inside of them. */
  get skipped(): number {
    return this.valuesSkipped;
  }

  /** The error for something that is wrong with the bytes read last. */
  malformed(what: string): Error {
    return this.refuse(`${what}, before byte ${this.at}`);
  }

  byte(): number {
    const value = this.bytes[this.at];
    if (value === undefined) throw this.endsEarly();
    this.at++;
    return value;
  }

  /** An unsigned varint of up to 31 bits: a length or a number of elements. */
  size(): number {
    const value = this.varint();
    if (value > 0x7fff_ffff) throw this.malformed(`the size ${value} is too large`);
    return Number(value);
  }

  /** A signed varint: an i16, i32 or i64. The result has up to 64 bits. */
  zigzag(): bigint {
    const value = this.varint();
    if (typeof value === "bigint") return (value >> 1n) ^ -(value & 1n);
    return BigInt(value % 2 === 0 ? value / 2 : -(value + 1) / 2);
  }

  /** A copy of the bytes after a length. */
  binary(): Uint8Array<ArrayBuffer> {
    const length = this.size();
    const start = this.at;
    this.pass(length);
    return Uint8Array.from(this.bytes.subarray(start, this.at));
  }

  /** The header of a list: the wire type and the number of its elements. */
  list(): { readonly wire: number; readonly count: number } {
    const byte = this.byte();
    const count = byte >> 4 === 15 ? this.size() : byte >> 4;
    // Every element has at least one byte, so a larger count is an error and needs no memory.
    if (count > this.left) throw this.endsEarly();
    return { wire: byte & 0x0f, count };
  }

  /**
   * The header of the next field of a struct, or undefined at its end.
   *
   * @param previous the number of the field before it, or 0.
   */
  field(previous: number): { readonly wire: number; readonly id: number } | undefined {
    const byte = this.byte();
    if (byte === STOP) return undefined;
    const [delta, wire] = [byte >> 4, byte & 0x0f];
    const id = delta === 0 ? Number(this.zigzag()) : previous + delta;
    if (id < 1 || id > 0x7fff) throw this.malformed(`the field number ${id} is out of range`);
    return { wire, id };
  }

  /** Passes over the value of an unknown field. */
  skip(wire: number, depth = 0): void {
    if (depth > MAX_DEPTH) throw this.malformed("values are nested too deeply");
    this.valuesSkipped++;
    switch (wire) {
      case WIRE.TRUE:
      case WIRE.FALSE:
        return;
      case WIRE.I8:
        this.pass(1);
        return;
      case WIRE.I16:
      case WIRE.I32:
      case WIRE.I64:
        this.varint();
        return;
      case WIRE.DOUBLE:
        this.pass(8);
        return;
      case WIRE.BINARY:
        this.pass(this.size());
        return;
      case WIRE.LIST:
      case WIRE.SET: {
        const list = this.list();
        for (let i = 0; i < list.count; i++) this.skipElement(list.wire, depth + 1);
        return;
      }
      case WIRE.MAP: {
        const count = this.size();
        if (count > this.left) throw this.endsEarly();
        const wires = count === 0 ? 0 : this.byte();
        for (let i = 0; i < count; i++) {
          this.skipElement(wires >> 4, depth + 1);
          this.skipElement(wires & 0x0f, depth + 1);
        }
        return;
      }
      case WIRE.STRUCT: {
        let id = 0;
        for (;;) {
          const field = this.field(id);
          if (!field) return;
          id = field.id;
          this.skip(field.wire, depth + 1);
        }
      }
      default:
        throw this.malformed(`type ${wire} does not exist`);
    }
  }

  /** A boolean in a list has its own byte. In a struct, the header of the field has its value. */
  private skipElement(wire: number, depth: number): void {
    if (wire === WIRE.TRUE || wire === WIRE.FALSE) this.pass(1);
    else this.skip(wire, depth);
  }

  /** An unsigned varint of up to 64 bits. The first 49 bits need no bigint. */
  private varint(): number | bigint {
    let low = 0;
    for (let scale = 1; scale < 2 ** 49; scale *= 128) {
      const byte = this.byte();
      low += (byte & 0x7f) * scale;
      if (byte < 0x80) return low;
    }
    let value = BigInt(low);
    for (let shift = 49n; shift < 64n; shift += 7n) {
      const byte = this.byte();
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80 && value < 2n ** 64n) return value;
    }
    throw this.malformed("an integer has more than 64 bits");
  }

  private pass(count: number): void {
    if (count > this.left) throw this.endsEarly();
    this.at += count;
  }

  private endsEarly(): Error {
    return this.refuse(`it ends in the middle of a value, at byte ${this.bytes.length}`);
  }
}
