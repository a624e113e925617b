/** Encodes a grid of a plan as the image that the kernel reads. */

import { isResultName } from "../columns/table.js";
import { errors } from "../errors.js";
import type { Item, Node } from "../expression/node.js";
import { type Kind, kindOf, parameterOf } from "../layers/kinds.js";
import { DEFAULT_BITS, isSettingName, RATE_DENOMINATOR } from "../layers/parameters.js";
import { rulesOf } from "../layers/rules.js";
import { PARAMETER_MAX } from "../limits.js";
import { maxDivisors } from "../plan/bounds.js";
import type { Method } from "../plan/method.js";
import type { DependentAxis, GridPlan, Loop, Plan, Step } from "../plan/model.js";
import type { Constant } from "./constants.js";
import { absentFields, columnNumber, kindNumber, methodNumber, upper } from "./constants.js";
import type { ImageSection } from "./image-writer.js";
import { ImageWriter, PLAN_SECTIONS } from "./image-writer.js";
import { Code } from "./program.js";
import { type RowSegment, type Slot, segmentsOf, slotsOf } from "./row-template.js";

/**
 * The image of one grid of a plan.
 *
 * @throws UpsweepError if the grid exceeds a capacity of the kernel, for example in its steps.
 */
export function planImage(
  plan: Plan,
  gridNumber: number,
  method: Method,
  constant: Constant,
): readonly ImageSection[] {
  const grid = plan.grids[gridNumber] as GridPlan;
  const kind = kindOf(plan.layer);
  const isOwn = (name: string) =>
    !parameterOf(kind, name) && !isSettingName(name) && name !== RATE_DENOMINATOR;
  const variables = [...grid.valueSets.keys()].filter(isOwn);
  const columnOf = (name: string): number =>
    isOwn(name) && !isResultName(name)
      ? constant("VARIABLE_0") + variables.indexOf(name)
      : columnNumber(kind, name, constant);
  const code = new Code((name) => {
    const column = columnOf(name);
    return { column, isField: column < constant("RESULT_0") || column >= constant("VARIABLE_0") };
  });
  // For a fractional sample rate, the field contains the numerator, and the cell is a quotient.
  const hasFractions = grid.fixed.some(({ name }) => name === RATE_DENOMINATOR);
  const cellOf = (name: string): number => {
    if (name === "sample_rate" && hasFractions) return constant("SAMPLE_RATE_QUOTIENT");
    const dimension = dimensionOfWord(kind, grid, name);
    return dimension === undefined ? columnOf(name) : constant("PADDING_TEXT") + dimension;
  };
  const slots = slotsOf(plan, grid, constant);
  const progressions = progressionsOfLoops(grid.loops);
  const items = grid.dependents.map((axis) => itemsOf(axis, code));
  const progressionCapacities = grid.dependents.map((axis) => progressionsNeeded(axis));
  const progressionCount =
    progressions.count + progressionCapacities.reduce((sum, count) => sum + count, 0);
  const itemCount = items.reduce((sum, { length }) => sum + length, 0);
  const segments = segmentsOf(grid, slots);
  const steps = stepsOf(plan, grid, slots, segments, code, columnOf, cellOf, constant);
  checkRoom(plan.location, constant, {
    variables: variables.length,
    progressions: progressionCount,
    items: itemCount,
    steps: steps.length,
    code: code.instructions.length,
    slots: slots.length,
    predicates: grid.predicates.length,
  });

  const writer = new ImageWriter(constant);
  writer.begin(PLAN_SECTIONS.HEADER, 1);
  writer.words(
    slots.length,
    steps.length,
    methodNumber(method, constant),
    grid.loops.length + 1,
    grid.predicates.length,
    kindNumber(kind, constant),
    Number(plan.isComparing),
    segments.length,
    slots.length > 0 || plan.isComparing
      ? grid.loops.length
      : Math.max(0, ...grid.steps.map(({ level }) => level)),
  );
  writer.begin(PLAN_SECTIONS.LEVELS, grid.loops.length + 1);
  writer.words(1, 0, 0);
  for (const [i, { size, names, progressions: own }] of grid.loops.entries())
    writer.words(size, progressions.firstVariables[i] as number, own ? names.length : 0);
  writer.begin(PLAN_SECTIONS.LOOP_VARIABLES, progressions.variables.length);
  for (const { name, firstProgression } of progressions.variables)
    writer.words(columnOf(name), firstProgression);
  writer.begin(PLAN_SECTIONS.ENTRY_POINTS, grid.loops.length + 1);
  for (let level = 0; level <= grid.loops.length; level++) writer.word(entryPointOf(steps, level));
  writer.begin(PLAN_SECTIONS.STEPS, steps.length);
  for (const step of steps) writer.words(...step);
  writer.begin(PLAN_SECTIONS.AXES, grid.dependents.length);
  let [firstItem, firstProgression] = [0, progressions.count];
  for (const [i, { names }] of grid.dependents.entries()) {
    writer.goTo(i * constant("AXIS_BYTES"));
    const own = items[i] as (typeof items)[number];
    const positions = grid.loops.find(({ dependent }) => dependent === i)?.size as number;
    writer.words(
      firstItem,
      own.length,
      names.length,
      firstProgression,
      progressionCapacities[i] as number,
      positions,
      ...names.map(columnOf),
    );
    firstItem += own.length;
    firstProgression += progressionCapacities[i] as number;
  }
  writer.begin(PLAN_SECTIONS.ITEMS, itemCount);
  for (const { kind, programs } of items.flat()) {
    writer.words(
      constant(`ITEM_${upper(kind)}`),
      ...programs,
      ...new Array<number>(3 - programs.length).fill(0),
    );
  }
  writer.begin(PLAN_SECTIONS.FIELDS, constant("FIELD_COUNT"));
  writer.goTo(8 * constant("BITS"));
  writer.long(BigInt(DEFAULT_BITS));
  writer.goTo(8 * constant("SAMPLE_RATE_DENOMINATOR"));
  writer.long(1n);
  for (const [field, value] of absentFields(kind, constant)) {
    writer.goTo(8 * field);
    writer.long(BigInt(value));
  }
  for (const { name, value } of grid.fixed) {
    writer.goTo(8 * columnOf(name));
    writer.long(BigInt(value));
  }
  writer.begin(PLAN_SECTIONS.SLOTS, constant("CELL_CAPACITY"));
  for (const [i, { text }] of slots.entries()) {
    if (text === undefined) continue;
    writer.goTo(i * constant("CELL_BYTES"));
    writer.text(text);
    writer.goTo(i * constant("CELL_BYTES") + constant("CELL_LENGTH"));
    writer.word(text.length);
  }
  writer.begin(PLAN_SECTIONS.SEGMENTS, segments.length);
  for (const { cell, endSlot } of segments)
    writer.words(
      cell === undefined ? constant("NO_COLUMN") : cellOf(plan.cells[cell] as string),
      endSlot,
    );
  writer.begin(PLAN_SECTIONS.CODE, code.instructions.length);
  for (const { operation, operand, number } of code.instructions) {
    writer.words(constant(`OP_${operation}`), operand);
    writer.long(number);
  }
  writer.begin(PLAN_SECTIONS.PROGRESSIONS, progressions.count);
  for (const { progressions: own } of grid.loops) {
    for (const progression of (own ?? []).flat()) {
      writer.long(BigInt(progression.first));
      writer.long(BigInt(progression.step));
      writer.words(progression.count, 0);
    }
  }
  return writer.image();
}

