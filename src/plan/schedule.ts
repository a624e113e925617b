/**
 * The schedule of a loop nest: at which level each thing is checked or worked out. That is the outermost one at which all it
 * depends on is known, so that it happens once per turn of that loop, and what is ruled out is never visited.
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

/** Of a step before its level is known. */
type Unplaced = Step extends infer S ? (S extends Step ? Omit<S, "level"> : never) : never;

type Nest = Pick<GridPlan, "fixed" | "loops" | "derived" | "dependents" | "valueSets">;

interface Task {
  readonly dependsOn: readonly string[];
  readonly step: () => Unplaced;
  /** What is known when it is done. */
  readonly gives?: readonly string[];
}

/** What stands for taps and covered of a dimension among the things that are known. */
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
 * @param constraints the conditions of the grid, as they are written.
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
  const requiring = (...texts: readonly string[]): number =>
    predicates.push(...texts) - texts.length;
  const known = new Set(nest.fixed.map(({ name }) => name));
  const isReady = ({ dependsOn }: Task) => dependsOn.every((name) => known.has(name));

  const rules = rulesOf(kind).flatMap(({ id, text, dependsOn, isTrue }, rule): Task[] => {
    // Most grids have numbers for all paddings, which never break the rule of the word `same`.
    if (id === "SAME_STRIDE" && !dependsOn.some((name) => mayBeWord(name, valueSets))) return [];
    const predicate = () => (isTrue ? {} : { predicate: requiring(text) });
    return [{ dependsOn, step: () => ({ kind: "rule", rule, ...predicate() }) }];
  });
  const where: Expression[] = [];
  const conditions = constraints.flatMap((constraint): Task[] => {
    let predicate: number | undefined;
    const parts = partsWithNames(kind, constraint, valueSets).map((of) => ({
      ...of,
      isExact: needsRationals(of.part.root, isWholeName),
    }));
    const text = textOf(constraint);
    // What an earlier grid has is one account, whatever else that grid's conditions met.
    const withMissing = isRepeat(text) ? text : `${text} (a value is missing)`;
    const texts = parts.some(({ isExact }) => isExact) ? [text, withMissing] : [text];
    return parts.map(({ part, dependsOn, isExact }): Task => {
      const at = where.push(part) - 1;
      // All parts of a constraint share one account, and those that meet missing values another.
      const step = (): Unplaced => {
        predicate ??= requiring(...texts);
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
          predicate: requiring(`${text} divides exactly`, `${text} is ${rangeText(name)}`),
        }),
        gives: [name],
      };
    }),
    ...nest.dependents.map(
      (of, axis): Task => ({
        dependsOn: dependenciesOf(of),
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
      ? [{ dependsOn, step: () => ({ kind: "overlap", dimension }), gives: [overlapOf(dimension)] }]
      : [];
  });
  const writing = cells.flatMap((name, cell): Task[] =>
    name === NAME_COLUMN
      ? []
      : [{ dependsOn: expandedName(kind, name), step: () => ({ kind: "cell", cell }) }],
  );

  // What rules layers out comes first, then what is cheap, then what is dear; each kind in the order in which it is written.
  const pending = [rules, conditions, values, overlap];
  const cellsPending = [writing];
  for (let level = 0; level <= nest.loops.length; level++) {
    const place = (task: Task) => {
      steps.push({ ...task.step(), level } as Step);
      for (const name of task.gives ?? []) known.add(name);
    };
    const loop = nest.loops[level - 1];
    if (loop?.dependent !== undefined) {
      const text = `${loop.names.join(", ")} = ${axisText(nest.dependents[loop.dependent] as DependentAxis)}`;
      const predicate = requiring(
        `${text} divides exactly`,
        `${text} is ${loop.names.map(rangeText).join(", ")}`,
      );
      steps.push({ kind: "select", level, axis: loop.dependent, predicate });
    }
    for (const name of loop?.names ?? []) known.add(name);
    placeReady(pending, isReady, place);
    placeReady(cellsPending, isReady, place);
  }
  // A condition that is never checked would let layers through without a word.
  const unchecked = pending[1]?.find((task) => !isReady(task));
  if (unchecked)
    throw new Error(
      `a condition depends on what is never known: ${unchecked.dependsOn.filter((name) => !known.has(name)).join(", ")}`,
    );
  return { where, steps, predicates };
}

/** Whether a padding may be a word. */
function mayBeWord(name: string, valueSets: ValueSets): boolean {
  return (
    anyParameter(name)?.base === "padding" &&
    (valueSets.get(name)?.max ?? 0n) > BigInt(PARAMETER_MAX)
  );
}

/** Whether a name always has a whole number as its value: results may be quotients, or missing. */
function isWholeName(name: string): boolean {
  if (!isResultName(name)) return true;
  const { type, missing } = column(name);
  return type !== "decimal" && missing === undefined;
}

/**
 * Places what is ready, always the first of the first list, and takes it out of its list. Only a task that gives something can make others
 * ready, so each list is passed through once for each of these.
 */
function placeReady(
  lists: Task[][],
  isReady: (task: Task) => boolean,
  place: (task: Task) => void,
): void {
  for (let at = 0; at < lists.length; ) {
    const waiting: Task[] = [];
    let hasGiven = false;
    for (const task of lists[at] as Task[]) {
      if (hasGiven || !isReady(task)) {
        waiting.push(task);
        continue;
      }
      place(task);
      hasGiven = task.gives !== undefined;
    }
    lists[at] = waiting;
    at = hasGiven ? 0 : at + 1;
  }
}

/** All that a column depends on. */
function expandedName(kind: Kind, name: string): readonly string[] {
  if (!isResultName(name)) return [name];
  const dependsOn = dependenciesOfColumn(kind, name);
  return columnNeedsOverlap(kind, name)
    ? [...dependsOn, ...kind.dimensions.map((_, dimension) => overlapOf(dimension))]
    : dependsOn;
}

/**
 * A constraint in the parts that must all hold, and what each depends on, so that each can be checked as soon as it can be. A part
 * that may have no value comes behind those before it all the same: they may be there to keep that from it.
 */
function partsWithNames(
  kind: Kind,
  { source, root }: Expression,
  valueSets: ValueSets,
): { readonly part: Expression; readonly dependsOn: readonly string[] }[] {
  const before = new Set<string>();
  return partsOfConstraint(root).map((node) => {
    const own = new Set(namesIn(node).flatMap(({ name }) => expandedName(kind, name)));
    const dependsOn = alwaysHasValue(node, valueSets)
      ? [...own]
      : [...new Set([...before, ...own])];
    for (const name of own) before.add(name);
    return { part: { source, root: node }, dependsOn };
  });
}

/** `a and b` are two parts, and so are `a < b < c`. */
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

/** An expression as it is written, on one line; of a constraint's part, that part. */
export function textOf({ source, root }: Expression | ListItem): string {
  return source.text.slice(root.start, root.end).trim().replace(/\s+/g, " ");
}

/** A dependent axis as it is written; long lists are cut. */
export function axisText(axis: DependentAxis): string {
  const texts =
    axis.kind === "list"
      ? axis.items.map(textOf)
      : axis.rows.map((row) => `[${row.map(textOf).join(", ")}]`);
  const quote = texts.length > 4 ? [...texts.slice(0, 4), "…"] : texts;
  return axis.kind === "list" && quote.length === 1
    ? (quote[0] as string)
    : `[${quote.join(", ")}]`;
}

function rangeText(name: string): string {
  const { min, max, type } = domainOf(name);
  if (type === "boolean") return "true or false";
  return `from ${min} to ${max}`;
}
