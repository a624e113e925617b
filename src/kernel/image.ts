/** Plans and lists as the flat image that the kernel reads; its form is drawn in assembly/layout.ts. */
import { hasColumn } from "../columns/derived.js";
import { column, isResultName, NAME_COLUMN } from "../columns/table.js";
import { errors } from "../errors.js";
import type { Item, Node } from "../expression/node.js";
import { KIND_NAMES, type Kind, kindOf, parameterOf } from "../layers/kinds.js";
import { DEFAULT_BITS, isSettingName, RATE_DENOMINATOR } from "../layers/parameters.js";
import { rulesOf } from "../layers/rules.js";
import { maxDivisors } from "../plan/bounds.js";
import {
  addedColumns,
  droppedColumns,
  holdsKind,
  type ListPlan,
  type Role,
  rolesOf,
} from "../plan/list.js";
import type { Method } from "../plan/method.js";
import type { DependentAxis, GridPlan, Loop, Plan, Step } from "../plan/model.js";
import { NAME_BYTES } from "../spec/spec.js";
import { Code } from "./program.js";

/** The value of a constant that the kernel exports, by its name in assembly/layout.ts. */
export type Constant = (name: string) => number;

function methodNumber(method: Method, constant: Constant): number {
  return constant(`METHOD_${method.toUpperCase()}`);
}

/** The kernel's number of a parameter, setting or result column. */
export function columnNumber(kind: Kind, name: string, constant: Constant): number {
  const inDimension = (field: string, dimension: number) =>
    constant(field) + dimension * constant("DIMENSION_FIELDS");
  const parameter = parameterOf(kind, name);
  if (parameter) return inDimension(parameter.base.toUpperCase(), parameter.dimension);
  const letter = isResultName(name) ? column(name).dimension : undefined;
  if (letter !== undefined) return inDimension("DIMENSION_L_OUT", kind.dimensions.indexOf(letter));
  // Of one dimension these are fields, so that reading one is no calculation; of several they are products.
  const isField = kind.dimensions.length === 1 && ["l_out", "taps", "covered"].includes(name);
  return constant(isField ? `DIMENSION_${name.toUpperCase()}` : name.toUpperCase());
}

/** The kernel's slots of a row: a column takes one, a grid's name as many as the longest could need. */
export interface Slot {
  /** The place of its column in the plan's cells. */
  readonly cell: number;
  /** Its text, where that is the same throughout. */
  readonly text?: string;
}

const SLOT_BYTES = 28;

/** The slots of a grid's rows. A name is cut into as many as it may need; unused ones are empty. */
export function slotsOf(plan: Plan, grid: GridPlan): Slot[] {
  return plan.cells.flatMap((name, cell): Slot[] => {
    if (name !== NAME_COLUMN) return [{ cell }];
    const text = Buffer.from(`${grid.name}${cell === plan.cells.length - 1 ? "\n" : ","}`);
    const count = Math.ceil((NAME_BYTES + 1) / SLOT_BYTES);
    return Array.from({ length: count }, (_, i) => ({
      cell,
      text: text.toString("latin1", i * SLOT_BYTES, (i + 1) * SLOT_BYTES),
    }));
  });
}

/** A part of the row: slots whose texts several rows have in common, and the cell behind them that is new in every row. */
interface RowSegment {
  readonly firstSlot: number;
  /** The slot behind the last; that of the new cell, if there is one. */
  readonly endSlot: number;
  /** The new cell's place in the plan's cells. */
  readonly cell?: number;
}

