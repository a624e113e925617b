/** Parquet files of one column whose pages may have any bytes, to test how damage is refused. */
import { UpsweepError } from "../../src/errors.ts";
import { FILE_META_DATA, MAGIC } from "../../src/formats/parquet/footer.ts";
import { BOOL, encode, I32, optional, required, struct } from "../../src/formats/parquet/thrift.ts";
import { readList } from "./read-list.ts";

/** Numbers of Encoding (parquet.thrift). */
export const ENCODING = {
  plain: 0,
  rle: 3,
  deltaBinaryPacked: 5,
  deltaLengthByteArray: 6,
  deltaByteArray: 7,
  rleDictionary: 8,
  byteStreamSplit: 9,
} as const;

const PAGE_HEADER = struct("PageHeader", {
  type: required(1, I32),
  uncompressedPageSize: required(2, I32),
  compressedPageSize: required(3, I32),
  dataPageHeader: optional(
    5,
    struct("DataPageHeader", {
      numValues: required(1, I32),
      encoding: required(2, I32),
      definitionLevelEncoding: required(3, I32),
      repetitionLevelEncoding: required(4, I32),
    }),
  ),
  dictionaryPageHeader: optional(
    7,
    struct("DictionaryPageHeader", { numValues: required(1, I32), encoding: required(2, I32) }),
  ),
  dataPageHeaderV2: optional(
    8,
    struct("DataPageHeaderV2", {
      numValues: required(1, I32),
      numNulls: required(2, I32),
      numRows: required(3, I32),
      encoding: required(4, I32),
      definitionLevelsByteLength: required(5, I32),
      repetitionLevelsByteLength: required(6, I32),
      isCompressed: optional(7, BOOL),
    }),
  ),
});

/** A part of bytes: bytes, or text as UTF-8. */
type Part = number | string | Uint8Array | readonly number[];

export function bytesOf(...parts: readonly Part[]): Buffer {
  return Buffer.concat(
    parts.map((part) =>
      typeof part === "number" ? Buffer.of(part) : Buffer.from(part as Uint8Array),
    ),
  );
}

/** An integer of 32 bits, the lowest byte first. */
export function int32(value: number): number[] {
  return [0, 8, 16, 24].map((bits) => (value >>> bits) & 0xff);
}

/** An unsigned varint. */
export function varint(value: number): number[] {
  return value < 128 ? [value] : [(value % 128) + 128, ...varint(Math.floor(value / 128))];
}

/** A run of `length` times the value 1, which has up to 8 bits. */
export function ones(length: number): number[] {
  return [...varint(2 * length), 1];
}

/** Runs after their size: definition levels of version 1, or booleans. */
export function sized(...runs: readonly number[]): number[] {
  return [...int32(runs.length), ...runs];
}

/** The text x as PLAIN: its length, and its bytes. */
export const TEXT_X: readonly number[] = [...int32(1), 0x78];

/** What a header says about its body, if that is not what the body has. */
interface Said {
  readonly uncompressedBytes?: number;
  readonly compressedBytes?: number;
}

const sizesOf = (body: Uint8Array, said: Said) => ({
  uncompressedPageSize: said.uncompressedBytes ?? body.length,
  compressedPageSize: said.compressedBytes ?? body.length,
});

export function dataPage(
  values: number,
  encoding: number,
  body: Uint8Array,
  said: Said = {},
): Buffer {
  const dataPageHeader = {
    numValues: values,
    encoding,
    definitionLevelEncoding: ENCODING.rle,
    repetitionLevelEncoding: ENCODING.rle,
  };
  return bytesOf(encode(PAGE_HEADER, { type: 0, ...sizesOf(body, said), dataPageHeader }), body);
}

export function dictionaryPage(values: number, body: Uint8Array, said: Said = {}): Buffer {
  const dictionaryPageHeader = { numValues: values, encoding: ENCODING.plain };
  const header = { type: 2, ...sizesOf(body, said), dictionaryPageHeader };
  return bytesOf(encode(PAGE_HEADER, header), body);
}

/** A data page of version 2, whose values are not compressed. */
export function dataPageV2(
  values: number,
  nulls: number,
  encoding: number,
  levels: Uint8Array,
  body: Uint8Array,
  repetitionBytes = 0,
): Buffer {
  const all = bytesOf(levels, body);
  const dataPageHeaderV2 = {
    numValues: values,
    numNulls: nulls,
    numRows: values,
    encoding,
    definitionLevelsByteLength: levels.length,
    repetitionLevelsByteLength: repetitionBytes,
    isCompressed: false,
  };
  return bytesOf(encode(PAGE_HEADER, { type: 3, ...sizesOf(all, {}), dataPageHeaderV2 }), all);
}

type Metadata = Parameters<typeof FILE_META_DATA.write>[1];

export interface ColumnBytes {
  readonly type?: "BOOLEAN" | "INT32" | "INT64" | "DOUBLE" | "BYTE_ARRAY";
  readonly isOptional?: boolean;
  readonly codec?: "UNCOMPRESSED" | "SNAPPY";
  readonly rows: number;
  readonly pages: readonly Uint8Array[];
  /** Changes the metadata before they are written. */
  readonly change?: (metadata: Metadata) => Metadata;
}

/** Why a list is refused, or the start of what was read. */
export async function refusal(bytes: Uint8Array): Promise<string> {
  try {
    return `read: ${(await readList(bytes, { name: "layers.parquet" })).csv.slice(0, 100)}`;
  } catch (error) {
    if (!(error instanceof UpsweepError)) throw error;
    return error.message;
  }
}

/** The message about a damaged list. */
export function damaged(what: string): string {
  return `layers.parquet is a damaged or incomplete Parquet file: ${what}. Write it again.`;
}

/** A file of a column `a`. */
export function parquetOf(column: ColumnBytes): Uint8Array {
  const { type = "INT32", isOptional = false, codec = "UNCOMPRESSED", rows, pages } = column;
  const chunk = bytesOf(...pages);
  const metadata: Metadata = {
    version: 1,
    schema: [
      { name: "root", numChildren: 1 },
      {
        name: "a",
        type,
        repetitionType: isOptional ? "OPTIONAL" : "REQUIRED",
        ...(type === "BYTE_ARRAY" && { convertedType: "UTF8" }),
      },
    ],
    numRows: rows,
    rowGroups: [
      {
        columns: [
          {
            fileOffset: 0,
            metaData: {
              type,
              encodings: ["PLAIN"],
              pathInSchema: ["a"],
              codec,
              numValues: rows,
              totalUncompressedSize: chunk.length,
              totalCompressedSize: chunk.length,
              dataPageOffset: MAGIC.length,
            },
          },
        ],
        totalByteSize: chunk.length,
        numRows: rows,
      },
    ],
  };
  return parquetWith(chunk, encode(FILE_META_DATA, column.change?.(metadata) ?? metadata));
}

/** A file with a footer of any bytes. */
export function parquetWith(chunk: Uint8Array, footer: Uint8Array): Uint8Array {
  const magic = Uint8Array.from(MAGIC);
  return Uint8Array.from(bytesOf(magic, chunk, footer, int32(footer.length), magic));
}
