/**
 * The schedule of a loop nest: the level at which each step runs. That is the outermost level at
 * which all its dependencies are known. Steps therefore run as rarely as possible (loop-invariant
 * code motion), and a rejected combination is never expanded further (predicate pushdown).
 */

import { needsOverlap as columnNeedsOverlap, dependenciesOfColumn } from "../columns/derived.js";
import { column, isResultName, NAME_COLUMN } from "../columns/table.js";
import { needsRationals } from "../expression/exact.js";
import { type Expression, type ListItem, type Node, namesIn } from "../expression/node.js";
import type { Kind } from "../layers/kinds.js";
import { anyParameter, namesOfParameter } from "../layers/kinds.js";
import type { ParameterName } from "../layers/parameters.js";
import { rulesOf } from "../layers/rules.js";
import { PARAMETER_MAX } from "../limits.js";
import { dependenciesOf } from "../spec/names.js";
import { domainOf } from "../spec/values.js";
import { alwaysHasValue, type ValueSets } from "./bounds.js";
import type { DependentAxis, GridPlan, Step } from "./model.js";
import { isRepeat } from "./repeats.js";

/** A step that has not been assigned to a level yet. */
type UnplacedStep = Step extends infer S
  ? S extends Step
    ? Omit<S, "level" | "dependsOn" | "provides">
    : never
  : never;

type Nest = Pick<GridPlan, "fixed" | "loops" | "derived" | "dependents" | "valueSets">;

interface Task {
  readonly dependsOn: readonly string[];
  readonly step: () => UnplacedStep;
  /** The names that are known after the step. */
  readonly provides?: readonly string[];
}

/** The name that represents `taps` and `covered` of a dimension among the known names. */
const overlapOf = (dimension: number) => `(overlap ${dimension})`;

const GEOMETRY: readonly ParameterName[] = [
  "l_in",
  "kernel_size",
  "stride",
  "padding",
  "output_padding",
  "dilation",
];

/**
 * Schedules the steps of a grid.
 *
 * @param constraints the conditions of the grid, as in the spec.
 * @param cells the columns of a row.
 * @param needsOverlap whether the overlap is needed even if no column or condition needs it.
 */
export function schedule(
  kind: Kind,
  nest: Nest,
  constraints: readonly Expression[],
  cells: readonly string[],
  needsOverlap: boolean,
): Pick<GridPlan, "where" | "steps" | "predicates"> {
  const { valueSets } = nest;
  const steps: Step[] = [];
  const predicates: string[] = [];
  /** Adds predicates and returns the index of the first. */
  const addPredicates = (...texts: readonly string[]): number =>
    predicates.push(...texts) - texts.length;
  const known = new Set(nest.fixed.map(({ name }) => name));
  const isReady = ({ dependsOn }: Task) => dependsOn.every((name) => known.has(name));

  const rules = rulesOf(kind).flatMap(({ id, text, dependsOn, isTrue }, rule): Task[] => {
    // The rule about the word `same` is skipped if all paddings are numbers, as in most grids:
    // numbers never break it.
    if (id === "SAME_STRIDE" && !dependsOn.some((name) => mayBeWord(name, valueSets))) return [];
    const predicate = () => (isTrue ? {} : { predicate: addPredicates(text) });
    return [{ dependsOn, step: () => ({ kind: "rule", rule, ...predicate() }) }];
  });
  const where: Expression[] = [];
  const conditions = constraints.flatMap((constraint): Task[] => {
    let predicate: number | undefined;
    const parts = partsWithNames(kind, constraint, valueSets).map((piece) => ({
      ...piece,
      isExact: needsRationals(piece.part.root, isIntegerName),
    }));
    const text = textOf(constraint);
    // Repeats of an earlier grid have a single rejection count, even if that grid's conditions meet
    // missing values.
    const withMissing = isRepeat(text) ? text : `${text} (a value is missing)`;
    const texts = parts.some(({ isExact }) => isExact) ? [text, withMissing] : [text];
    return parts.map(({ part, dependsOn, isExact }): Task => {
      const at = where.push(part) - 1;
      // All parts of a constraint share one rejection count, and a second one for missing values.
      const step = (): UnplacedStep => {
        predicate ??= addPredicates(...texts);
        return { kind: "where", where: at, predicate, isExact };
      };
      return { dependsOn, step };
    });
  });
  const values = [
    ...nest.derived.map(({ name, expression }, derived): Task => {
      const text = `${name} = ${textOf(expression)}`;
      return {
        dependsOn: namesIn(expression.root).map((found) => found.name),
        step: () => ({
          kind: "derive",
          derived,
          predicate: addPredicates(`${text} divides exactly`, `${text} is ${rangeText(name)}`),
        }),
        provides: [name],
      };
    }),
    ...nest.dependents.map(
      (dependent, axis): Task => ({
        dependsOn: dependenciesOf(dependent),
        step: () => ({ kind: "expand", axis }),
      }),
    ),
  ];
  const isOverlapNeeded =
    needsOverlap ||
    cells.some((cell) => isResultName(cell) && columnNeedsOverlap(kind, cell)) ||
    conditions.some(({ dependsOn }) => dependsOn.includes(overlapOf(0)));
  const overlap = kind.dimensions.flatMap((_, dimension): Task[] => {
    const dependsOn = GEOMETRY.flatMap((base) => namesOfParameter(kind, base)[dimension] ?? []);
    return isOverlapNeeded
      ? [
          {
            dependsOn,
            step: () => ({ kind: "overlap", dimension }),
            provides: [overlapOf(dimension)],
          },
        ]
      : [];
  });
  const writing = cells.flatMap((name, cell): Task[] =>
    name === NAME_COLUMN
      ? []
      : [{ dependsOn: dependenciesOfCell(kind, name), step: () => ({ kind: "cell", cell }) }],
  );

  // Within a level: filters first, then cheap derivations, then overlaps, which are expensive. Each
  // class keeps the order of the spec.
  const pending = [rules, conditions, values, overlap];
  const cellsPending = [writing];
  for (let level = 0; level <= nest.loops.length; level++) {
    const place = (task: Task) => {
      const { dependsOn, provides = [] } = task;
      steps.push({ ...task.step(), level, dependsOn, provides } as Step);
      for (const name of provides) known.add(name);
    };
    const loop = nest.loops[level - 1];
    if (loop?.dependent !== undefined) {
      const axis = nest.dependents[loop.dependent] as DependentAxis;
      const text = `${loop.names.join(", ")} = ${axisText(axis)}`;
      const predicate = addPredicates(
        `${text} divides exactly`,
        `${text} is ${loop.names.map(rangeText).join(", ")}`,
      );
      steps.push({
        kind: "select",
        level,
        axis: loop.dependent,
        predicate,
        dependsOn: dependenciesOf(axis),
        provides: loop.names,
      });
    }
    for (const name of loop?.names ?? []) known.add(name);
    placeReady(pending, isReady, place);
    placeReady(cellsPending, isReady, place);
  }
  // A condition that is never checked would silently accept layers.
  const unchecked = pending[1]?.find((task) => !isReady(task));
  if (unchecked) {
    const unknown = unchecked.dependsOn.filter((name) => !known.has(name));
    throw new Error(`a condition depends on names that are never known: ${unknown.join(", ")}`);
  }
  return { where, steps, predicates };
}

