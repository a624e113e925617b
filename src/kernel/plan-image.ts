/** Encodes a grid of a plan as the image that the kernel reads. */

import { isResultName } from "../columns/table.js";
import { errors } from "../errors.js";
import type { Item, Node } from "../expression/node.js";
import { type Kind, kindOf, parameterOf } from "../layers/kinds.js";
import { DEFAULT_BITS, isSettingName, RATE_DENOMINATOR } from "../layers/parameters.js";
import { PARAMETER_MAX } from "../limits.js";
import { blockOf } from "../plan/block.js";
import { maxDivisors } from "../plan/bounds.js";
import type { Method } from "../plan/method.js";
import type { DependentAxis, GridPlan, Loop, Plan } from "../plan/model.js";
import { type ColumnLayout, columnLayout } from "./column-layout.js";
import type { Constant } from "./constants.js";
import { absentFields, columnNumber, kindNumber, methodNumber, upper } from "./constants.js";
import type { ImageSection } from "./image-writer.js";
import { ImageWriter, PLAN_SECTIONS } from "./image-writer.js";
import { rowFieldsOf, stepWords } from "./plan-steps.js";
import { Code } from "./program.js";
import { rowTemplate, type Slot } from "./row-template.js";

/** The image of a grid, and what the host must know about it. */
export interface PlanImage {
  readonly sections: readonly ImageSection[];
  readonly slots: readonly Slot[];
  /** The columns of a batch, if rows are written as columns of numbers. */
  readonly columns: ColumnLayout;
}

