/**
 * Checks the pages of a Parquet column chunk, so that hyparquet can decode it. hyparquet believes
 * the numbers in a file: arrays can grow until the process dies, which no `catch` can prevent.
 */
import { errors } from "../errors.js";
import { type PageHeader, readPageHeader } from "../formats/parquet/read-page-header.js";
import { DECOMPRESSORS } from "./parquet-codecs.js";
import {
  checkPlain,
  checkRuns,
  checkValues,
  isDictionaryEncoded,
  type PhysicalType,
} from "./parquet-values.js";

/** A column chunk without its metadata, and what these say. */
interface Chunk {
  readonly bytes: Uint8Array;
  readonly rows: number;
  readonly codec: string;
  readonly column: PhysicalType & { readonly isOptional: boolean };
  /** Maximum size of its decoded values on the heap of JavaScript, in bytes. */
  readonly maxHeapBytes: number;
}

/** Upper limits of what hyparquet allocates on the heap, in bytes (measured 2026-11-27). */
const TEXT_HEAP_BYTES = 130;
const VALUE_HEAP_BYTES = 56;

/** Maximum size of texts that share bytes in the file, but not in memory. */
const MAX_COPIED_BYTES = 2 ** 31;

export class CheckedPages {
  readonly #chunk: Chunk;
  readonly #location: string;
  /** The pages that hyparquet will ask to decompress, in this order. */
  readonly #compressed: PageHeader[] = [];
  #decompressed = 0;
  #dictionarySize: number | undefined;
  #present = 0;
  #copiedBytes = 0;

  /**
   * Checks the headers of the pages, and everything that is not compressed.
   *
   * @throws Error if the chunk is damaged, UpsweepError if its values do not fit into memory.
   */
  constructor(chunk: Chunk, location: string) {
    this.#chunk = chunk;
    this.#location = location;
    const { bytes, rows } = chunk;
    let [seen, heapBytes] = [0, 0];
    for (let at = 0, isFirst = true; seen < rows; isFirst = false) {
      // Like hyparquet, which ignores a byte at the end.
      if (at >= bytes.length - 1) throw new Error("rows are missing");
      const { header, headerBytes } = readPageHeader(
        bytes.subarray(at),
        (what) => new Error(`the header of a page is malformed: ${what}`),
      );
      at += headerBytes + header.compressedBytes;
      if (at > bytes.length) throw new Error("a page is outside of its column");
      if (header.type === "dictionary" && !isFirst)
        throw new Error("a dictionary is not the first page of its column");
      if (header.type === "dictionary") this.#dictionarySize = header.values;
      else seen += header.values;
      if (seen > rows) throw new Error("a page has more values than its row group");
      heapBytes += this.#heapBytesOf(header);
      if (heapBytes > chunk.maxHeapBytes) throw errors.longRowGroup(location, rows);
      this.#enqueue(header, bytes.subarray(at - header.compressedBytes, at));
    }
  }

  /** Number of values that are not missing, when all pages have been decompressed. */
  get present(): number {
    return this.#present;
  }

  /**
   * Decompresses the next page that is compressed, or the values of it in version 2.
   *
   * @throws Error if it is damaged.
   */
  decompress(bytes: Uint8Array, length: number): Uint8Array {
    const header = this.#compressed[this.#decompressed++];
    const page = DECOMPRESSORS.get(this.#chunk.codec)?.(bytes, length);
    if (header === undefined || page?.length !== length)
      throw new Error("a page has another size than it says");
    this.#checkBody(header, page);
    return page;
  }

  #heapBytesOf(header: PageHeader): number {
    const { type, isOptional } = this.#chunk.column;
    const hasDictionary = header.type !== "dictionary" && isDictionaryEncoded(header.encoding);
    const isText = type === "BYTE_ARRAY" || type === "FIXED_LEN_BYTE_ARRAY";
    const textBytes = isText && !hasDictionary ? TEXT_HEAP_BYTES : 0;
    // The other values are in typed arrays, which are not on the heap.
    const isArray = isOptional || hasDictionary || isText || type === "BOOLEAN";
    return header.values * (textBytes + (isArray ? VALUE_HEAP_BYTES : 0));
  }

  /** Checks a page, or lets `decompress` do it. */
  #enqueue(header: PageHeader, body: Uint8Array): void {
    if (header.type !== "data v2") {
      this.#compressed.push(header);
      return;
    }
    const { values, nulls, definitionBytes, repetitionBytes } = header;
    const { isOptional } = this.#chunk.column;
    const valueBytes = header.uncompressedBytes - definitionBytes;
    if (repetitionBytes > 0 || definitionBytes > body.length || valueBytes < 0)
      throw new Error("the levels of a page have an impossible size");
    const present = isOptional ? checkRuns(body, 0, 1, values) : values;
    if (present !== values - nulls || (!isOptional && definitionBytes > 0))
      throw new Error("a page has another number of missing values than it says");
    if (header.isCompressed && valueBytes > 0) this.#compressed.push(header);
    else this.#checkBody(header, body.subarray(definitionBytes));
  }

  /** @param body the decompressed page, in version 2 without the levels. */
  #checkBody(header: PageHeader, body: Uint8Array): void {
    const { column } = this.#chunk;
    if (header.type === "dictionary") {
      checkPlain(column, body, header.values);
      return;
    }
    let values = body;
    let present = header.values;
    if (header.type === "data v2") {
      present -= header.nulls;
    } else if (column.isOptional) {
      if (body.length < 4) throw new Error("a page has no definition levels");
      const levelBytes = new DataView(body.buffer, body.byteOffset).getUint32(0, true);
      present = checkRuns(body, 4, 1, header.values);
      values = body.subarray(4 + levelBytes);
    }
    this.#present += present;
    const { encoding } = header;
    this.#copiedBytes += checkValues(column, encoding, values, present, this.#dictionarySize);
    if (this.#copiedBytes > MAX_COPIED_BYTES)
      throw errors.longRowGroup(this.#location, this.#chunk.rows);
  }
}
