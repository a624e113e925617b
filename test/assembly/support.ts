// Helpers that several specs share. They write images and INPUT into memory, read OUTPUT and the
// report, and count layers by the definition. Nothing here calls the code under test, so the counts
// can serve as an oracle.

import * as layout from "../../assembly/layout";

// ── Text ──

/** The bytes [ptr, endPtr) as a string. */
export function textAt(ptr: usize, endPtr: usize): string {
  return String.UTF8.decodeUnsafe(ptr, endPtr - ptr);
}

/** The bytes of OUTPUT that the last batch wrote. */
export function output(): string {
  return textAt(layout.OUTPUT_PTR, layout.OUTPUT_PTR + <usize>reportBytes());
}

/** Writes a text into INPUT from byte `at` on. Returns the byte after it. */
export function writeInput(text: string, at: u32 = 0): u32 {
  return (
    at +
    <u32>(
      String.UTF8.encodeUnsafe(changetype<usize>(text), text.length, layout.INPUT_PTR + <usize>at)
    )
  );
}

// ── The report ──

export function reportRows(): u64 {
  return load<u64>(layout.REPORT_PTR + layout.REPORT_ROWS);
}
export function reportBytes(): u32 {
  return load<u32>(layout.REPORT_PTR + layout.REPORT_BYTES);
}
export function reportFault(): u32 {
  return load<u32>(layout.REPORT_PTR + layout.REPORT_FAULT);
}
export function reportFaultAt(): u64 {
  return load<u64>(layout.REPORT_PTR + layout.REPORT_FAULT_AT);
}
export function reportFaultDetail(): u32 {
  return load<u32>(layout.REPORT_PTR + layout.REPORT_FAULT_WHAT);
}
export function reportLines(): u32 {
  return load<u32>(layout.REPORT_PTR + layout.REPORT_LINES);
}
export function reportVisits(): u32 {
  return load<u32>(layout.REPORT_PTR + layout.REPORT_VISITS);
}
/**
 * The rejection count of a reason. The reasons of a list are the rules, from 0. The reasons of a
 * sweep are 0 for empty positions, then the predicates, from 1.
 */
export function reportRejected(rejectionReason: u32): u64 {
  return load<u64>(layout.REPORT_PTR + layout.REPORT_REJECTED + 8 * <usize>rejectionReason);
}

// ── The layer record ──

/** The fields of a one-dimensional layer in the order of its columns, then those of its results. */
const FIELDS: StaticArray<u32> = [
  layout.BATCH_SIZE,
  layout.IN_CHANNELS,
  layout.OUT_CHANNELS,
  layout.L_IN,
  layout.KERNEL_SIZE,
  layout.STRIDE,
  layout.PADDING,
  layout.OUTPUT_PADDING,
  layout.DILATION,
  layout.GROUPS,
  layout.BIAS,
  layout.DIMENSION_L_OUT,
  layout.DIMENSION_TAPS,
  layout.DIMENSION_COVERED,
];

/**
 * Writes the eleven parameters of a one-dimensional layer in the order of its columns. l_out, taps
 * and covered follow if they are given.
 */
export function writeLayer(parameters: StaticArray<u64>): void {
  for (let i = 0; i < parameters.length; i++)
    store<u64>(layout.LAYER_PTR + 8 * <usize>FIELDS[i], parameters[i]);
  store<u64>(layout.LAYER_PTR + 8 * <usize>layout.BITS, 32);
  store<u64>(layout.LAYER_PTR + 8 * <usize>layout.SAMPLE_RATE_DENOMINATOR, 1);
  store<u64>(
    layout.LAYER_PTR + 8 * <usize>layout.IN_PER_GROUP,
    layerField(layout.IN_CHANNELS) / layerField(layout.GROUPS),
  );
  store<u64>(
    layout.LAYER_PTR + 8 * <usize>layout.OUT_PER_GROUP,
    layerField(layout.OUT_CHANNELS) / layerField(layout.GROUPS),
  );
}

