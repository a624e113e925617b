/** The template of a grid's rows: which cells have texts in common, and how the kernel joins them. */
import { NAME_COLUMN } from "../columns/table.js";
import type { GridPlan, Plan } from "../plan/model.js";
import { NAME_BYTES } from "../spec/spec.js";
import type { Constant } from "./constants.js";

/** The kernel's slots of a row: a column takes one, a grid's name as many as the longest could need. */
export interface Slot {
  /** The place of its column in the plan's cells. */
  readonly cell: number;
  /** Its text, where that is the same throughout. */
  readonly text?: string;
}

/** The slots of a grid's rows. A name is cut into as many as it may need; unused ones are empty. */
export function slotsOf(plan: Plan, grid: GridPlan, constant: Constant): Slot[] {
  const slotBytes = constant("CELL_LENGTH");
  return plan.cells.flatMap((name, cell): Slot[] => {
    if (name !== NAME_COLUMN) return [{ cell }];
    const text = Buffer.from(`${grid.name}${cell === plan.cells.length - 1 ? "\n" : ","}`);
    const count = Math.ceil((NAME_BYTES + 1) / slotBytes);
    return Array.from({ length: count }, (_, i) => ({
      cell,
      text: text.toString("latin1", i * slotBytes, (i + 1) * slotBytes),
    }));
  });
}

/** A part of the row: slots whose texts several rows have in common, and the cell behind them that is new in every row. */
export interface RowSegment {
  readonly firstSlot: number;
  /** The slot behind the last; that of the new cell, if there is one. */
  readonly endSlot: number;
  /** The new cell's place in the plan's cells. */
  readonly cell?: number;
}

/** New in every row is what is worked out when the innermost loop turns. */
export function segmentsOf({ steps, loops }: GridPlan, slots: readonly Slot[]): RowSegment[] {
  const isNew = (cell: number) =>
    steps.some((step) => step.kind === "cell" && step.cell === cell && step.level === loops.length);
  const segments: RowSegment[] = [];
  let firstSlot = 0;
  for (const [slot, { cell }] of slots.entries()) {
    if (!isNew(cell)) continue;
    segments.push({ firstSlot, endSlot: slot, cell });
    firstSlot = slot + 1;
  }
  return [...segments, { firstSlot, endSlot: slots.length }];
}
