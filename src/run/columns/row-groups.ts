/**
 * Row groups: the rows of a sweep or a list, cut into groups of exactly the same number of rows. A
 * group of a list ends earlier if its texts are long. Where the answers of workers begin and end
 * does not change a group. So neither does the number of workers.
 */
import type { ColumnValues } from "../../kernel/column-layout.js";
import { widthOf } from "../../kernel/vectors.js";
import { ROW_GROUP_ROWS } from "../../limits.js";
import type { TypedColumn } from "../../plan/value-types.js";
import type { RowBatch, TextValues } from "../output/row-batch.js";
import type { EncodedRoom, RowGroup } from "../workers/row-group.js";
import { ColumnBuilder, type GroupMemory, vectorType } from "./column-builder.js";
import { TextBudget } from "./texts.js";

/** The bytes of a row group, at most. */
const GROUP_BYTES = 16 * 1024 * 1024;

/** The rows of every group but the last: a power of two that depends on the columns only. */
export function rowsOfGroup(columns: readonly TypedColumn[]): number {
  const ofRow = columns.reduce(
    (sum, { type, isNullable }) => sum + widthOf(vectorType(type)) + Number(isNullable),
    0,
  );
  const fitting = 2 ** Math.floor(Math.log2(GROUP_BYTES / Math.max(1, ofRow)));
  return Math.min(ROW_GROUP_ROWS, fitting);
}

/** Collects the rows of a group. Its columns are copies. */
export class GroupBuilder {
  readonly #columns: readonly ColumnBuilder[];
  readonly #capacity: number;
  readonly #budget = new TextBudget();
  readonly #room: EncodedRoom = {};
  #rows = 0;

  constructor(columns: readonly TypedColumn[], capacity: number, memory: GroupMemory) {
    this.#capacity = capacity;
    this.#columns = columns.map((column) => new ColumnBuilder(column, capacity, memory));
  }

  get rows(): number {
    return this.#rows;
  }

  get isFull(): boolean {
    return this.#rows === this.#capacity;
  }

  /** The end of the rows of a batch from `from` on that fit. It is `from` if the group is full. */
  fitting({ rows, columns }: RowBatch, from: number): number {
    const texts = columns.filter(areTexts);
    let end = Math.min(rows, from + this.#capacity - this.#rows);
    for (const column of texts) end = this.#columns[column.cell]?.fitting(column, from, end) ?? end;
    end = this.#budget.fitting(texts, from, end);
    // A row alone always fits: records of lists have fewer bytes than a group has room for.
    return this.#rows === 0 ? Math.max(end, Math.min(rows, from + 1)) : end;
  }

  /**
   * Adds the rows [from, to) of a batch. They must fit.
   *
   * @param gridName the text of the column `name`.
   */
  add({ rows, columns }: RowBatch, from: number, to: number, gridName: string): void {
    this.#budget.add(columns.filter(areTexts), from, to);
    for (const [cell, builder] of this.#columns.entries()) {
      const own = columns.find((column) => column.cell === cell);
      if (own && areTexts(own)) builder.addTexts(own, this.#rows, from, to);
      else if (own) builder.add(own, this.#rows, from, to, rows);
      else builder.addText(gridName, this.#rows, to - from);
    }
    this.#rows += to - from;
  }

  /** The group. It is valid until `clear`. */
  build(): RowGroup {
    const rows = this.#rows;
    const columns = this.#columns.map((column) => column.build(rows));
    return { rows, columns, room: this.#room };
  }

  /** Begins another group in the same memory. */
  clear(): void {
    this.#rows = 0;
    this.#budget.clear();
    for (const column of this.#columns) column.clear();
  }
}

function areTexts(column: ColumnValues | TextValues): column is TextValues {
  return "texts" in column;
}