export function layerField(field: u32): u64 {
  return load<u64>(layout.LAYER_PTR + 8 * <usize>field);
}

// ── The image of a plan ──

/** A step of a plan, before it has its place in the image. */
class ImageStep {
  constructor(
    public kind: u32,
    public level: u32,
    public a: u32,
    public b: u32,
    public c: u32,
    public isMixed: bool,
  ) {}
}

/** A cell of a row. */
class ImageCell {
  constructor(
    public level: u32,
    public column: u32,
    public isBounded: bool,
    public isMixed: bool,
  ) {}
}

/**
 * Writes the image of a plan. Call the methods for loops first, from the outermost inwards; then
 * those for steps, from the outermost level inwards; then `finish`. A rule's predicate has the
 * number of the rule. Other steps are given their predicate.
 *
 * The block has the loops inside of `blockLevel`: a single layer by default. Steps that are added
 * while `isMixed` depend on outer loops too, and run on the vectors of a block if they are in it.
 */
export class PlanImage {
  private loops: u32 = 0;
  private variables: u32 = 0;
  private progressions: u32 = 0;
  private steps: Array<ImageStep> = [];
  private cells: Array<ImageCell> = [];
  private axes: u32 = 0;
  private items: u32 = 0;
  private instructions: u32 = 0;
  private fields: Array<u32> = [];
  private texts: u32 = 0;
  /** The level of the block; NO_LEVEL for the innermost one. */
  blockLevel: u32 = NO_LEVEL;
  /** The maximum number of rows of a vector, and of a reused block; 0 if none is reused. */
  vectorRows: u32 = layout.VECTOR_ROWS;
  blockRows: u32 = 0;
  /** Whether neighbouring cells of a reused block are reused texts. */
  hasTexts: bool = false;
  isMixed: bool = false;

  constructor() {
    memory.fill(layout.IMAGE_PTR, 0, layout.IMAGE_PROGRESSIONS_PTR - layout.IMAGE_PTR);
    this.loop(1, 0);
    this.loops = 0;
  }

  private loop(size: u32, variables: u32): void {
    const ptr = layout.IMAGE_LEVELS_PTR + layout.IMAGE_LEVEL_BYTES * <usize>this.loops;
    store<u32>(ptr, size);
    store<u32>(ptr, this.variables, 4);
    store<u32>(ptr, variables, 8);
  }

  /**
   * Adds a variable to the current loop. Its progressions are given as first, step, count, …
   * Returns its number of values.
   */
  private variable(field: u32, progressions: StaticArray<i64>): u32 {
    const ptr =
      layout.IMAGE_LOOP_VARIABLES_PTR + layout.IMAGE_LOOP_VARIABLE_BYTES * <usize>this.variables;
    this.variables++;
    store<u32>(ptr, field);
    store<u32>(ptr, this.progressions, 4);
    let size: u32 = 0;
    for (let i = 0; i < progressions.length; i += 3) {
      const progressionPtr =
        layout.IMAGE_PROGRESSIONS_PTR + layout.PROGRESSION_BYTES * <usize>this.progressions;
      this.progressions++;
      store<i64>(progressionPtr, progressions[i]);
      store<i64>(progressionPtr, progressions[i + 1], 8);
      store<u32>(progressionPtr, <u32>progressions[i + 2], 16);
      size += <u32>progressions[i + 2];
    }
    return size;
  }

  /** Adds the next inner loop, over one variable. */
  axis(field: u32, progressions: StaticArray<i64>): void {
    this.loops++;
    this.loop(0, 1);
    const size = this.variable(field, progressions);
    store<u32>(layout.IMAGE_LEVELS_PTR + layout.IMAGE_LEVEL_BYTES * <usize>this.loops, size);
  }

  /** Adds the next inner loop, over two variables that advance together. */
  joint(
    first: u32,
    firstProgressions: StaticArray<i64>,
    second: u32,
    secondProgressions: StaticArray<i64>,
  ): void {
    this.loops++;
    this.loop(0, 2);
    const size = this.variable(first, firstProgressions);
    this.variable(second, secondProgressions);
    store<u32>(layout.IMAGE_LEVELS_PTR + layout.IMAGE_LEVEL_BYTES * <usize>this.loops, size);
  }

