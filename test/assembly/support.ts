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

/**
 * Writes the image of a plan. Call the methods for loops first, from the outermost inwards; then
 * those for steps, from the outermost level inwards; then `finish`. A rule's predicate has the
 * number of the rule. Other steps are given their predicate.
 */
export class PlanImage {
  private loops: u32 = 0;
  private variables: u32 = 0;
  private progressions: u32 = 0;
  private steps: u32 = 0;
  private slots: u32 = 0;
  private segments: u32 = 0;
  private axes: u32 = 0;
  private items: u32 = 0;
  private instructions: u32 = 0;

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

  rule(level: u32, rule: u32): void {
    this.step(layout.STEP_RULE, level, rule, rule, 0);
  }
  where(level: u32, predicate: u32, program: u32): void {
    this.step(layout.STEP_WHERE, level, predicate, program, 0);
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
  overlap(level: u32): void {
    this.step(layout.STEP_OVERLAP, level, 0, 0, 0);
  }
  /**
   * Adds the next cell of the row. All loops must have been added. A cell of the innermost loop is
   * new in every row and ends a segment.
   */
  cell(level: u32, column: u32): void {
    const slot = this.slots++;
    if (level == this.loops) {
      this.segment(column, slot);
    } else {
      this.step(layout.STEP_CELL, level, slot, column, 0);
      this.step(layout.STEP_JOIN, level, this.segments, slot, 0);
    }
  }

  private segment(column: u32, endSlot: u32): void {
    const ptr = layout.IMAGE_SEGMENTS_PTR + layout.IMAGE_SEGMENT_BYTES * <usize>this.segments;
    this.segments++;
    store<u32>(ptr, column);
    store<u32>(ptr, endSlot, 4);
  }

  /** The innermost level that has a step. */
  private get lastStepLevel(): u32 {
    return this.steps == 0
      ? 0
      : load<u32>(layout.IMAGE_STEPS_PTR + layout.STEP_BYTES * <usize>(this.steps - 1), 4);
  }

  private step(kind: u32, level: u32, a: u32, b: u32, c: u32): void {
    const ptr = layout.IMAGE_STEPS_PTR + layout.STEP_BYTES * <usize>this.steps;
    this.steps++;
    store<u32>(ptr, kind);
    store<u32>(ptr, level, 4);
    store<u32>(ptr, a, 8);
    store<u32>(ptr, b, 12);
    store<u32>(ptr, c, 16);
  }

  /** The number of levels: the loops, and level 0. */
  get levels(): u32 {
    return this.loops + 1;
  }

  finish(method: u32, predicates: u32 = layout.RULE_COUNT): void {
    store<u32>(layout.IMAGE_PTR, this.slots);
    store<u32>(layout.IMAGE_PTR, this.steps, 4);
    store<u32>(layout.IMAGE_PTR, method, 8);
    store<u32>(layout.IMAGE_PTR, this.levels, 12);
    store<u32>(layout.IMAGE_PTR, predicates, 16);
    store<u32>(layout.IMAGE_PTR, layout.KIND_CONV_TRANSPOSE1D, 20);
    this.segment(layout.NO_COLUMN, this.slots);
    store<u32>(layout.IMAGE_PTR, this.segments, 28);
    store<u32>(layout.IMAGE_PTR, this.slots > 0 ? this.loops : this.lastStepLevel, 32);
    for (let level: u32 = 0; level < this.levels; level++) {
      let begin: u32 = 0;
      while (
        begin < this.steps &&
        load<u32>(layout.IMAGE_STEPS_PTR + layout.STEP_BYTES * <usize>begin, 4) < level
      )
        begin++;
      store<u32>(layout.IMAGE_ENTRY_POINTS_PTR + 4 * <usize>level, begin);
    }
  }
}

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
