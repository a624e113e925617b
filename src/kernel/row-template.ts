/**
 * The template of a grid's rows: which cells consecutive rows share, and how the kernel joins their
 * texts.
 */
import { NAME_COLUMN } from "../columns/table.js";
import type { GridPlan, Plan } from "../plan/model.js";
import { NAME_BYTES } from "../spec/spec.js";
import type { Constant } from "./constants.js";

/**
 * A slot of a row in the kernel. A column has one slot; a grid's name has enough for the longest.
 */
export interface Slot {
  /** The index of its column in the plan's cells. */
  readonly cell: number;
  /** Its text, if it is the same in all rows. */
  readonly text?: string;
}

/**
 * The slots of a grid's rows. The text of a name is split over its slots; unused ones are empty.
 */
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

/**
 * A segment of a row: slots that consecutive rows share, then one cell that is new in every row.
 */
export interface RowSegment {
  readonly firstSlot: number;
  /** The slot after the last shared one. It is the slot of the new cell, if there is one. */
  readonly endSlot: number;
  /** The index of the new cell in the plan's cells. */
  readonly cell?: number;
}

/** Splits a row into segments. A cell is new in every row if the innermost loop computes it. */
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