  /**
   * Adds the next inner loop, over an axis that depends on others. Each item is a kind and three
   * programs. Returns the number of the axis.
   */
  dependent(
    size: u32,
    fields: StaticArray<u32>,
    items: StaticArray<StaticArray<u32>>,
    progressionCapacity: u32,
  ): u32 {
    this.loops++;
    this.loop(size, 0);
    const ptr = layout.IMAGE_AXES_PTR + layout.AXIS_BYTES * <usize>this.axes;
    store<u32>(ptr, this.items);
    store<u32>(ptr, items.length, 4);
    store<u32>(ptr, fields.length, 8);
    store<u32>(ptr, this.progressions, 12);
    store<u32>(ptr, progressionCapacity, 16);
    store<u32>(ptr, size, 20);
    for (let i = 0; i < fields.length; i++) store<u32>(ptr + 4 * <usize>i, fields[i], 24);
    for (let i = 0; i < items.length; i++) {
      const itemPtr = layout.IMAGE_ITEMS_PTR + layout.ITEM_BYTES * <usize>this.items;
      for (let word = 0; word < 4; word++) store<u32>(itemPtr + 4 * <usize>word, items[i][word]);
      this.items++;
    }
    this.progressions += progressionCapacity;
    return this.axes++;
  }

  /**
   * Adds a program. Each instruction is an operation, an operand and a number; OP_END is appended.
   * Returns the number of the program.
   */
  program(instructions: StaticArray<StaticArray<i64>>): u32 {
    const first = this.instructions;
    for (let i = 0; i < instructions.length; i++) {
      const instruction = instructions[i];
      this.instruction(<u32>instruction[0], <u32>instruction[1], instruction[2]);
    }
    this.instruction(layout.OP_END, 0, 0);
    return first;
  }

  private instruction(operation: u32, operand: u32, number: i64): void {
    const ptr = layout.IMAGE_CODE_PTR + layout.INSTRUCTION_BYTES * <usize>this.instructions;
    this.instructions++;
    store<u32>(ptr, operation);
    store<u32>(ptr, operand, 4);
    store<i64>(ptr, number, 8);
  }

  /** Sets a field that has the same value in all layers. */
  fixed(field: u32, value: u64): void {
    store<u64>(layout.IMAGE_FIELDS_PTR + 8 * <usize>field, value);
  }

  rule(level: u32, rule: u32, dimension: u32 = 0): void {
    this.step(layout.STEP_RULE, level, rule, rule, dimension);
  }
  /** `vectorProgram` is the program for vectors; there is none by default. */
  where(level: u32, predicate: u32, program: u32, vectorProgram: u32 = NO_PROGRAM): void {
    const third = vectorProgram == NO_PROGRAM ? 0 : 1 + vectorProgram;
    this.step(layout.STEP_WHERE, level, predicate, program, third);
  }
  whereExact(level: u32, predicate: u32, program: u32): void {
    this.step(layout.STEP_WHERE_EXACT, level, predicate, program, 0);
  }
  derive(level: u32, predicate: u32, program: u32, field: u32): void {
    this.step(layout.STEP_DERIVE, level, predicate, program, field);
  }
  expand(level: u32, axis: u32): void {
    this.step(layout.STEP_EXPAND, level, axis, 0, 0);
  }
  select(level: u32, predicate: u32, axis: u32): void {
    this.step(layout.STEP_SELECT, level, predicate, axis, 0);
  }
  overlap(level: u32, dimension: u32 = 0): void {
    this.step(layout.STEP_OVERLAP, level, dimension, 0, 0);
  }
  /** Adds the next cell of the row. A bounded one never exceeds 64 bits. */
  cell(level: u32, column: u32, isBounded: bool = false): void {
    this.cells.push(new ImageCell(level, column, isBounded, this.isMixed));
  }

