/** Lists as Arrow data: from the messages of a stream or file to CSV. */
import { errors } from "../errors.js";
import { columnsOf, compressionOf } from "../formats/arrow/columns.js";
import {
  type ArrowField,
  type FieldType,
  fieldsOf,
  isLittleEndian,
} from "../formats/arrow/fields.js";
import type { Table } from "../formats/arrow/flatbuffer-reader.js";
import { HEADER } from "../formats/arrow/messages.js";
import { writerOf } from "./arrow-cells.js";
import { Dictionary } from "./arrow-dictionary.js";
import { type ArrowMessage, type ArrowMessages, orDamaged } from "./arrow-messages.js";
import type { Lines } from "./lines.js";
import { type TableRows, tableAsCsv, type WriteCell } from "./table.js";

/** The dictionaries so far, by their numbers. */
type Dictionaries = Map<bigint, Dictionary>;

/** Maximum number of rows of a batch whose columns have no data, because all values are missing. */
const MAX_EMPTY_ROWS = 2 ** 24;

/**
 * Converts Arrow data to CSV. Memory is limited to the messages of one record batch and of the
 * dictionaries.
 *
 * @throws UpsweepError if the data are damaged, compressed, in big endian, or have a column that
 * is not a number, text or boolean.
 */
export async function* fromArrow(
  { schema, batches }: ArrowMessages,
  location: string,
  lines: Lines,
): AsyncGenerator<Uint8Array> {
  const isReadable = orDamaged(location, () => isLittleEndian(schema));
  if (!isReadable)
    throw errors.unsupportedInput(
      location,
      "Arrow data in big endian",
      "Write it in little endian.",
    );
  const fields = orDamaged(location, () => fieldsOf(schema));
  for (const { name, type } of fields)
    if (type.kind === "unsupported")
      throw type.isNested
        ? errors.nestedColumn(location, name)
        : errors.columnType(location, name, type.name);
  const names = fields.map(({ name }) => name);
  yield* tableAsCsv(names, rowsOf(batches, fields, location), lines);
}

async function* rowsOf(
  batches: ArrowMessages["batches"],
  fields: readonly ArrowField[],
  location: string,
): AsyncGenerator<TableRows> {
  const types = fields.map(({ type, dictionary }) => dictionary?.indices ?? type);
  const dictionaries: Dictionaries = new Map();
  for await (const message of batches) {
    const { type, header, body } = message;
    if (type === HEADER.dictionaryBatch) {
      orDamaged(location, () => readDictionary(message, fields, dictionaries, location));
    } else if (type === HEADER.recordBatch) {
      yield orDamaged(location, () => {
        const writers = writersOf(types, header, body, location);
        return {
          rows: header.length64(0),
          columns: writers.map((writerFor, i) => {
            const { dictionary } = fields[i] as ArrowField;
            return writerFor(dictionary && (dictionaries.get(dictionary.id) ?? new Dictionary()));
          }),
        };
      });
    } else {
      throw errors.damagedArrow(location, "it has a message that is not a batch");
    }
  }
}

/** Reads the values of a dictionary, which replace or extend those that it had before. */
function readDictionary(
  { header, body }: ArrowMessage,
  fields: readonly ArrowField[],
  dictionaries: Dictionaries,
  location: string,
): void {
  const id = header.int64(0);
  const batch = header.table(1);
  const type = fields.find(({ dictionary }) => dictionary?.id === id)?.type;
  if (type === undefined || batch === undefined)
    throw new RangeError("no column has this dictionary");
  const [writerFor] = writersOf([type], batch, body, location);
  const isDelta = header.int8(2, 0) !== 0;
  const dictionary = (isDelta && dictionaries.get(id)) || new Dictionary();
  dictionary.add(batch.length64(0), writerFor?.(undefined) as WriteCell);
  dictionaries.set(id, dictionary);
}

type WriterFor = (dictionary: Dictionary | undefined) => WriteCell;

/**
 * For each column of the table RecordBatch, a function that makes the writer of its cells. The
 * writers throw an UpsweepError if the data of a cell are damaged.
 */
function writersOf(
  types: readonly FieldType[],
  batch: Table,
  body: Uint8Array,
  location: string,
): WriterFor[] {
  const compression = compressionOf(batch);
  if (compression !== undefined)
    throw errors.unsupportedInput(
      location,
      `Arrow data compressed with ${compression}`,
      'Write it without compression, in pandas with to_feather(FILE, compression="uncompressed").',
    );
  const rows = batch.length64(0);
  if (rows > MAX_EMPTY_ROWS && types.every(({ kind }) => kind === "null"))
    throw errors.damagedArrow(location, `a batch has ${rows} rows, but no data`);
  return columnsOf(types, batch, body).map((column) => (dictionary) => {
    const writeCell = writerOf(column, dictionary);
    return (csv, row) => orDamaged(location, () => writeCell(csv, row));
  });
}
