/**
 * Encodes the column chunks of a Parquet file (assembly/formats/parquet/chunk.ts), from columns of
 * numbers to the bodies of pages.
 */

import {
  CODECS,
  type Codec,
  ENCODINGS,
  PHYSICAL_TYPES,
  type PhysicalType,
  type ValueEncoding,
} from "../formats/parquet/enums.js";
import { PARQUET_TEXT_BYTES, ROW_GROUP_ROWS } from "../limits.js";
import type { ConstantName } from "./constants.generated.js";
import type { Constant } from "./constants.js";

/** A value per row: of 1 byte for BOOLEAN, 4 for INT32 and BYTE_ARRAY, 8 for INT64 and DOUBLE. */
type ChunkVector =
  | Uint8Array
  | Int32Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array
  | Float64Array;

/** Values that are the same in several rows. */
export interface ChunkRuns {
  /** The value of each run, extended to 64 bits. Those of a DOUBLE are its bits. */
  readonly values: BigUint64Array;
  /** The rows of each run. */
  readonly counts: Uint32Array;
}

/** The values of a column in the rows of a row group. */
export interface ChunkInput {
  readonly type: PhysicalType;
  readonly codec: Codec;
  /** Whether minimum and maximum compare integers without a sign. */
  readonly isUnsigned?: boolean;
  /** At most ROW_GROUP_ROWS. */
  readonly rows: number;
  /** For a BYTE_ARRAY, the numbers of the texts in the dictionary. */
  readonly values: ChunkVector | ChunkRuns;
  /** For an optional column, a byte per row: 1 if the row has a value, else 0. */
  readonly validity?: Uint8Array;
  /** For a BYTE_ARRAY, its dictionary. Each text must occur in a row. */
  readonly texts?: ChunkTexts;
}

/** Distinct texts, as a dictionary page has them: the length of each as u32, then its UTF-8. */
export interface ChunkTexts {
  readonly count: number;
  /** At most PARQUET_TEXT_BYTES. */
  readonly bytes: Uint8Array;
}

/** What follows the header of a page. */
export interface PageBody {
  /** As written. Valid until the output buffer is filled again. */
  readonly bytes: Uint8Array;
  /** The number of bytes before compression. */
  readonly plainBytes: number;
}

/** An encoded column chunk. */
export interface EncodedChunk {
  readonly encoding: ValueEncoding;
  /** Only if the encoding is RLE_DICTIONARY. */
  readonly dictionary?: PageBody & { readonly values: number };
  /** A data page of version 1. */
  readonly data: PageBody;
  /** The rows without a value. */
  readonly nullCount: number;
  /** Minimum and maximum, unless there is none: a column without a value or with NaN only. */
  readonly range?: {
    /**
     * 64 bits: a BOOLEAN as 0 or 1, an integer (an INT32 is extended), or the bits of a DOUBLE. For
     * a BYTE_ARRAY the byte of its dictionary at which the text begins, with its length.
     */
    readonly min: bigint;
    readonly max: bigint;
  };
  /** Bytes of all bodies. */
  readonly length: number;
}

/** The exports of the kernel that this file calls. */
export interface ParquetExports {
  encodeChunk(): number;
}

const nameOf = <N extends string>(numbers: Readonly<Record<N, number>>, number: number) =>
  (Object.keys(numbers) as N[]).find((name) => numbers[name] === number) as N;

/** The part of a kernel that encodes column chunks. */
export class ParquetKernel {
  readonly #exports: ParquetExports;
  readonly #constant: Constant;
  readonly #bytes: Uint8Array;
  readonly #chunk: DataView;

  constructor(exports: ParquetExports, buffer: ArrayBufferLike, constant: Constant) {
    this.#exports = exports;
    this.#constant = constant;
    this.#bytes = new Uint8Array(buffer);
    this.#chunk = new DataView(buffer, constant("CHUNK_PTR"));
  }