  private step(kind: u32, level: u32, a: u32, b: u32, c: u32): void {
    this.steps.push(new ImageStep(kind, level, a, b, c, this.isMixed));
  }

  private writeStep(step: u32, own: ImageStep, isLate: bool): void {
    const ptr = layout.IMAGE_STEPS_PTR + layout.STEP_BYTES * <usize>step;
    store<u32>(ptr, own.kind);
    store<u32>(ptr, own.level, 4);
    store<u32>(ptr, own.a, 8);
    store<u32>(ptr, own.b, 12);
    store<u32>(ptr, own.c, 16);
    store<u32>(ptr, isLate ? 1 : 0, layout.STEP_IS_LATE);
  }

  private segment(segment: u32, source: u32, number: u32, endSlot: u32, nextSlot: u32): void {
    const ptr = layout.IMAGE_SEGMENTS_PTR + layout.IMAGE_SEGMENT_BYTES * <usize>segment;
    store<u32>(ptr, source);
    store<u32>(ptr, number, 4);
    store<u32>(ptr, endSlot, 8);
    store<u32>(ptr, nextSlot, 12);
  }

  private rowField(field: u32): void {
    if (this.fields.includes(field)) return;
    store<u32>(layout.IMAGE_ROW_FIELDS_PTR + 4 * <usize>this.fields.length, field);
    this.fields.push(field);
  }

  /** Adds the fields that a step sets. */
  private fieldsOf(step: ImageStep): void {
    const dimension = (step.kind == layout.STEP_RULE ? step.c : step.a) * layout.DIMENSION_FIELDS;
    if (step.kind == layout.STEP_DERIVE) this.rowField(step.c);
    if (step.kind == layout.STEP_OVERLAP) {
      this.rowField(layout.DIMENSION_TAPS + dimension);
      this.rowField(layout.DIMENSION_COVERED + dimension);
    }
    if (step.kind == layout.STEP_SELECT) {
      const ptr = layout.IMAGE_AXES_PTR + layout.AXIS_BYTES * <usize>step.b;
      for (let i: u32 = 0; i < load<u32>(ptr, layout.AXIS_NAME_COUNT); i++)
        this.rowField(load<u32>(ptr + 4 * <usize>i, layout.AXIS_FIELDS));
    }
    if (step.kind == layout.STEP_RULE) {
      if (step.b == layout.RULE_IN_CHANNELS) this.rowField(layout.IN_PER_GROUP);
      if (step.b == layout.RULE_OUT_CHANNELS) this.rowField(layout.OUT_PER_GROUP);
      if (step.b == layout.RULE_L_OUT) this.rowField(layout.DIMENSION_L_OUT + dimension);
    }
  }

  /** Writes the cells, and the steps that write those of outer loops. Returns the next step. */
  private writeCells(level: u32, firstStep: u32): u32 {
    let step = firstStep;
    let segment: u32 = 0;
    for (let slot: u32 = 0; slot < <u32>this.cells.length; slot++) {
      const cell = this.cells[slot];
      if (cell.level > this.blockLevel) {
        segment++;
        while (this.isText(slot) && this.isText(slot + 1)) slot++;
      } else if (cell.level == level) {
        const own = new ImageStep(layout.STEP_CELL, level, slot, cell.column, 0, false);
        this.writeStep(step++, own, false);
        own.kind = layout.STEP_JOIN;
        own.a = segment;
        own.b = slot;
        this.writeStep(step++, own, false);
      }
    }
    return step;
  }

  /** Whether a cell is in a reused text. */
  private isText(slot: u32): bool {
    return (
      this.hasTexts &&
      slot < <u32>this.cells.length &&
      this.cells[slot].level > this.blockLevel &&
      this.cells[slot].isBounded &&
      !this.cells[slot].isMixed
    );
  }

