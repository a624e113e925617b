/** Plans and lists as the flat image that the kernel reads; its form is drawn in assembly/layout.ts. */
import { PARAMETERS } from "../columns.js";
import { errors } from "../errors.js";
import type { ListPlan } from "./list.js";
import type { Plan, Step } from "./plan.js";

export const METHODS = ["closed", "simulate", "verify"] as const;

/**
 * How taps and covered are found: by the closed form, by simulating, or both compared. `closed` and `simulate` give the
 * same integers, always.
 */
export type Method = (typeof METHODS)[number];

/** The value of a constant that the kernel exports, by its name in assembly/layout.ts. */
export type Constant = (name: string) => number;

const STEP_CONSTANTS: Readonly<Record<Step["kind"], string>> = { rule: "STEP_RULE", geometry: "STEP_GEOMETRY", cell: "STEP_CELL" };

function methodNumber(method: Method, constant: Constant): number {
  return constant(`METHOD_${method.toUpperCase()}`);
}

/** The kernel's number of a parameter or result column. */
export function columnNumber(name: string, constant: Constant): number {
  return constant(name.toUpperCase());
}

/**
 * @throws UpsweepError when the axes have more runs than the kernel holds.
 */
export function planImage(plan: Plan, method: Method, constant: Constant, place = "spec"): Uint32Array {
  const runCount = plan.loops.reduce((count, loop) => count + loop.runs.length, 0);
  if (runCount > constant("RUN_CAPACITY")) throw errors.tooManyRuns(place, runCount, constant("RUN_CAPACITY"));
  const stepWords = plan.steps.flatMap((step) => [constant(STEP_CONSTANTS[step.kind]), step.level, ...operandsOf(plan, step, constant)]);
  const padding = constant("STEP_CAPACITY") * 4 - stepWords.length;
  let firstRun = 0;
  const words = [plan.cells.length, plan.steps.length, methodNumber(method, constant), 0];
  for (const loop of plan.loops) {
    words.push(columnNumber(loop.name, constant), loop.size, firstRun);
    firstRun += loop.runs.length;
  }
  for (const level of plan.loops.keys()) words.push(beginOf(plan.steps, level));
  words.push(...stepWords, ...new Array<number>(padding).fill(0));
  for (const loop of plan.loops) {
    for (const run of loop.runs) words.push(run.first, run.step, run.count);
  }
  return Uint32Array.from(words);
}

/** The first step to take when the loop at `level` has turned: those further out still hold. */
function beginOf(steps: readonly Step[], level: number): number {
  const begin = steps.findIndex((step) => step.level >= level);
  return begin < 0 ? steps.length : begin;
}

function operandsOf(plan: Plan, step: Step, constant: Constant): [number, number] {
  switch (step.kind) {
    case "rule":
      return [step.rule, 0];
    case "geometry":
      return [0, 0];
    case "cell":
      return [step.slot, columnNumber(plan.cells[step.slot] as string, constant)];
  }
}

export function listImage(list: ListPlan, method: Method, constant: Constant): Uint32Array {
  const columns = list.columns.map((name) => columnNumber(name, constant));
  const unused = new Array<number>(constant("COLUMN_COUNT") - columns.length).fill(0);
  const roles = list.fields.map((field) => (field.parameter === undefined ? constant("ROLE_CARRIED") : columnNumber(field.parameter, constant)));
  return Uint32Array.from([
    columns.length,
    list.fields.length,
    methodNumber(method, constant),
    Number(list.skipInvalid),
    ...columns,
    ...unused,
    ...PARAMETERS.map((p) => ("default" in p ? p.default : p.least)),
    ...roles,
  ]);
}