function checkRoom(
  location: string,
  constant: Constant,
  need: Readonly<
    Record<
      "variables" | "progressions" | "items" | "steps" | "code" | "slots" | "predicates",
      number
    >
  >,
): void {
  if (need.variables > constant("VARIABLE_COUNT"))
    throw errors.tooManyVariables(location, need.variables, constant("VARIABLE_COUNT"));
  if (need.progressions > constant("PROGRESSION_CAPACITY"))
    throw errors.tooManyRanges(location, need.progressions, constant("PROGRESSION_CAPACITY"));
  if (need.items > constant("ITEM_CAPACITY"))
    throw errors.tooManyRanges(location, need.items, constant("ITEM_CAPACITY"));
  const steps = Math.max(need.steps, need.predicates);
  if (steps > constant("STEP_CAPACITY"))
    throw errors.tooManySteps(location, steps, constant("STEP_CAPACITY"));
  if (need.slots > constant("CELL_CAPACITY"))
    throw errors.tooManySteps(location, need.slots, constant("CELL_CAPACITY"));
  if (need.code > constant("INSTRUCTION_CAPACITY"))
    throw errors.tooMuchCode(location, need.code, constant("INSTRUCTION_CAPACITY"));
}

/**
 * The loop variables that have progressions of their own, with the index of the first progression
 * of each, and the index of the first variable of each loop.
 */
function progressionsOfLoops(loops: readonly Loop[]) {
  const variables: { name: string; firstProgression: number }[] = [];
  const firstVariables: number[] = [];
  let count = 0;
  for (const { names, progressions = [] } of loops) {
    firstVariables.push(variables.length);
    for (const [i, own] of progressions.entries()) {
      variables.push({ name: names[i] as string, firstProgression: count });
      count += own.length;
    }
  }
  return { variables, firstVariables, count };
}