  /** Writes the segments of a row, its vector cells and its reused texts. */
  private writeRow(): void {
    let segments: u32 = 0,
      vectorCells: u32 = 0,
      textCells: u32 = 0;
    const slots = <u32>this.cells.length;
    for (let slot: u32 = 0; slot < slots; slot++) {
      const cell = this.cells[slot];
      if (cell.level <= this.blockLevel) continue;
      if (this.isText(slot)) {
        const first = slot,
          firstCell = textCells;
        for (; this.isText(slot); slot++) {
          const ptr = layout.IMAGE_TEXT_CELLS_PTR + 4 * <usize>textCells;
          textCells++;
          store<u32>(ptr, this.cells[slot].column);
        }
        const ptr = layout.IMAGE_TEXTS_PTR + layout.IMAGE_TEXT_BYTES * <usize>this.texts;
        store<u32>(ptr, firstCell);
        store<u32>(ptr, textCells - firstCell, 4);
        store<u32>(ptr, 32 * (textCells - firstCell), 8);
        store<u32>(ptr, slot == slots ? 1 : 0, 12);
        this.segment(segments++, layout.SEGMENT_ROW_TEXT, this.texts++, first, slot);
        slot--;
        continue;
      }
      const ptr =
        layout.IMAGE_VECTOR_CELLS_PTR + layout.IMAGE_VECTOR_CELL_BYTES * <usize>vectorCells;
      store<u32>(ptr, cell.column);
      store<u32>(ptr, slot, 4);
      store<u32>(ptr, cell.isBounded ? 1 : 0, 8);
      this.segment(segments++, layout.SEGMENT_CELL, vectorCells++, slot, slot + 1);
    }
    this.segment(segments++, layout.SEGMENT_END, 0, slots, slots);
    store<u32>(layout.IMAGE_PTR, segments, layout.IMAGE_SEGMENT_COUNT);
    store<u32>(layout.IMAGE_PTR, vectorCells, layout.IMAGE_VECTOR_CELL_COUNT);
    store<u32>(layout.IMAGE_PTR, this.texts, layout.IMAGE_TEXT_COUNT);
  }

  /** Makes a variable of each loop inside of the block a row field. */
  private writeLoopFields(): void {
    for (let level = this.blockLevel + 1; level <= this.loops; level++) {
      const ptr = layout.IMAGE_LEVELS_PTR + layout.IMAGE_LEVEL_BYTES * <usize>level;
      for (let i: u32 = 0; i < load<u32>(ptr, 8); i++) {
        const variable = <usize>(load<u32>(ptr, 4) + i);
        const variablePtr =
          layout.IMAGE_LOOP_VARIABLES_PTR + layout.IMAGE_LOOP_VARIABLE_BYTES * variable;
        this.rowField(load<u32>(variablePtr));
      }
    }
  }

  /** The first step from `begin` on that is at a level or inside it, else `end`. */
  private entryPoint(level: u32, begin: u32, end: u32): u32 {
    for (; begin < end; begin++) {
      if (load<u32>(layout.IMAGE_STEPS_PTR + layout.STEP_BYTES * <usize>begin, 4) >= level) break;
    }
    return begin;
  }

  /** The number of levels: the loops, and level 0. */
  get levels(): u32 {
    return this.loops + 1;
  }

