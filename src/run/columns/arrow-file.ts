/** Arrow streams and files that are being written. */

import { errors } from "../../errors.js";
import { type Block, blockAt, endOf } from "../../formats/arrow/blocks.js";
import { readBlocks } from "../../formats/arrow/contents.js";
import { type ArrowForm, endingOf, startOf } from "../../formats/arrow/file.js";
import type { ArrowSchema } from "../../formats/arrow/schema.js";
import { ARROW_TYPES, type ArrayColumn, arrowBatch } from "../../formats/arrow/stream.js";
import { validityOf } from "../../kernel/vectors.js";
import { manifestPathOf } from "../../sink/companions.js";
import type { GroupColumn, GroupVector, RowGroup } from "../workers/row-group.js";
import type { AddGroup, ColumnarForm, ColumnarTable, WrittenGroups } from "./form.js";
import { metadataText } from "./metadata.js";

export class ArrowFile implements ColumnarForm {
  readonly start: Uint8Array;
  readonly memory = "plain";
  readonly encoding = 0;
  readonly #form: ArrowForm;
  readonly #schema: ArrowSchema;
  #blocks: Block[] = [];

  constructor({ columns, metadata }: ColumnarTable, form: ArrowForm) {
    const { columns: described, ...others } = metadata;
    this.#form = form;
    this.#schema = {
      columns: columns.map(({ name, type, isNullable }) => ({
        name,
        type: ARROW_TYPES[type],
        isNullable,
        metadata: described[name] ?? {},
      })),
      metadata: { upsweep: metadataText(others) },
    };
    this.start = startOf(form, this.#schema);
  }

  async resume({ path, bytes, rowGroups, rows }: WrittenGroups): Promise<void> {
    const blocks = await readBlocks(bytes, this.start.length, bytes.length, path);
    const found = blocks.reduce((sum, block) => sum + block.rows, 0);
    if (blocks.length !== rowGroups || found !== rows)
      throw errors.badManifest(
        manifestPathOf(path),
        `it says ${rows} rows, but ${path} has ${found}`,
      );
    this.#blocks = blocks;
  }

  async encode({ rows, columns }: RowGroup): Promise<AddGroup> {
    const { message, pieces } = arrowBatch(this.#schema, rows, columns.map(arrayOf));
    return () => {
      this.#blocks.push(blockAt(endOf(this.#blocks, this.start.length), message));
      return pieces;
    };
  }

  end(): Uint8Array {
    return endingOf(this.#form, this.#schema, this.#blocks);
  }
}

/** The column of a group in plain memory, whose values are a vector. */
function arrayOf({ values, missing, texts }: GroupColumn): ArrayColumn {
  const vector = values as GroupVector;
  const validity = missing && validityOf(missing);
  return {
    values: texts ? { numbers: vector as Int32Array, texts, ...(missing && { missing }) } : vector,
    ...(validity && { validity }),
  };
}