/** New in every row is what is worked out when the innermost loop turns. */
function segmentsOf({ steps, loops }: GridPlan, slots: readonly Slot[]): RowSegment[] {
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

/** A part of an image: bytes, and the address in the kernel's memory where they belong. */
export interface ImageSection {
  readonly address: number;
  readonly bytes: Uint8Array;
}

/** A section of an image: where it begins, the bytes of one entry, and the most entries. Texts name constants of assembly/layout.ts. */
interface Section {
  readonly address: string;
  readonly entry: number | string;
  readonly max: number | string;
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
    const numberOf = (value: number | string) =>
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

/**
 * The image of one grid of a plan.
 *
 * @throws UpsweepError when there is more of something than the kernel holds.
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
  // A sample rate that is a fraction has its numerator in the field, and is a quotient in the row.
  const hasFractions = grid.fixed.some(({ name }) => name === RATE_DENOMINATOR);
  const cellOf = (name: string): number =>
    name === "sample_rate" && hasFractions ? constant("SAMPLE_RATE_QUOTIENT") : columnOf(name);
  const slots = slotsOf(plan, grid);
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
      constant(`ITEM_${kind.toUpperCase()}`),
      ...programs,
      ...new Array<number>(3 - programs.length).fill(0),
    );
  }
  writer.begin(PLAN_SECTIONS.FIELDS, constant("FIELD_COUNT"));
  writer.goTo(8 * constant("BITS"));
  writer.long(BigInt(DEFAULT_BITS));
  writer.goTo(8 * constant("SAMPLE_RATE_DENOMINATOR"));
  writer.long(1n);
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

/** The members of the loops: what they turn by themselves, and where the runs of each begin. */
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

/** The most runs that the values of an axis can take. */
function progressionsNeeded(axis: DependentAxis): number {
  if (axis.kind === "joint") return axis.rows.length * axis.names.length;
  const max = { value: 1, range: 1, pow2: 63, divisors: maxDivisors(2n ** 31n - 1n) };
  return axis.items.reduce((sum, { root }) => sum + max[root.kind], 0);
}

/** The first step to take when the loop at `level` has turned: those further out still hold. */
function entryPointOf(steps: readonly (readonly number[])[], level: number): number {
  const begin = steps.findIndex(([_, own]) => (own as number) >= level);
  return begin < 0 ? steps.length : begin;
}

const STEP_WORDS = 5;

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
        return [step.predicate, constant(`RULE_${id}`), dimension];
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
  const words = (kind: string, level: number, operands: readonly number[]): number[] => {
    const written = [constant(`STEP_${kind.toUpperCase()}`), level, ...operands];
    return [...written, ...new Array<number>(STEP_WORDS - written.length).fill(0)];
  };
  const steps: number[][] = [];
  for (let level = 0; level <= grid.loops.length; level++) {
    // Slots with one text throughout are joined once, with what is written at level 0.
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

function kindNumber(kind: Kind, constant: Constant): number {
  return constant(`KIND_${kind.name.toUpperCase()}`);
}

/** The image of a list: for each kind of layer that it can hold, what its columns mean and which results follow. */
export function listImage(
  list: ListPlan,
  method: Method,
  constant: Constant,
): readonly ImageSection[] {
  const writer = new ImageWriter(constant);
  writer.begin(LIST_SECTIONS.HEADER, 1);
  writer.words(
    list.columns.length,
    list.fields.length,
    methodNumber(method, constant),
    Number(list.skipInvalid),
    kindNumber(kindOf(list.layer), constant),
    Number(list.isComparing),
    list.kindField ?? constant("NO_KIND_FIELD"),
    Number(droppedColumns(list).length > 0),
  );
  const leased = (list.kindField === undefined ? [list.layer] : KIND_NAMES).map(kindOf);
  for (const kind of leased) writeKind(writer, list, kind, constant);
  return writer.image();
}

function writeKind(writer: ImageWriter, list: ListPlan, kind: Kind, constant: Constant): void {
  const number = kindNumber(kind, constant);
  writer.begin(LIST_SECTIONS.KINDS, 1, number);
  writer.text(kind.name.replaceAll("_", ""));
  writer.goTo(constant("LIST_KIND_NAME_BYTES"));
  writer.long(holdsKind(list, kind) ? 1n : 0n);

  const added = addedColumns(list);
  writer.begin(LIST_SECTIONS.COLUMNS, list.columns.length, number);
  for (const name of list.columns) {
    if (!hasColumn(kind, name)) writer.word(constant("NO_COLUMN"));
    else
      writer.word(
        columnNumber(kind, name, constant) |
          (added.includes(name) ? constant("COLUMN_IS_ADDED") : 0),
      );
  }

  writer.begin(LIST_SECTIONS.DEFAULTS, constant("LAYER_FIELDS"), number);
  const { bits = DEFAULT_BITS, sample_rate = { numerator: 0n, denominator: 1n } } = list.settings;
  const defaults = [
    ...kind.parameters.map((p): [string, number | bigint] => [p.name, p.default ?? p.min]),
    ["bits", bits] as const,
    ["sample_rate", sample_rate.numerator] as const,
    [RATE_DENOMINATOR, sample_rate.denominator] as const,
  ];
  for (const [name, value] of defaults) {
    writer.goTo(8 * columnNumber(kind, name, constant));
    writer.long(BigInt(value));
  }

  const roles = rolesOf(list, kind);
  writer.begin(LIST_SECTIONS.ROLES, roles.length, number);
  for (const role of roles) writer.word(roleNumber(kind, role, constant));
}

function roleNumber(kind: Kind, role: Role, constant: Constant): number {
  switch (role.does) {
    case "set": {
      const plain = kind.plainNames.find((base) => base === role.name);
      return plain
        ? constant(plain.toUpperCase()) | constant("ROLE_EVERY_DIMENSION")
        : columnNumber(kind, role.name, constant);
    }
    case "stay empty":
      return constant("ROLE_EMPTY");
    case "name the kind":
      return constant("ROLE_KIND");
    case "go":
      return constant("ROLE_DROPPED");
    case "pass":
      return constant("ROLE_CARRIED");
  }
}
