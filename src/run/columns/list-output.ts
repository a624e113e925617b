/** Opens the output of a list in columns. */
import { NO_BYTES } from "../../checksum.js";
import type { ListPlan } from "../../plan/list.js";
import { listColumns } from "../../plan/list-types.js";
import type { Sink } from "../../sink/sink.js";
import type { OutputBatch, Packing, Written } from "../output/packing.js";
import type { Position } from "../output/position.js";
import { type ListSource, listMetadata } from "./metadata.js";
import { formOf } from "./output.js";
import { ColumnPacking } from "./packing.js";
import { rowsOfGroup } from "./row-groups.js";

interface ListOutput extends ListSource {
  readonly hasErrorColumn: boolean;
  /** The rows of a row group, at most. By default they depend on the columns. */
  readonly groupRows?: number;
}

/**
 * The stage that writes the rows of a list. Its columns are known once the header of the list has
 * been read, which is before its first batch.
 */
export class ListPacking implements Packing<Position> {
  readonly #open: () => Packing<Position>;
  #packing: Packing<Position> | undefined;

  /** @param planOf returns the plan of the list, when the first batch has arrived. */
  constructor(sink: Sink, planOf: () => ListPlan, output: ListOutput) {
    this.#open = () => openList(sink, planOf(), output);
  }

  async add(batch: OutputBatch<Position>): Promise<void> {
    this.#packing ??= this.#open();
    await this.#packing.add(batch);
  }

  async end(): Promise<void> {
    await this.#packing?.end();
  }

  written(): Written<Position> {
    return this.#packing?.written() ?? { sum: NO_BYTES, progress: undefined, skip: 0 };
  }
}

function openList(sink: Sink, list: ListPlan, output: ListOutput): Packing<Position> {
  const columns = listColumns(list, output.hasErrorColumn);
  return new ColumnPacking<Position>(sink, {
    form: formOf({ columns, metadata: listMetadata(list, output) }, output),
    columns,
    groupRows: output.groupRows ?? rowsOfGroup(columns),
    nameOf: () => "",
    start: { sum: NO_BYTES, progress: undefined, skip: 0 },
    isWritten: false,
  });
}
