// What several specs share: writing images and INPUT into memory, reading OUTPUT and the report, and counting layers by
// the plain definition. Nothing here calls the code under test, so that it can serve as an oracle.

import {
  COLUMN_COUNT, IMAGE_AXES_PTR, IMAGE_BEGIN_PTR, IMAGE_PTR, IMAGE_RUNS_PTR, IMAGE_STEPS_PTR, INPUT_PTR, LAYER_PTR,
  LIST_COLUMNS_PTR, LIST_DEFAULTS_PTR, LIST_ROLES_PTR, OUTPUT_PTR, PARAMETER_COUNT, REPORT_BYTES, REPORT_FAULT,
  REPORT_FAULT_AT, REPORT_FAULT_WHAT, REPORT_LINES, REPORT_PTR, REPORT_ROWS, REPORT_SKIPPED, STEP_BYTES, STEP_CELL,
  STEP_GEOMETRY, STEP_RULE,
} from "../../assembly/layout";

// ── Text ───────────────────────────────────────────────────────────────────────────────────────────────────────────

/** The bytes [ptr, endPtr) as a string. */
export function textAt(ptr: usize, endPtr: usize): string {
  return String.UTF8.decodeUnsafe(ptr, endPtr - ptr);
}

/** The part of OUTPUT that the last batch filled. */
export function output(): string {
  return textAt(OUTPUT_PTR, OUTPUT_PTR + <usize>reportBytes());
}

/** Puts a text into INPUT; returns the byte at which it ends. */
export function writeInput(text: string, at: u32 = 0): u32 {
  return at + <u32>String.UTF8.encodeUnsafe(changetype<usize>(text), text.length, INPUT_PTR + <usize>at);
}

// ── The report ─────────────────────────────────────────────────────────────────────────────────────────────────────

export function reportRows(): u64 { return load<u64>(REPORT_PTR + REPORT_ROWS); }
export function reportBytes(): u32 { return load<u32>(REPORT_PTR + REPORT_BYTES); }
export function reportFault(): u32 { return load<u32>(REPORT_PTR + REPORT_FAULT); }
export function reportFaultAt(): u64 { return load<u64>(REPORT_PTR + REPORT_FAULT_AT); }
export function reportFaultWhat(): u32 { return load<u32>(REPORT_PTR + REPORT_FAULT_WHAT); }
export function reportLines(): u32 { return load<u32>(REPORT_PTR + REPORT_LINES); }
export function reportSkipped(rule: u32): u64 { return load<u64>(REPORT_PTR + REPORT_SKIPPED + 8 * <usize>rule); }

// ── The layer record ───────────────────────────────────────────────────────────────────────────────────────────────

/** Writes the eleven parameters of a layer, in the order of their slots. */
export function writeLayer(parameters: StaticArray<u64>): void {
  for (let i = 0; i < parameters.length; i++) store<u64>(LAYER_PTR + 8 * <usize>i, parameters[i]);
}

export function layerField(field: u32): u64 { return load<u64>(LAYER_PTR + 8 * <usize>field); }

// ── The image of a plan ────────────────────────────────────────────────────────────────────────────────────────────

/** Writes the image of a plan: axes outermost first, then steps outermost level first, then `finish`. */
export class PlanImage {
  private axes: u32 = 0;
  private runs: u32 = 0;
  private steps: u32 = 0;
  private cells: u32 = 0;

  /** The next axis inwards, with its runs as first, stride, count, first, stride, count, … */
  axis(parameter: u32, runs: StaticArray<u32>): void {
    const ptr = IMAGE_AXES_PTR + 12 * <usize>(this.axes++);
    store<u32>(ptr, parameter);
    store<u32>(ptr, this.runs, 8);
    let size: u32 = 0;
    for (let i = 0; i < runs.length; i += 3) {
      const runPtr = IMAGE_RUNS_PTR + 12 * <usize>(this.runs++);
      for (let word = 0; word < 3; word++) store<u32>(runPtr + 4 * word, runs[i + word]);
      size += runs[i + 2];
    }
    store<u32>(ptr, size, 4);
  }

  /** The next axis inwards, which has one value. */
  fixed(parameter: u32, value: u32): void {
    this.axis(parameter, [value, 0, 1]);
  }

  rule(level: u32, rule: u32): void { this.step(STEP_RULE, level, rule, 0); }
  geometry(level: u32): void { this.step(STEP_GEOMETRY, level, 0, 0); }
  /** The next cell of the row. */
  cell(level: u32, column: u32): void { this.step(STEP_CELL, level, this.cells++, column); }

