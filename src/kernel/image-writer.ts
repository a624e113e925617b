/** The sections of the image that the kernel reads, and a writer for them. assembly/layout.ts draws their form. */

import type { ConstantName } from "./constants.generated.js";
import type { Constant } from "./constants.js";

/** A part of an image: bytes, and the address in the kernel's memory where they belong. */
export interface ImageSection {
  readonly address: number;
  readonly bytes: Uint8Array;
}

/** A section of an image: where it begins, the bytes of one entry, and the most entries. Texts name constants of assembly/layout.ts. */
interface Section {
  readonly address: ConstantName;
  readonly entry: number | ConstantName;
  readonly max: number | ConstantName;
  /** Whether each kind of layer has that many entries, one kind after the other. */
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
  CODE: { address: "IMAGE_CODE_PTR", entry: "INSTRUCTION_BYTES", max: "INSTRUCTION_CAPACITY" },
  PROGRESSIONS: {
    address: "IMAGE_PROGRESSIONS_PTR",
    entry: "PROGRESSION_BYTES",
    max: "PROGRESSION_CAPACITY",
  },
} as const satisfies Readonly<Record<string, Section>>;

/** The sections of a list's image, in the order of their addresses. */
export const LIST_SECTIONS = {
  HEADER: { address: "IMAGE_PTR", entry: "IMAGE_HEADER_BYTES", max: 1 },
  KINDS: { address: "LIST_KINDS_PTR", entry: "LIST_KIND_BYTES", max: 1, isPerKind: true },
  COLUMNS: { address: "LIST_COLUMNS_PTR", entry: 4, max: "LIST_COLUMN_CAPACITY", isPerKind: true },
  DEFAULTS: { address: "LIST_DEFAULTS_PTR", entry: 8, max: "LAYER_FIELDS", isPerKind: true },
  ROLES: { address: "LIST_ROLES_PTR", entry: 4, max: "FIELD_CAPACITY", isPerKind: true },
} as const satisfies Readonly<Record<string, Section>>;

/**
 * Writes an image section by section; unwritten bytes of a section are zero. Only the entries in use are written, because most sections have far
 * more room. A section that needs more room than it has is a defect of the program: it throws instead of overwriting the next section.
 */
export class ImageWriter {
  readonly #constant: Constant;
  readonly #sections: ImageSection[] = [];
  #view = new DataView(new ArrayBuffer(0));
  #at = 0;

  constructor(constant: Constant) {
    this.#constant = constant;
  }

  /** Begins a section of so many entries; in a section that each kind has, those of the kind with that number. */
  begin({ address, entry, max, isPerKind }: Section, count: number, kind = 0): void {
    const numberOf = (value: number | ConstantName) =>
      typeof value === "number" ? value : this.#constant(value);
    const [bytes, room] = [numberOf(entry), numberOf(max)];
    if (count > room)
      throw new Error(`the section at ${address} has room for ${room} entries, not for ${count}`);
    // Writing past the end of this buffer throws a RangeError.
    const buffer = new ArrayBuffer(bytes * count);
    this.#view = new DataView(buffer);
    this.#sections.push({
      address: this.#constant(address) + (isPerKind ? kind * bytes * room : 0),
      bytes: new Uint8Array(buffer),
    });
    this.#at = 0;
  }

  /** Goes to a byte of the part. */
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
