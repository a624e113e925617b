/** The steps of a grid as words of the image: outer steps, filling steps, then vector steps. */

import { kindOf } from "../layers/kinds.js";
import { rulesOf } from "../layers/rules.js";
import type { Block } from "../plan/block.js";
import type { GridPlan, Plan, Step } from "../plan/model.js";
import { type Constant, upper } from "./constants.js";
import type { Code } from "./program.js";
import type { RowTemplate } from "./row-template.js";
import { vectorCondition } from "./vector-condition.js";

export interface StepWords {
  /** The words of every step. */
  readonly steps: readonly (readonly number[])[];
  /** The indices after the last outer, filling and vector step. */
  readonly ends: readonly [outer: number, fill: number, vector: number];
  /** For each level, the first step to run after its loop has advanced. */
  readonly entryPoints: readonly number[];
}

/**
 * The words of the steps of a grid.
 *
 * @param isText whether rows are written as text: then the texts of outer cells are joined.
 */
export function stepWords(
  plan: Plan,
  grid: GridPlan,
  block: Block,
  template: RowTemplate,
  isText: boolean,
  code: Code,
  columnOf: (name: string) => number,
  cellOf: (name: string) => number,
  constant: Constant,
): StepWords {
  const { slots, segments } = template;
  const rules = rulesOf(kindOf(plan.layer));
  const vectorSteps = new Set(
    block.vector.flatMap((own) => (own.kind === "step" ? [own.step] : [])),
  );
  const operandsOf = (step: Step): number[] => {
    switch (step.kind) {
      case "rule": {
        const { id, dimension } = rules[step.rule] as (typeof rules)[number];
        return [step.predicate ?? 0, constant(`RULE_${id}`), dimension];
      }
      case "where": {
        const { root } = grid.where[step.where] as GridPlan["where"][number];
        const forVectors =
          vectorSteps.has(step) && !step.isExact
            ? vectorCondition(kindOf(plan.layer), root, grid.valueSets, constant("STACK_VECTORS"))
            : undefined;
        return [
          step.predicate,
          code.add(root, step.isExact),
          forVectors ? 1 + code.addForVectors(forVectors) : 0,
        ];
      }
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
        return [
          slots.findIndex(({ cell }) => cell === step.cell),
          cellOf(plan.cells[step.cell] as string),
        ];
    }
  };
  const wordCount = constant("STEP_BYTES") / Uint32Array.BYTES_PER_ELEMENT;
  const words = (
    kind: string,
    level: number,
    operands: readonly number[],
    isLate = false,
  ): number[] => {
    const written = [constant(`STEP_${upper(kind)}` as "STEP_RULE"), level, ...operands];
    const padding = new Array<number>(wordCount - 1 - written.length).fill(0);
    return [...written, ...padding, Number(isLate)];
  };
  const wordsOf = (step: Step, isLate = false): number[] =>
    words(
      step.kind === "where" && step.isExact ? "where_exact" : step.kind,
      step.level,
      operandsOf(step),
      isLate,
    );
  const outer: number[][] = [];
  for (let level = 0; level <= block.level; level++) {
    // Slots with a constant text are joined once, together with the cells of level 0.
    const written = new Set<number>(
      level > 0 ? [] : slots.flatMap(({ text }, slot) => (text === undefined ? [] : [slot])),
    );
    for (const step of block.outer.filter((own) => own.level === level)) {
      const own = wordsOf(step);
      if (step.kind === "cell") written.add(own[2] as number);
      outer.push(own);
    }
    for (const [segment, { firstSlot, endSlot }] of segments.entries()) {
      if (!isText) break;
      const own = [...written].filter((slot) => slot >= firstSlot && slot < endSlot);
      if (own.length > 0) outer.push(words("join", level, [segment, Math.min(...own)]));
    }
  }
  const fill = block.fill.map((step) => wordsOf(step, block.late.has(step)));
  const vector = block.vector.map((own) =>
    own.kind === "step"
      ? wordsOf(own.step)
      : words("drop", own.of.level, [outer.length + block.fill.indexOf(own.of)]),
  );
  const ends = [
    outer.length,
    outer.length + fill.length,
    outer.length + fill.length + vector.length,
  ] as const;
  const entryPoints = Array.from({ length: grid.loops.length + 1 }, (_, level) =>
    level <= block.level ? entryPointOf(outer, level) : outer.length + entryPointOf(fill, level),
  );
  return { steps: [...outer, ...fill, ...vector], ends, entryPoints };
}

/**
 * The entry point of a level: the first step to run after the loop at `level` has advanced. The
 * results of the steps of outer levels are still valid.
 */
function entryPointOf(steps: readonly (readonly number[])[], level: number): number {
  const begin = steps.findIndex(([_, own]) => (own as number) >= level);
  return begin < 0 ? steps.length : begin;
}

/**
 * The fields that differ from row to row of a block, by their numbers in the kernel: first those
 * that filling the block sets, then those that its vector steps set.
 */
export function rowFieldsOf(
  plan: Plan,
  grid: GridPlan,
  block: Block,
  columnOf: (name: string) => number,
  constant: Constant,
): { readonly filled: readonly number[]; readonly vector: readonly number[] } {
  const rules = rulesOf(kindOf(plan.layer));
  const inDimension = (field: number, dimension: number) =>
    field + dimension * constant("DIMENSION_FIELDS");
  const setBy = (step: Step): number[] => {
    switch (step.kind) {
      case "derive":
      case "select":
        return step.provides.map(columnOf);
      case "overlap":
        return [constant("DIMENSION_TAPS"), constant("DIMENSION_COVERED")].map((field) =>
          inDimension(field, step.dimension),
        );
      case "rule": {
        const { id, dimension } = rules[step.rule] as (typeof rules)[number];
        if (id === "IN_CHANNELS") return [constant("IN_PER_GROUP")];
        if (id === "OUT_CHANNELS") return [constant("OUT_PER_GROUP")];
        return id === "L_OUT" ? [inDimension(constant("DIMENSION_L_OUT"), dimension)] : [];
      }
      default:
        return [];
    }
  };
  const ofLoops = grid.loops
    .slice(block.level)
    .flatMap(({ names, progressions }) => (progressions ? names.map(columnOf) : []));
  return {
    filled: [...new Set([...ofLoops, ...block.fill.flatMap(setBy)])],
    vector: [
      ...new Set(block.vector.flatMap((own) => (own.kind === "step" ? setBy(own.step) : []))),
    ],
  };
}