  private step(kind: u32, level: u32, a: u32, b: u32): void {
    const ptr = IMAGE_STEPS_PTR + STEP_BYTES * <usize>(this.steps++);
    store<u32>(ptr, kind);
    store<u32>(ptr, level, 4);
    store<u32>(ptr, a, 8);
    store<u32>(ptr, b, 12);
  }

  finish(method: u32): void {
    assert(this.axes == PARAMETER_COUNT, "a plan has an axis for each parameter");
    store<u32>(IMAGE_PTR, this.cells);
    store<u32>(IMAGE_PTR, this.steps, 4);
    store<u32>(IMAGE_PTR, method, 8);
    for (let level: u32 = 0; level < PARAMETER_COUNT; level++) {
      let begin: u32 = 0;
      while (begin < this.steps && load<u32>(IMAGE_STEPS_PTR + STEP_BYTES * <usize>begin, 4) < level) begin++;
      store<u32>(IMAGE_BEGIN_PTR + 4 * <usize>level, begin);
    }
  }
}

// ── The image of a list ────────────────────────────────────────────────────────────────────────────────────────────

/** Writes the image of a list; parameters without a field are those of l_in = 2, kernel_size = 3, stride = 1. */
export function writeListImage(roles: StaticArray<u32>, columns: StaticArray<u32>, method: u32, skipInvalid: bool): void {
  const defaults: StaticArray<u32> = [1, 1, 1, 2, 3, 1, 0, 0, 1, 1, 1];
  assert(<u32>columns.length <= COLUMN_COUNT);
  store<u32>(IMAGE_PTR, columns.length);
  store<u32>(IMAGE_PTR, roles.length, 4);
  store<u32>(IMAGE_PTR, method, 8);
  store<u32>(IMAGE_PTR, skipInvalid ? 1 : 0, 12);
  for (let i = 0; i < columns.length; i++) store<u32>(LIST_COLUMNS_PTR + 4 * <usize>i, columns[i]);
  for (let i = 0; i < defaults.length; i++) store<u32>(LIST_DEFAULTS_PTR + 4 * <usize>i, defaults[i]);
  for (let i = 0; i < roles.length; i++) store<u32>(LIST_ROLES_PTR + 4 * <usize>i, roles[i]);
}

// ── Layers counted by the definition ───────────────────────────────────────────────────────────────────────────────

export let plainLOut: i64 = 0;
export let plainTaps: u64 = 0;
export let plainCovered: u64 = 0;
/** y of the layer counted last: how many products each output element receives. */
export const plainY = new StaticArray<u32>(256);

/** Runs a layer of at most 256 outputs over ones; leaves its counts in the variables above unless l_out < 1. */
export function countPlainly(lIn: i64, kernelSize: i64, stride: i64, padding: i64, outputPadding: i64, dilation: i64): bool {
  const lastPosition = (lIn - 1) * stride + (kernelSize - 1) * dilation;
  plainLOut = lastPosition + 1 + outputPadding - padding - padding;
  if (plainLOut < 1) return false;
  plainTaps = plainCovered = 0;
  for (let j: i64 = 0; j < plainLOut; j++) plainY[<i32>j] = 0;
  for (let i: i64 = 0; i < lIn; i++) {
    for (let k: i64 = 0; k < kernelSize; k++) {
      const j = i * stride + k * dilation - padding;
      if (j < 0 || j >= plainLOut) continue;
      plainY[<i32>j] += 1;
      plainTaps++;
    }
  }
  for (let j: i64 = 0; j < plainLOut; j++) if (plainY[<i32>j] > 0) plainCovered++;
  return true;
}

/** Every layer of l_in 1..6, kernel_size 1..5, stride 1..4, padding 0..6, dilation 1..4 and every legal output_padding. */
export function forSmallLayers(visit: (lIn: i64, kernelSize: i64, stride: i64, padding: i64, outputPadding: i64, dilation: i64) => void): u32 {
  let visited: u32 = 0;
  for (let lIn: i64 = 1; lIn <= 6; lIn++) {
    for (let kernelSize: i64 = 1; kernelSize <= 5; kernelSize++) {
      for (let stride: i64 = 1; stride <= 4; stride++) {
        for (let dilation: i64 = 1; dilation <= 4; dilation++) {
          for (let padding: i64 = 0; padding <= 6; padding++) {
            for (let outputPadding: i64 = 0; outputPadding < stride || outputPadding < dilation; outputPadding++) {
              if (!countPlainly(lIn, kernelSize, stride, padding, outputPadding, dilation)) continue;
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
