/**
 * Reads the headers of pages that other programs wrote. Only the fields that readers need are kept.
 * Encodings are numbers, because a reader may not know all of them.
 */
import { BOOL, I32, optional, required, struct } from "./thrift.js";
import { type Refuse, ThriftReader } from "./thrift-bytes.js";

/** Skipped: 3 and 4 encodings of levels, 5 statistics. */
const DATA_PAGE_HEADER = struct("DataPageHeader", {
  numValues: required(1, I32),
  encoding: required(2, I32),
});

/** Skipped: 2 encoding, 3 is_sorted. */
const DICTIONARY_PAGE_HEADER = struct("DictionaryPageHeader", {
  numValues: required(1, I32),
});

/** Skipped: 3 num_rows, which is num_values if the column is not nested, and 8 statistics. */
const DATA_PAGE_HEADER_V2 = struct("DataPageHeaderV2", {
  numValues: required(1, I32),
  numNulls: required(2, I32),
  encoding: required(4, I32),
  definitionLevelsByteLength: required(5, I32),
  repetitionLevelsByteLength: required(6, I32),
  isCompressed: optional(7, BOOL),
});

/** Skipped: 4 crc, 6 index_page_header. */
const PAGE_HEADER = struct("PageHeader", {
  type: required(1, I32),
  uncompressedPageSize: required(2, I32),
  compressedPageSize: required(3, I32),
  dataPageHeader: optional(5, DATA_PAGE_HEADER),
  dictionaryPageHeader: optional(7, DICTIONARY_PAGE_HEADER),
  dataPageHeaderV2: optional(8, DATA_PAGE_HEADER_V2),
});

/** Numbers of PageType. */
const [DATA_PAGE, DICTIONARY_PAGE, DATA_PAGE_V2] = [0, 2, 3];

/** Sizes of the body of a page in bytes: before compression, and in the file. */
interface BodySizes {
  readonly uncompressedBytes: number;
  readonly compressedBytes: number;
}

/** What a header says. Its counts and sizes are not negative. */
export type PageHeader = BodySizes &
  (
    | { readonly type: "dictionary"; readonly values: number }
    /** Values include those that are missing. The body begins with the definition levels. */
    | { readonly type: "data"; readonly values: number; readonly encoding: number }
    /** The body begins with the levels, which are not compressed. */
    | {
        readonly type: "data v2";
        readonly values: number;
        readonly nulls: number;
        readonly encoding: number;
        readonly repetitionBytes: number;
        readonly definitionBytes: number;
        readonly isCompressed: boolean;
      }
  );

/**
 * Reads the header at the start of `bytes`.
 *
 * @returns the header and its own size in bytes.
 * @throws the error of `refuse` if the header is malformed, is of a page of another type, or has a
 * negative number.
 */
export function readPageHeader(
  bytes: Uint8Array,
  refuse: Refuse,
): { readonly header: PageHeader; readonly headerBytes: number } {
  const from = new ThriftReader(bytes, refuse);
  const read = PAGE_HEADER.read(from);
  const sizes: BodySizes = {
    uncompressedBytes: read.uncompressedPageSize,
    compressedBytes: read.compressedPageSize,
  };
  const header = { ...sizes, ...contentsOf(read, refuse) };
  const isNegative = Object.values(header).some((value) => typeof value === "number" && value < 0);
  if (isNegative) throw refuse("it has a negative number");
  return { header, headerBytes: bytes.length - from.left };
}

type Contents = PageHeader extends infer H
  ? H extends PageHeader
    ? Omit<H, keyof BodySizes>
    : never
  : never;

function contentsOf(read: ReturnType<typeof PAGE_HEADER.read>, refuse: Refuse): Contents {
  const { type, dataPageHeader, dictionaryPageHeader, dataPageHeaderV2 } = read;
  if (type === DATA_PAGE && dataPageHeader) {
    const { numValues, encoding } = dataPageHeader;
    return { type: "data", values: numValues, encoding };
  }
  if (type === DICTIONARY_PAGE && dictionaryPageHeader)
    return { type: "dictionary", values: dictionaryPageHeader.numValues };
  if (type === DATA_PAGE_V2 && dataPageHeaderV2)
    return {
      type: "data v2",
      values: dataPageHeaderV2.numValues,
      nulls: dataPageHeaderV2.numNulls,
      encoding: dataPageHeaderV2.encoding,
      repetitionBytes: dataPageHeaderV2.repetitionLevelsByteLength,
      definitionBytes: dataPageHeaderV2.definitionLevelsByteLength,
      isCompressed: dataPageHeaderV2.isCompressed ?? true,
    };
  throw refuse(`it is of a page of type ${type}, or has no fields for it`);
}
