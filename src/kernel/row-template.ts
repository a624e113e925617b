/**
 * The template of a grid's rows: which texts the rows of a block share, and what differs from row to
 * row.
 */
import { textOfLatin1, utf8 } from "../bytes.js";
import { maxBytesOfResult, mayOverflow } from "../columns/bound.js";
import { isResultName, NAME_COLUMN } from "../columns/table.js";
import { kindOf } from "../layers/kinds.js";
import type { Block } from "../plan/block.js";
import { maxBytesOfName } from "../plan/cell-bounds.js";
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
function slotsOf(plan: Plan, grid: GridPlan, constant: Constant): Slot[] {
  const slotBytes = constant("CELL_LENGTH");
  return plan.cells.flatMap((name, cell): Slot[] => {
    if (name !== NAME_COLUMN) return [{ cell }];
    const text = utf8(`${grid.name}${cell === plan.cells.length - 1 ? "\n" : ","}`);
    const count = Math.ceil((NAME_BYTES + 1) / slotBytes);
    return Array.from({ length: count }, (_, i) => ({
      cell,
      text: textOfLatin1(text.subarray(i * slotBytes, (i + 1) * slotBytes)),
    }));
  });
}

/** A cell whose values the kernel computes as a vector. */
interface VectorCell {
  readonly slot: number;
  /** The index of its column in the plan's cells. */
  readonly cell: number;
  /** Whether no value exceeds 64 bits. */
  readonly isBounded: boolean;
}

/** Neighbouring cells whose joined texts a block reuses. */
interface RowText {
  readonly cells: readonly number[];
  /** The bytes that the kernel reserves for the text of a row, and for its length. */
  readonly bytes: number;
  /** Whether the text ends the row. */
  readonly isLast: boolean;
}

/** A segment of a row: slots that the rows of a block share, then what differs from row to row. */
interface RowSegment {
  readonly firstSlot: number;
  /** The slot after the last shared one. */
  readonly endSlot: number;
  /** The slot after what differs. */
  readonly nextSlot: number;
  readonly source: "end" | "cell" | "row_text";
  /** The index of the vector cell, or of the row text. */
  readonly number: number;
}

export interface RowTemplate {
  readonly slots: readonly Slot[];
  readonly segments: readonly RowSegment[];
  readonly vectorCells: readonly VectorCell[];
  readonly rowTexts: readonly RowText[];
}

/**
 * The template of the rows of a grid, given its block.
 *
 * @param isText whether rows are written as text, so that texts can be reused.
 */
export function rowTemplate(
  plan: Plan,
  grid: GridPlan,
  block: Block,
  isText: boolean,
  constant: Constant,
): RowTemplate {
  const slots = slotsOf(plan, grid, constant);
  const segments: RowSegment[] = [];
  const vectorCells: VectorCell[] = [];
  const rowTexts: RowText[] = [];
  const reused = new Map(
    [...block.reusedCells].flatMap((step) =>
      step.kind === "cell" && isBounded(plan, grid, step.cell)
        ? [[step.cell, maxBytes(plan, grid, step.cell)]]
        : [],
    ),
  );
  const differs = new Set(block.cells.map(({ cell }) => cell));
  let bytesLeft = isText ? block.textBytes : 0;
  let firstSlot = 0;
  for (let slot = 0; slot < slots.length; ) {
    const { cell } = slots[slot] as Slot;
    if (!differs.has(cell)) {
      slot++;
      continue;
    }
    const text = reusedText(slots, slot, reused, bytesLeft);
    const nextSlot = slot + (text?.cells.length ?? 1);
    const number = text
      ? rowTexts.push(text) - 1
      : vectorCells.push({ slot, cell, isBounded: isBounded(plan, grid, cell) }) - 1;
    bytesLeft -= text?.bytes ?? 0;
    segments.push({
      firstSlot,
      endSlot: slot,
      nextSlot,
      source: text ? "row_text" : "cell",
      number,
    });
    slot = nextSlot;
    firstSlot = nextSlot;
  }
  const [endSlot, nextSlot] = [slots.length, slots.length];
  segments.push({ firstSlot, endSlot, nextSlot, source: "end", number: 0 });
  return { slots, segments, vectorCells, rowTexts };
}

/** The length of a text is stored in two bytes after it. */
const LENGTH_BYTES = 2;

/** Each cell of a text ends with a comma, or with the line end. */
const SEPARATOR_BYTES = 1;

/** Texts are copied in pieces of this many bytes. */
const VECTOR_BYTES = 16;

/** The text of the reused cells from a slot on that fit in some bytes, if there are any. */
function reusedText(
  slots: readonly Slot[],
  first: number,
  reused: ReadonlyMap<number, number>,
  bytesLeft: number,
): RowText | undefined {
  const cells: number[] = [];
  let length = LENGTH_BYTES;
  const reserved = (bytes: number) => Math.ceil(bytes / VECTOR_BYTES) * VECTOR_BYTES;
  for (const { cell } of slots.slice(first)) {
    const own = reused.get(cell);
    if (own === undefined || reserved(length + own + SEPARATOR_BYTES) > bytesLeft) break;
    length += own + SEPARATOR_BYTES;
    cells.push(cell);
  }
  if (cells.length === 0) return undefined;
  return { cells, bytes: reserved(length), isLast: first + cells.length === slots.length };
}

function isBounded(plan: Plan, { valueSets }: GridPlan, cell: number): boolean {
  const name = plan.cells[cell] as string;
  return !isResultName(name) || !mayOverflow(kindOf(plan.layer), name, valueSets);
}

/** The maximum length of the text of a cell, in bytes. */
function maxBytes(plan: Plan, { valueSets }: GridPlan, cell: number): number {
  const name = plan.cells[cell] as string;
  return isResultName(name)
    ? maxBytesOfResult(kindOf(plan.layer), name, valueSets)
    : maxBytesOfName(kindOf(plan.layer), name, valueSets);
}