  /** The largest `offset` of `encode`: after it, an output buffer has room for any chunk. */
  get maxOffset(): number {
    return this.#constant("OUTPUT_BUFFER_BYTES") - this.#constant("PARQUET_CHUNK_BYTES");
  }

  /**
   * Encodes a column chunk. Its bodies are in the current output buffer of the kernel from byte
   * `offset` on, at most `maxOffset`.
   *
   * @throws RangeError if the input does not fit in the kernel's memory.
   */
  encode(input: ChunkInput, offset = 0): EncodedChunk {
    const { type, codec, isUnsigned, rows, values, validity, texts } = input;
    const isRuns = "counts" in values;
    const runs = isRuns ? values.counts.length : 0;
    if (
      Math.max(rows, runs) > ROW_GROUP_ROWS ||
      (texts?.bytes.length ?? 0) > PARQUET_TEXT_BYTES ||
      offset > this.maxOffset
    )
      throw new RangeError("the column chunk does not fit in the kernel's memory");
    this.#write("PARQUET_INPUT_PTR", isRuns ? values.values : values);
    if (isRuns) this.#write("PARQUET_COUNTS_PTR", values.counts);
    if (validity) this.#write("PARQUET_VALIDITY_PTR", validity);
    if (texts) this.#write("PARQUET_DICTIONARY_PTR", texts.bytes);
    this.#give("CHUNK_TYPE", PHYSICAL_TYPES[type]);
    this.#give("CHUNK_CODEC", CODECS[codec]);
    this.#give("CHUNK_IS_UNSIGNED", Number(isUnsigned ?? false));
    this.#give("CHUNK_IS_OPTIONAL", Number(validity !== undefined));
    this.#give("CHUNK_ROWS", rows);
    this.#give("CHUNK_RUNS", runs);
    this.#give("CHUNK_TEXTS", texts?.count ?? 0);
    this.#give("CHUNK_TEXT_BYTES", texts?.bytes.length ?? 0);
    this.#give("CHUNK_OFFSET", offset);
    return this.#result(this.#exports.encodeChunk(), rows);
  }

  #result(length: number, rows: number): EncodedChunk {
    const dictionaryValues = this.#reported("CHUNK_DICTIONARY_VALUES");
    const bodies = this.#reported("CHUNK_BODIES");
    const dictionary = this.#body(bodies, "CHUNK_DICTIONARY_BYTES", "CHUNK_DICTIONARY_PLAIN");
    const dataPtr = bodies + dictionary.bytes.length;
    const hasRange = this.#reported("CHUNK_HAS_RANGE") !== 0;
    return {
      encoding: nameOf(ENCODINGS, this.#reported("CHUNK_ENCODING")),
      ...(dictionaryValues > 0 && { dictionary: { ...dictionary, values: dictionaryValues } }),
      data: this.#body(dataPtr, "CHUNK_DATA_BYTES", "CHUNK_DATA_PLAIN"),
      nullCount: rows - this.#reported("CHUNK_PRESENT"),
      ...(hasRange && {
        range: { min: this.#reported64("CHUNK_MIN"), max: this.#reported64("CHUNK_MAX") },
      }),
      length,
    };
  }

  #body(ptr: number, bytes: ConstantName, plainBytes: ConstantName): PageBody {
    return {
      bytes: this.#bytes.subarray(ptr, ptr + this.#reported(bytes)),
      plainBytes: this.#reported(plainBytes),
    };
  }

  #write(at: ConstantName, { buffer, byteOffset, byteLength }: ArrayBufferView): void {
    this.#bytes.set(new Uint8Array(buffer, byteOffset, byteLength), this.#constant(at));
  }

  #give(field: ConstantName, value: number): void {
    this.#chunk.setUint32(this.#constant(field), value, true);
  }

  #reported(field: ConstantName): number {
    return this.#chunk.getUint32(this.#constant(field), true);
  }

  #reported64(field: ConstantName): bigint {
    return this.#chunk.getBigUint64(this.#constant(field), true);
  }
}
