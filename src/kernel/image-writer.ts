/**
 * The sections of the image that the kernel reads, and a writer for them. assembly/layout.ts
 * documents their format.
 */

import type { ConstantName } from "./constants.generated.js";
import type { Constant } from "./constants.js";

/** A section of an image: its bytes, and their address in the kernel's memory. */
export interface ImageSection {
  readonly address: number;
  readonly bytes: Uint8Array;
}

/**
 * The format of a section: its address, the bytes of one entry, and the maximum number of entries.
 * Strings name constants of assembly/layout.ts.
 */
interface SectionFormat {
  readonly address: ConstantName;
  readonly entry: number | ConstantName;
  readonly max: number | ConstantName;
  /** Whether each kind of layer has its own `max` entries, one kind after the other. */
  readonly isPerKind?: true;
}

/** The sections of a plan's image, in the order of their addresses. */
export const PLAN_SECTIONS = {
  HEADER: { address: "IMAGE_PTR", entry: "IMAGE_HEADER_BYTES", max: 1 },
  LEVELS: { address: "IMAGE_LEVELS_PTR", entry: "IMAGE_LEVEL_BYTES", max: "LEVEL_CAPACITY" },
  LOOP_VARIABLES: {
    address: "IMAGE_LOOP_VARIABLES_PTR",
    entry: "IMAGE_LOOP_VARIABLE_BYTES",
    max: "LEVEL_CAPACITY",
  },
  ENTRY_POINTS: { address: "IMAGE_ENTRY_POINTS_PTR", entry: 4, max: "LEVEL_CAPACITY" },
  STEPS: { address: "IMAGE_STEPS_PTR", entry: "STEP_BYTES", max: "STEP_CAPACITY" },
  AXES: { address: "IMAGE_AXES_PTR", entry: "AXIS_BYTES", max: "AXIS_CAPACITY" },
  ITEMS: { address: "IMAGE_ITEMS_PTR", entry: "ITEM_BYTES", max: "ITEM_CAPACITY" },
  FIELDS: { address: "IMAGE_FIELDS_PTR", entry: 8, max: "FIELD_COUNT" },
  SLOTS: { address: "IMAGE_SLOTS_PTR", entry: "CELL_BYTES", max: "CELL_CAPACITY" },
  SEGMENTS: {
    address: "IMAGE_SEGMENTS_PTR",
    entry: "IMAGE_SEGMENT_BYTES",
    max: "SEGMENT_CAPACITY",
  },
  ROW_FIELDS: { address: "IMAGE_ROW_FIELDS_PTR", entry: 4, max: "ROW_FIELD_CAPACITY" },
  VECTOR_CELLS: {
    address: "IMAGE_VECTOR_CELLS_PTR",
    entry: "IMAGE_VECTOR_CELL_BYTES",
    max: "CELL_CAPACITY",
  },
  TEXTS: { address: "IMAGE_TEXTS_PTR", entry: "IMAGE_TEXT_BYTES", max: "CELL_CAPACITY" },
  TEXT_CELLS: { address: "IMAGE_TEXT_CELLS_PTR", entry: 4, max: "CELL_CAPACITY" },
  COLUMNS: { address: "IMAGE_COLUMNS_PTR", entry: "IMAGE_COLUMN_BYTES", max: "CELL_CAPACITY" },
  CODE: { address: "IMAGE_CODE_PTR", entry: "INSTRUCTION_BYTES", max: "INSTRUCTION_CAPACITY" },
  PROGRESSIONS: {
    address: "IMAGE_PROGRESSIONS_PTR",
    entry: "PROGRESSION_BYTES",
    max: "PROGRESSION_CAPACITY",
  },
} as const satisfies Readonly<Record<string, SectionFormat>>;

/** The sections of a list's image, in the order of their addresses. */
export const LIST_SECTIONS = {
  HEADER: { address: "IMAGE_PTR", entry: "IMAGE_HEADER_BYTES", max: 1 },
  KINDS: { address: "LIST_KINDS_PTR", entry: "LIST_KIND_BYTES", max: 1, isPerKind: true },
  COLUMNS: { address: "LIST_COLUMNS_PTR", entry: 4, max: "LIST_COLUMN_CAPACITY", isPerKind: true },
  DEFAULTS: { address: "LIST_DEFAULTS_PTR", entry: 8, max: "LAYER_FIELDS", isPerKind: true },
  ROLES: { address: "LIST_ROLES_PTR", entry: 4, max: "FIELD_CAPACITY", isPerKind: true },
} as const satisfies Readonly<Record<string, SectionFormat>>;

/**
 * Writes an image section by section. Unwritten bytes of a section are zero. Only the entries in
 * use are written, because most sections have room for far more. A section with too many entries is
 * a bug in this program: it throws instead of overwriting the next section.
 */
export class ImageWriter {
  readonly #constant: Constant;
  readonly #sections: ImageSection[] = [];
  #view = new DataView(new ArrayBuffer(0));
  #at = 0;

  constructor(constant: Constant) {
    this.#constant = constant;
  }

  /**
   * Begins a section of `count` entries.
   *
   * @param kind the number of the kind, for sections that each kind has.
   * @throws Error if the section has room for fewer entries.
   */
  begin({ address, entry, max, isPerKind }: SectionFormat, count: number, kind = 0): void {
    const numberOf = (value: number | ConstantName) =>
      typeof value === "number" ? value : this.#constant(value);
    const [entryBytes, capacity] = [numberOf(entry), numberOf(max)];
    if (count > capacity)
      throw new Error(
        `the section at ${address} has room for ${capacity} entries, not for ${count}`,
      );
    // Writing past the end of this buffer throws a RangeError.
    const buffer = new ArrayBuffer(entryBytes * count);
    this.#view = new DataView(buffer);
    this.#sections.push({
      address: this.#constant(address) + (isPerKind ? kind * entryBytes * capacity : 0),
      bytes: new Uint8Array(buffer),
    });
    this.#at = 0;
  }

  /** Continues at a byte offset of the section. */
  goTo(byte: number): void {
    this.#at = byte;
  }

  word(value: number): void {
    this.#view.setUint32(this.#at, value, true);
    this.#at += 4;
  }

  words(...values: readonly number[]): void {
    for (const value of values) this.word(value);
  }

  long(value: bigint): void {
    this.#view.setBigInt64(this.#at, value, true);
    this.#at += 8;
  }

  text(text: string): void {
    for (let i = 0; i < text.length; i++) this.#view.setUint8(this.#at + i, text.charCodeAt(i));
    this.#at += text.length;
  }

  image(): readonly ImageSection[] {
    return this.#sections;
  }
}
