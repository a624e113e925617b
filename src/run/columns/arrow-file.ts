/** Arrow streams and files that are being written. */

import { errors } from "../../errors.js";
import { type Block, blockAt, endOf } from "../../formats/arrow/blocks.js";
import { readBlocks } from "../../formats/arrow/contents.js";
import { type ArrowForm, endingOf, startOf } from "../../formats/arrow/file.js";
import type { ArrowSchema } from "../../formats/arrow/schema.js";
import { ARROW_TYPES, arrowBatch } from "../../formats/arrow/stream.js";
import type { TypedColumn } from "../../plan/value-types.js";
import { manifestPathOf } from "../../sink/file.js";
import type { ColumnarForm, ColumnarTable, WrittenGroups } from "./form.js";
import { metadataText } from "./metadata.js";
import type { RowGroup } from "./row-groups.js";
import { arraysOf } from "./unpack.js";

export class ArrowFile implements ColumnarForm {
  readonly start: Uint8Array;
  readonly #form: ArrowForm;
  readonly #columns: readonly TypedColumn[];
  readonly #schema: ArrowSchema;
  #blocks: Block[] = [];
  /** The memory of the last batch, which the next one overwrites. */
  #memory: Uint8Array | undefined;

  constructor({ columns, metadata }: ColumnarTable, form: ArrowForm) {
    const { columns: described, ...others } = metadata;
    this.#form = form;
    this.#columns = columns;
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

  add(group: RowGroup): Uint8Array {
    const arrays = arraysOf(this.#columns, group);
    const { message, bytes } = arrowBatch(this.#schema, group.rows, arrays, this.#memory);
    this.#memory ??= bytes;
    this.#blocks.push(blockAt(endOf(this.#blocks, this.start.length), message));
    return bytes;
  }

  end(): Uint8Array {
    return endingOf(this.#form, this.#schema, this.#blocks);
  }
}