/** Whether a padding may be a word. */
function mayBeWord(name: string, valueSets: ValueSets): boolean {
  return (
    anyParameter(name)?.base === "padding" &&
    (valueSets.get(name)?.max ?? 0n) > BigInt(PARAMETER_MAX)
  );
}

/** Whether the value of a name is always an integer. Results may be quotients, or missing. */
function isIntegerName(name: string): boolean {
  if (!isResultName(name)) return true;
  const { type, missing } = column(name);
  return type !== "decimal" && missing === undefined;
}

/**
 * Places all tasks that are ready and removes them from their lists. The next task is always the
 * first ready one of the first list that has any. Only a task that provides names can make others
 * ready, so the scan restarts only after such a task.
 */
function placeReady(
  lists: Task[][],
  isReady: (task: Task) => boolean,
  place: (task: Task) => void,
): void {
  for (let at = 0; at < lists.length; ) {
    const waiting: Task[] = [];
    let hasProvided = false;
    for (const task of lists[at] as Task[]) {
      if (hasProvided || !isReady(task)) {
        waiting.push(task);
        continue;
      }
      place(task);
      hasProvided = task.provides !== undefined;
    }
    lists[at] = waiting;
    at = hasProvided ? 0 : at + 1;
  }
}

/** All names that a column depends on, with the overlap of each dimension if it needs that. */
function dependenciesOfCell(kind: Kind, name: string): readonly string[] {
  if (!isResultName(name)) return [name];
  const dependsOn = dependenciesOfColumn(kind, name);
  return columnNeedsOverlap(kind, name)
    ? [...dependsOn, ...kind.dimensions.map((_, dimension) => overlapOf(dimension))]
    : dependsOn;
}

/**
 * Splits a constraint into the parts that must all hold, with the dependencies of each, so that
 * each part can be checked as early as possible. A part that may have no value also depends on the
 * names of all parts before it: they may guard it against that.
 */
function partsWithNames(
  kind: Kind,
  { source, root }: Expression,
  valueSets: ValueSets,
): { readonly part: Expression; readonly dependsOn: readonly string[] }[] {
  const before = new Set<string>();
  return partsOfConstraint(root).map((node) => {
    const own = new Set(namesIn(node).flatMap(({ name }) => dependenciesOfCell(kind, name)));
    const dependsOn = alwaysHasValue(node, valueSets)
      ? [...own]
      : [...new Set([...before, ...own])];
    for (const name of own) before.add(name);
    return { part: { source, root: node }, dependsOn };
  });
}

/** Splits `a and b`, and likewise `a < b < c`, into two parts. */
function partsOfConstraint(node: Node): readonly Node[] {
  if (node.kind === "and") return node.parts.flatMap(partsOfConstraint);
  if (node.kind !== "compare") return [node];
  return node.rest.map(({ operator, right }, i) => {
    const left = node.rest[i - 1]?.right ?? node.first;
    return {
      kind: "compare",
      first: left,
      rest: [{ operator, right }],
      start: left.start,
      end: right.end,
    };
  });
}

/** The source text of an expression, or of the part of a constraint, on one line. */
export function textOf({ source, root }: Expression | ListItem): string {
  return source.text.slice(root.start, root.end).trim().replace(/\s+/g, " ");
}

/** The source text of a dependent axis. Lists of more than four items are cut. */
export function axisText(axis: DependentAxis): string {
  const texts =
    axis.kind === "list"
      ? axis.items.map(textOf)
      : axis.rows.map((row) => `[${row.map(textOf).join(", ")}]`);
  const shown = texts.length > 4 ? [...texts.slice(0, 4), "…"] : texts;
  return axis.kind === "list" && shown.length === 1
    ? (shown[0] as string)
    : `[${shown.join(", ")}]`;
}

function rangeText(name: string): string {
  const { min, max, type } = domainOf(name);
  if (type === "boolean") return "true or false";
  return `from ${min} to ${max}`;
}