interface ImageItem {
  readonly kind: Item["kind"];
  readonly programs: readonly number[];
}

function itemsOf(axis: DependentAxis, code: Code): ImageItem[] {
  if (axis.kind === "joint")
    return axis.rows.flat().map(({ root }) => ({ kind: "value", programs: [code.add(root)] }));
  return axis.items.map(({ root }) => ({
    kind: root.kind,
    programs: expressionsOf(root).map((node) => code.add(node)),
  }));
}

/** The expressions of an item, in the order of its operands. */
function expressionsOf(item: Item): Node[] {
  switch (item.kind) {
    case "value":
      return [item.value];
    case "divisors":
      return [item.of];
    case "pow2":
      return [item.first, item.last];
    case "range":
      return [item.first, item.last, item.step ?? { kind: "number", value: 1n, start: 0, end: 0 }];
  }
}

/** The maximum number of progressions that the values of a dependent axis can need. */
function progressionsNeeded(axis: DependentAxis): number {
  if (axis.kind === "joint") return axis.rows.length * axis.names.length;
  const max = { value: 1, range: 1, pow2: 63, divisors: maxDivisors(2n ** 31n - 1n) };
  return axis.items.reduce((sum, { root }) => sum + max[root.kind], 0);
}

/**
 * The entry point of a level: the first step to run after the loop at `level` has advanced. The
 * results of the steps of outer levels are still valid.
 */
function entryPointOf(steps: readonly (readonly number[])[], level: number): number {
  const begin = steps.findIndex(([_, own]) => (own as number) >= level);
  return begin < 0 ? steps.length : begin;
}

function stepsOf(
  plan: Plan,
  grid: GridPlan,
  slots: readonly Slot[],
  segments: readonly RowSegment[],
  code: Code,
  columnOf: (name: string) => number,
  cellOf: (name: string) => number,
  constant: Constant,
): number[][] {
  const rules = rulesOf(kindOf(plan.layer));
  const operandsOf = (step: Step, slot: number): number[] => {
    switch (step.kind) {
      case "rule": {
        const { id, dimension } = rules[step.rule] as (typeof rules)[number];
        return [step.predicate ?? 0, constant(`RULE_${id}`), dimension];
      }
      case "where":
        return [
          step.predicate,
          code.add((grid.where[step.where] as GridPlan["where"][number]).root, step.isExact),
        ];
      case "derive": {
        const { name, expression } = grid.derived[step.derived] as GridPlan["derived"][number];
        return [step.predicate, code.add(expression.root), columnOf(name)];
      }
      case "expand":
        return [step.axis];
      case "select":
        return [step.predicate, step.axis];
      case "overlap":
        return [step.dimension];
      case "cell":
        return [slot, cellOf(plan.cells[step.cell] as string)];
    }
  };
  const stepWords = constant("STEP_BYTES") / Uint32Array.BYTES_PER_ELEMENT;
  const words = (
    kind: Step["kind"] | "where_exact" | "join",
    level: number,
    operands: readonly number[],
  ): number[] => {
    const written = [constant(`STEP_${upper(kind)}`), level, ...operands];
    return [...written, ...new Array<number>(stepWords - written.length).fill(0)];
  };
  const steps: number[][] = [];
  for (let level = 0; level <= grid.loops.length; level++) {
    // Slots with a constant text are joined once, together with the cells of level 0.
    const written = new Set<number>(
      level > 0 ? [] : slots.flatMap(({ text }, slot) => (text === undefined ? [] : [slot])),
    );
    for (const step of grid.steps.filter((own) => own.level === level)) {
      const slot = step.kind === "cell" ? slots.findIndex(({ cell }) => cell === step.cell) : -1;
      if (segments.some(({ cell, endSlot }) => cell !== undefined && endSlot === slot)) continue;
      if (step.kind === "cell") written.add(slot);
      steps.push(
        words(
          step.kind === "where" && step.isExact ? "where_exact" : step.kind,
          level,
          operandsOf(step, slot),
        ),
      );
    }
    for (const [segment, { firstSlot, endSlot }] of segments.entries()) {
      const own = [...written].filter((slot) => slot >= firstSlot && slot < endSlot);
      if (own.length > 0) steps.push(words("join", level, [segment, Math.min(...own)]));
    }
  }
  return steps;
}

/**
 * The dimension of a parameter that is a word in some layers of a grid. Undefined for other names.
 */
function dimensionOfWord(kind: Kind, { valueSets }: GridPlan, name: string): number | undefined {
  const max = valueSets.get(name)?.max ?? 0n;
  const parameter = parameterOf(kind, name);
  return parameter?.words && max > BigInt(PARAMETER_MAX) ? parameter.dimension : undefined;
}
