/** The rows of a list in the form of its output: bytes of text, or columns. */
import { cellTypeOf, type Encoding, encoderOf, hasHeader } from "../../formats/encoding.js";
import type { Encode } from "../../formats/format.js";
import type { BigInts } from "../../formats/json.js";
import { type FormatName, formatFor } from "../../formats/registry.js";
import { droppedColumns, headerOf, type ListPlan, quoted, splitRecord } from "../../plan/list.js";
import { ERROR_COLUMN, listColumns } from "../../plan/list-types.js";
import type { RowBatch } from "../output/row-batch.js";
import { type Decoding, decodeErrorRow } from "../workers/decode.js";
import type { ListAnswer } from "../workers/protocol.js";
import { recordEnd } from "../workers/records.js";

/** The options that determine the shape of a list's rows, in addition to its plan. */
export interface RowShape {
  /** The format of the rows. Defaults to CSV. */
  readonly format?: FormatName | undefined;
  /** How JSON Lines writes integers. Defaults to numbers. */
  readonly bigInts?: BigInts | undefined;
  /** In Parquet: whether counts may exceed 2^63 - 1. In Arrow they always may. */
  readonly isUnsigned?: boolean | undefined;
  /**
   * Write a row for each row at fault too. Its results are empty, and the last column `error` has
   * the message.
   */
  readonly hasErrorColumn?: boolean | undefined;
}

/** Rows in the form of the output. */
export interface ListRows {
  readonly buffers: readonly Uint8Array[];
  /** The rows as columns, in place of buffers. A list is a single grid. */
  readonly columns?: { readonly grid: 0; readonly batches: readonly RowBatch[] };
}

/** Makes the rows of a list from what the kernel answers. */
interface RowForm {
  /** What the workers do with the kernel's rows. */
  readonly job: { readonly encoding?: Encoding; readonly decoding?: Decoding };
  /** What precedes the rows. */
  start(header: Uint8Array): ListRows;
  rowsOf(answer: ListAnswer): ListRows;
  /** The row of a record at fault. */
  errorRow(record: Uint8Array, message: string): ListRows;
}

export function rowFormOf(list: ListPlan, shape: RowShape): RowForm {
  return formatFor(shape.format ?? "csv").isColumnar
    ? columnForm(list, shape)
    : textForm(list, shape);
}

function columnForm(
  list: ListPlan,
  { format, isUnsigned = false, hasErrorColumn = false }: RowShape,
): RowForm {
  const decoding = {
    columns: listColumns(list, hasErrorColumn),
    isSigned: format === "parquet" && !isUnsigned,
  };
  const rowsFrom = (batches: readonly RowBatch[]): ListRows => ({
    buffers: [],
    columns: { grid: 0, batches },
  });
  return {
    job: { decoding },
    start: () => rowsFrom([]),
    rowsOf: ({ columns = [] }) => rowsFrom(columns),
    errorRow: (record, message) =>
      rowsFrom([decodeErrorRow(decoding, errorRow(list, record, message))]),
  };
}

function textForm(list: ListPlan, shape: RowShape): RowForm {
  const { hasErrorColumn = false } = shape;
  const encoding = encodingOfList(list, shape);
  const encode: Encode = encoderOf(encoding) ?? ((rows) => rows);
  return {
    // Rows with an error column get that column on this thread, so they are encoded here too.
    job: hasErrorColumn ? {} : { encoding },
    start: (header) => ({
      buffers: hasHeader(encoding.format)
        ? [encode(headerBytes(list, header, hasErrorColumn))]
        : [],
    }),
    rowsOf: ({ buffers }) => ({
      buffers: hasErrorColumn ? buffers.map((rows) => encode(withEmptyField(rows))) : buffers,
    }),
    errorRow: (record, message) => ({ buffers: [encode(errorRow(list, record, message))] }),
  };
}

/**
 * The encoding of a list's rows: the columns of the list, then the results. Every row has every
 * column. A parameter or result that the kind of the row lacks is an empty cell, and null in JSON,
 * so that readers find all columns in any row.
 */
export function encodingOfList(
  list: ListPlan,
  { format = "csv", bigInts = "number", hasErrorColumn = false }: RowShape,
): Encoding {
  const listFields = list.fields.filter(({ meaning }) => meaning !== "result");
  const results = list.columns.slice(0, list.verified?.written);
  return {
    format,
    columns: [
      ...listFields.map(
        ({ name, meaning }) =>
          ({
            name,
            type: meaning === "parameter" ? cellTypeOf(name) : "text",
            isUserWritten: true,
          }) as const,
      ),
      ...results.map((name) => ({ name, type: cellTypeOf(name) })),
      ...(hasErrorColumn ? [{ name: ERROR_COLUMN, type: "text" } as const] : []),
    ],
    bigInts,
  };
}

/** The header of the output. The list's header is copied unchanged, unless columns are dropped. */
function headerBytes(list: ListPlan, header: Uint8Array, hasErrorColumn: boolean): Uint8Array {
  const errorColumn = hasErrorColumn ? [ERROR_COLUMN] : [];
  if (droppedColumns(list).length > 0 || list.verified)
    return Buffer.from(`${[...headerOf(list), ...errorColumn].map(quoted).join(",")}\n`);
  return Buffer.concat([
    header,
    Buffer.from(`${["", ...list.columns, ...errorColumn].join(",")}\n`),
  ]);
}

/** Appends an empty field to each row. */
function withEmptyField(buffers: Uint8Array): Uint8Array {
  const pieces: Uint8Array[] = [];
  let from = 0;
  for (let end = recordEnd(buffers, 0); end >= 0; end = recordEnd(buffers, from)) {
    pieces.push(buffers.subarray(from, end), Buffer.from(",\n"));
    from = end + 1;
  }
  return Buffer.concat(pieces);
}

/** The error row of a record. If the record does not match the header, its columns are empty. */
function errorRow(list: ListPlan, record: Uint8Array, message: string): Uint8Array {
  const text = Buffer.from(record)
    .toString("latin1")
    .replace(/\r?\n?$/, "");
  const fields = splitRecord(text);
  const copied = list.fields.flatMap(({ meaning }, i) =>
    meaning === "result"
      ? []
      : [fields?.length === list.fields.length ? (fields[i] as string) : ""],
  );
  const results = ",".repeat(list.verified?.written ?? list.columns.length);
  return Buffer.concat([
    Buffer.from(copied.map(quoted).join(","), "latin1"),
    Buffer.from(`${results},"${message.replaceAll('"', '""')}"\n`),
  ]);
}