  finish(method: u32, predicates: u32 = layout.RULE_COUNT): void {
    if (this.blockLevel > this.loops) this.blockLevel = this.loops;
    const header = layout.IMAGE_PTR;
    let step: u32 = 0;
    for (let level: u32 = 0; level <= this.blockLevel; level++) {
      for (let i = 0; i < this.steps.length; i++) {
        if (this.steps[i].level == level) this.writeStep(step++, this.steps[i], false);
      }
      step = this.writeCells(level, step);
    }
    const outerEnd = step;
    this.writeLoopFields();
    let isAfterVectorStep = false;
    for (let i = 0; i < this.steps.length; i++) {
      const own = this.steps[i];
      if (own.level <= this.blockLevel) continue;
      if (own.isMixed) {
        isAfterVectorStep = true;
      } else {
        this.writeStep(step++, own, isAfterVectorStep && own.kind != layout.STEP_OVERLAP);
        this.fieldsOf(own);
      }
    }
    const fillEnd = step;
    store<u32>(header, this.fields.length, layout.IMAGE_FILLED_FIELD_COUNT);
    let filling = outerEnd;
    isAfterVectorStep = false;
    for (let i = 0; i < this.steps.length; i++) {
      const own = this.steps[i];
      if (own.level <= this.blockLevel) continue;
      if (own.isMixed) {
        isAfterVectorStep = true;
        this.writeStep(step++, own, false);
        this.fieldsOf(own);
        continue;
      }
      if (isAfterVectorStep && own.kind != layout.STEP_OVERLAP) {
        const drop = new ImageStep(layout.STEP_DROP, own.level, filling, 0, 0, true);
        this.writeStep(step++, drop, false);
      }
      filling++;
    }
    this.writeRow();
    store<u32>(header, this.cells.length, layout.IMAGE_SLOT_COUNT);
    store<u32>(header, outerEnd, layout.IMAGE_OUTER_STEP_END);
    store<u32>(header, method, layout.IMAGE_METHOD);
    store<u32>(header, this.levels, layout.IMAGE_LEVEL_COUNT);
    store<u32>(header, predicates, layout.IMAGE_PREDICATE_COUNT);
    store<u32>(header, this.kind, layout.IMAGE_KIND);
    const visitLevel = this.cells.length > 0 ? this.blockLevel : this.lastStepLevel;
    store<u32>(header, visitLevel, layout.IMAGE_VISIT_LEVEL);
    store<u32>(header, fillEnd, layout.IMAGE_FILL_STEP_END);
    store<u32>(header, step, layout.IMAGE_VECTOR_STEP_END);
    store<u32>(header, this.blockLevel, layout.IMAGE_BLOCK_LEVEL);
    store<u32>(header, this.vectorRows, layout.IMAGE_VECTOR_ROWS);
    store<u32>(header, this.blockRows, layout.IMAGE_BLOCK_ROWS);
    store<u32>(header, this.fields.length, layout.IMAGE_ROW_FIELD_COUNT);
    for (let level: u32 = 0; level < this.levels; level++) {
      const isOuter = level <= this.blockLevel;
      store<u32>(
        layout.IMAGE_ENTRY_POINTS_PTR + 4 * <usize>level,
        this.entryPoint(level, isOuter ? 0 : outerEnd, isOuter ? outerEnd : fillEnd),
      );
    }
  }

  /** The kind of the layers. */
  kind: u32 = layout.KIND_CONV_TRANSPOSE1D;

  /** The innermost level that has a step. */
  private get lastStepLevel(): u32 {
    let last: u32 = 0;
    for (let i = 0; i < this.steps.length; i++) last = max(last, this.steps[i].level);
    return last;
  }
}

/** In place of the level of a block, and of the program of a condition over vectors. */
export const NO_LEVEL: u32 = 0xffffffff;
const NO_PROGRAM: u32 = 0xffffffff;

// ── The image of a list ──

/**
 * Writes the image of a list. Parameters without a field have the values of the smallest example:
 * l_in = 2, kernel_size = 3, stride = 1.
 */