const NO_COLUMNS: ColumnLayout = { places: [], rows: 0, runs: 0 };

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
  {
    maxVectorRows = constant("VECTOR_ROWS"),
    maxBlockPositions = constant("BLOCK_POSITIONS"),
    maxBlockBytes = constant("FILLED_BYTES"),
    isDense = false,
    isColumnar = false,
  }: PlanOptions = {},
): PlanImage {
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
  // For a fractional sample rate, the field contains the numerator, and the cell is a quotient. A
  // column of numbers has the type of all grids, so one grid with fractions decides it for all.
  const hasFractions = (isColumnar ? plan.grids : [grid]).some(({ fixed }) =>
    fixed.some(({ name }) => name === RATE_DENOMINATOR),
  );
  const cellOf = (name: string): number => {
    if (name === "sample_rate" && hasFractions) return constant("SAMPLE_RATE_QUOTIENT");
    const dimension = dimensionOfWord(kind, grid, name);
    return dimension === undefined ? columnOf(name) : constant("PADDING_TEXT") + dimension;
  };
  const vectorRows = isColumnar ? maxVectorRows : vectorRowsOf(plan, maxVectorRows, constant);
  const limits = {
    vectorRows,
    positions: maxBlockPositions,
    bytes: maxBlockBytes,
    isDense,
  };
  const block = blockOf(grid, method, plan.cells.length > 0 ? limits : undefined);
  const template = rowTemplate(plan, grid, block, !isColumnar, constant);
  const columns = isColumnar ? columnLayout(plan, template, constant) : NO_COLUMNS;
  const { slots, segments, vectorCells, rowTexts } = template;
  const progressions = progressionsOfLoops(grid.loops);
  const items = grid.dependents.map((axis) => itemsOf(axis, code));
  const progressionCapacities = grid.dependents.map((axis) => progressionsNeeded(axis));
  const progressionCount =
    progressions.count + progressionCapacities.reduce((sum, count) => sum + count, 0);
  const itemCount = items.reduce((sum, { length }) => sum + length, 0);
  const { steps, ends, entryPoints } = stepWords(
    plan,
    grid,
    block,
    template,
    !isColumnar,
    code,
    columnOf,
    cellOf,
    constant,
  );
  const rowFields = rowFieldsOf(plan, grid, block, columnOf, constant);
  // Without rows, layers are counted or compared one by one: their blocks are of one layer.
  const visitLevel =
    slots.length > 0
      ? block.level
      : plan.isComparing
        ? grid.loops.length
        : Math.max(0, ...grid.steps.map(({ level }) => level));
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
    ends[0],
    methodNumber(method, constant),
    grid.loops.length + 1,
    grid.predicates.length,
    kindNumber(kind, constant),
    Number(plan.isComparing),
    segments.length,
    visitLevel,
    ends[1],
    ends[2],
    block.level,
    vectorRows,
    block.rows,
    rowFields.filled.length,
    rowFields.filled.length + rowFields.vector.length,
    vectorCells.length,
    rowTexts.length,
    columns.places.length,
    columns.rows,
    columns.runs,
  );
  writer.begin(PLAN_SECTIONS.LEVELS, grid.loops.length + 1);
  writer.words(1, 0, 0);
  for (const [i, { size, names, progressions: own }] of grid.loops.entries())
    writer.words(size, progressions.firstVariables[i] as number, own ? names.length : 0);
  writer.begin(PLAN_SECTIONS.LOOP_VARIABLES, progressions.variables.length);
  for (const { name, firstProgression } of progressions.variables)
    writer.words(columnOf(name), firstProgression);
  writer.begin(PLAN_SECTIONS.ENTRY_POINTS, grid.loops.length + 1);
  writer.words(...entryPoints);
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
  for (const { source, number, endSlot, nextSlot } of segments)
    writer.words(constant(`SEGMENT_${upper(source)}`), number, endSlot, nextSlot);
  const rowFieldNumbers = [...rowFields.filled, ...rowFields.vector];
  writer.begin(PLAN_SECTIONS.ROW_FIELDS, rowFieldNumbers.length);
  writer.words(...rowFieldNumbers);
  const columnOfCell = (cell: number) => cellOf(plan.cells[cell] as string);
  writer.begin(PLAN_SECTIONS.VECTOR_CELLS, vectorCells.length);
  for (const { slot, cell, isBounded } of vectorCells)
    writer.words(columnOfCell(cell), slot, Number(isBounded));
  const textCells = rowTexts.flatMap(({ cells }) => cells);
  writer.begin(PLAN_SECTIONS.TEXTS, rowTexts.length);
  let firstCell = 0;
  for (const { cells, bytes, isLast } of rowTexts) {
    writer.words(firstCell, cells.length, bytes, Number(isLast));
    firstCell += cells.length;
  }
  writer.begin(PLAN_SECTIONS.TEXT_CELLS, textCells.length);
  writer.words(...textCells.map(columnOfCell));
  writer.begin(PLAN_SECTIONS.COLUMNS, columns.places.length);
  for (const { slot, vectorCell, width, values, missing } of columns.places)
    writer.words(slot, vectorCell ?? constant("NO_CELL"), width, values, missing ?? 0);
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
  return { sections: writer.image(), slots, columns };
}

export interface PlanOptions {
  // Tests use smaller limits than the kernel has.
  /** The maximum number of rows of a vector. */
  readonly maxVectorRows?: number;
  /** The maximum number of raw indices of a reused block, and of bytes of its rows. */
  readonly maxBlockPositions?: number;
  readonly maxBlockBytes?: number;
  /** Whether rows are written as columns of numbers instead of text. */
  readonly isColumnar?: boolean;
  /** Whether every raw index of a block may have a row (see plan/block.ts). */
  readonly isDense?: boolean;
}

/** The rows of a vector: as many as the space after a full output buffer has room for. */
function vectorRowsOf({ maxRowBytes }: Plan, max: number, constant: Constant): number {
  const slack = constant("OUTPUT_BUFFER_BYTES") - constant("OUTPUT_BYTES") - VECTOR_SLACK;
  return Math.max(1, Math.min(max, Math.floor(slack / Math.max(1, maxRowBytes))));
}

/** Bytes after a row that the kernel may overwrite. */
const VECTOR_SLACK = 64;

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
 * The dimension of a parameter that is a word in some layers of a grid. Undefined for other names.
 */
function dimensionOfWord(kind: Kind, { valueSets }: GridPlan, name: string): number | undefined {
  const max = valueSets.get(name)?.max ?? 0n;
  const parameter = parameterOf(kind, name);
  return parameter?.words && max > BigInt(PARAMETER_MAX) ? parameter.dimension : undefined;
}
