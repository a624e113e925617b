/**
 * Structs of Thrift as tables. A table lists the fields of a struct with their numbers and types, as
 * the Thrift definition does. Values are written and read by it, and their TypeScript type follows
 * from it.
 *
 * The tables of this folder have the numbers and the names of parquet.thrift, in camelCase:
 * `numValues` is `num_values`. A comment on a table lists the fields that upsweep does not write.
 */
import { type Refuse, STOP, ThriftReader, ThriftWriter, WIRE } from "./thrift-bytes.js";

/** How values of a type are stored. */
export interface ThriftType<T> {
  readonly wire: number;
  write(out: ThriftWriter, value: T): void;
  read(from: ThriftReader): T;
}

/** A signed integer, as a number. Integers that a number cannot represent are refused. */
function integer(name: string, wire: number, min: number, max: number): ThriftType<number> {
  return {
    wire,
    write(out, value) {
      if (!Number.isInteger(value) || value < min || value > max)
        throw new RangeError(`${value} is not an ${name}`);
      out.zigzag(value);
    },
    read(from) {
      const value = from.zigzag();
      if (value < min || value > max) throw from.malformed(`${value} is out of range`);
      return Number(value);
    },
  };
}

export const I16 = integer("i16", WIRE.I16, -(2 ** 15), 2 ** 15 - 1);
export const I32 = integer("i32", WIRE.I32, -(2 ** 31), 2 ** 31 - 1);
/** Offsets, sizes and counts. They are numbers, because no file has 2^53 bytes. */
export const I64 = integer(
  "i64 below 2^53",
  WIRE.I64,
  Number.MIN_SAFE_INTEGER,
  Number.MAX_SAFE_INTEGER,
);

export const I8: ThriftType<number> = {
  wire: WIRE.I8,
  write: (out, value) => out.byte(value),
  read: (from) => (from.byte() << 24) >> 24,
};

export const BINARY: ThriftType<Uint8Array> = {
  wire: WIRE.BINARY,
  write: (out, value) => out.binary(value),
  read: (from) => from.binary(),
};

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Text, as UTF-8. */
export const STRING: ThriftType<string> = {
  wire: WIRE.BINARY,
  write: (out, value) => out.binary(encoder.encode(value)),
  read(from) {
    const bytes = from.binary();
    try {
      return decoder.decode(bytes);
    } catch {
      throw from.malformed("a text is not UTF-8");
    }
  },
};

/** A boolean field. The type in the field's header is its value, so it has no bytes of its own. */
export const BOOL: ThriftType<boolean> = {
  wire: WIRE.TRUE,
  write: () => {},
  read: () => true,
};

/** An enum, as the names of its values. A number without a name is refused. */
export function enumeration<Name extends string>(
  name: string,
  numbers: Readonly<Record<Name, number>>,
): ThriftType<Name> {
  const names = new Map(Object.entries<number>(numbers).map(([key, number]) => [number, key]));
  return {
    wire: WIRE.I32,
    write: (out, value) => out.zigzag(numbers[value]),
    read(from) {
      const number = I32.read(from);
      const known = names.get(number);
      if (known === undefined) throw from.malformed(`${name} ${number} is not used by upsweep`);
      return known as Name;
    },
  };
}

/** A list of anything but booleans. */
export function list<T>(element: ThriftType<T>): ThriftType<readonly T[]> {
  return {
    wire: WIRE.LIST,
    write(out, values) {
      out.byte((Math.min(values.length, 15) << 4) | element.wire);
      if (values.length >= 15) out.varint(values.length);
      for (const value of values) element.write(out, value);
    },
    read(from) {
      const { wire, count } = from.list();
      // An empty list may have any type.
      if (count > 0 && wire !== element.wire)
        throw from.malformed(`a list has elements of type ${wire}, not ${element.wire}`);
      return Array.from({ length: count }, () => element.read(from));
    },
  };
}

/** A field of a struct: its number and type. */
interface Field<T, Required extends boolean> {
  readonly id: number;
  readonly type: ThriftType<T>;
  readonly isRequired: Required;
}

export const required = <T>(id: number, type: ThriftType<T>): Field<T, true> => ({
  id,
  type,
  isRequired: true,
});

/** A field that is absent if its value is undefined. */
export const optional = <T>(id: number, type: ThriftType<T>): Field<T, false> => ({
  id,
  type,
  isRequired: false,
});

type Fields = Readonly<Record<string, Field<unknown, boolean>>>;
type NamesOf<F extends Fields, Required extends boolean> = {
  [Name in keyof F]: F[Name]["isRequired"] extends Required ? Name : never;
}[keyof F];
type ValueIn<F> = F extends Field<infer T, boolean> ? T : never;
type StructOf<F extends Fields> = {
  readonly [Name in NamesOf<F, true>]: ValueIn<F[Name]>;
} & { readonly [Name in NamesOf<F, false>]?: ValueIn<F[Name]> | undefined };

/** The type of the values of a table. */
export type Read<Type> = Type extends ThriftType<infer T> ? T : never;

/** A struct, or a union, of which one field is set. The fields must be in the order of numbers. */
export function struct<F extends Fields>(name: string, fields: F): ThriftType<StructOf<F>> {
  const entries = Object.entries(fields);
  const byId = new Map(entries.map((entry) => [entry[1].id, entry]));
  return {
    wire: WIRE.STRUCT,
    write(out, value) {
      let previous = 0;
      for (const [key, { id, type }] of entries) {
        const field = (value as Readonly<Record<string, unknown>>)[key];
        if (field === undefined) continue;
        const wire = field === false ? WIRE.FALSE : type.wire;
        if (id - previous > 15) {
          out.byte(wire);
          out.zigzag(id);
        } else {
          out.byte(((id - previous) << 4) | wire);
        }
        type.write(out, field);
        previous = id;
      }
      out.byte(STOP);
    },
    read(from) {
      const value: Record<string, unknown> = {};
      for (let header = from.field(0); header; header = from.field(header.id)) {
        const { id, wire } = header;
        const entry = byId.get(id);
        if (!entry) {
          from.skip(wire);
          continue;
        }
        const [key, { type }] = entry;
        if (Object.hasOwn(value, key)) throw from.malformed(`${name} has field ${id} twice`);
        const isFalse = type === BOOL && wire === WIRE.FALSE;
        if (wire !== type.wire && !isFalse)
          throw from.malformed(`field ${id} of ${name} has type ${wire}, not ${type.wire}`);
        value[key] = isFalse ? false : type.read(from);
      }
      for (const [key, { id, isRequired }] of entries)
        if (isRequired && !Object.hasOwn(value, key))
          throw from.malformed(`${name} lacks field ${id}`);
      return value as StructOf<F>;
    },
  };
}

/** The bytes of a value. */
export function encode<T>(type: ThriftType<T>, value: T): Uint8Array<ArrayBuffer> {
  const out = new ThriftWriter();
  type.write(out, value);
  return out.written();
}

/**
 * The value of which `bytes` is the encoding. Unknown fields of structs are skipped.
 *
 * @throws the error of `refuse` if the bytes are malformed, end early, or continue after the value.
 */
export function decode<T>(type: ThriftType<T>, bytes: Uint8Array, refuse: Refuse): T {
  const from = new ThriftReader(bytes, refuse);
  const value = type.read(from);
  if (from.left > 0) throw from.malformed(`it continues for ${from.left} bytes after its end`);
  return value;
}