export function writeListImage(
  roles: StaticArray<u32>,
  columns: StaticArray<u32>,
  method: u32,
  skipInvalid: bool,
): void {
  const defaults: StaticArray<u32> = [1, 1, 1, 2, 3, 1, 0, 0, 1, 1, 1];
  assert(<u32>columns.length <= layout.LIST_COLUMN_CAPACITY);
  store<u32>(layout.IMAGE_PTR, columns.length);
  store<u32>(layout.IMAGE_PTR, roles.length, 4);
  store<u32>(layout.IMAGE_PTR, method, 8);
  store<u32>(layout.IMAGE_PTR, skipInvalid ? 1 : 0, 12);
  store<u32>(layout.IMAGE_PTR, layout.KIND_CONV_TRANSPOSE1D, 16);
  store<u64>(layout.LIST_DEFAULTS_PTR + 8 * <usize>layout.SAMPLE_RATE_DENOMINATOR, 1);
  store<u32>(layout.IMAGE_PTR, 0, 20);
  store<u32>(layout.IMAGE_PTR, layout.NO_KIND_FIELD, 24);
  store<u32>(layout.IMAGE_PTR, 0, 28);
  for (let i = 0; i < columns.length; i++)
    store<u32>(layout.LIST_COLUMNS_PTR + 4 * <usize>i, columns[i]);
  for (let i = 0; i < defaults.length; i++)
    store<u64>(layout.LIST_DEFAULTS_PTR + 8 * <usize>FIELDS[i], defaults[i]);
  for (let i = 0; i < roles.length; i++) store<u32>(layout.LIST_ROLES_PTR + 4 * <usize>i, roles[i]);
}

// ── Layers counted by the definition ──

export let expectedLOut: i64 = 0;
export let expectedTaps: u64 = 0;
export let expectedCovered: u64 = 0;
/** y of the layer counted last: the number of products that land on each output element. */
export const expectedY = new StaticArray<u32>(256);

/**
 * Runs a layer of at most 256 outputs over ones, and sets the variables above to its counts.
 * Returns false, without counts, if l_out < 1.
 */
export function countByDefinition(
  lIn: i64,
  kernelSize: i64,
  stride: i64,
  padding: i64,
  outputPadding: i64,
  dilation: i64,
): bool {
  const lastPosition = (lIn - 1) * stride + (kernelSize - 1) * dilation;
  expectedLOut = lastPosition + 1 + outputPadding - padding - padding;
  if (expectedLOut < 1) return false;
  expectedTaps = expectedCovered = 0;
  for (let j: i64 = 0; j < expectedLOut; j++) expectedY[<i32>j] = 0;
  for (let i: i64 = 0; i < lIn; i++) {
    for (let k: i64 = 0; k < kernelSize; k++) {
      const j = i * stride + k * dilation - padding;
      if (j < 0 || j >= expectedLOut) continue;
      expectedY[<i32>j] += 1;
      expectedTaps++;
    }
  }
  for (let j: i64 = 0; j < expectedLOut; j++) if (expectedY[<i32>j] > 0) expectedCovered++;
  return true;
}

/**
 * Visits every layer with l_in 1..6, kernel_size 1..5, stride 1..4, padding 0..6, dilation 1..4 and
 * a valid output_padding, whose l_out is at least 1. Counts each by the definition first. Returns
 * the number of layers.
 */
export function forSmallLayers(
  visit: (
    lIn: i64,
    kernelSize: i64,
    stride: i64,
    padding: i64,
    outputPadding: i64,
    dilation: i64,
  ) => void,
): u32 {
  let visited: u32 = 0;
  for (let lIn: i64 = 1; lIn <= 6; lIn++) {
    for (let kernelSize: i64 = 1; kernelSize <= 5; kernelSize++) {
      for (let stride: i64 = 1; stride <= 4; stride++) {
        for (let dilation: i64 = 1; dilation <= 4; dilation++) {
          for (let padding: i64 = 0; padding <= 6; padding++) {
            for (
              let outputPadding: i64 = 0;
              outputPadding < stride || outputPadding < dilation;
              outputPadding++
            ) {
              if (!countByDefinition(lIn, kernelSize, stride, padding, outputPadding, dilation))
                continue;
              visit(lIn, kernelSize, stride, padding, outputPadding, dilation);
              visited++;
            }
          }
        }
      }
    }
  }
  return visited;
}

/** The parameters of one dimension as text, which names a layer in a failed comparison. */
export function layerLabel(
  lIn: i64,
  kernelSize: i64,
  stride: i64,
  padding: i64,
  outputPadding: i64,
  dilation: i64,
): string {
  const input = `l_in ${lIn} k ${kernelSize} s ${stride}`;
  return `${input} p ${padding} o ${outputPadding} d ${dilation}`;
}
