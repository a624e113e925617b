/** `upsweep plan`: what a sweep will do, before it does it. */
import type { ResultName } from "../columns.js";
import { mayOverflow, rangesOf } from "../plan/bounds.js";
import { type Loop, type Plan, planSweep, type Step } from "../plan/plan.js";
import { RULES } from "../rules.js";
import { estimate } from "../run/estimate.js";
import { defaultWorkers } from "../run/runner.js";
import { shardCount, shardSize } from "../run/shards.js";
import { lastOf, type Run } from "../spec/values.js";
import { type AxisFlags, specFromCommand } from "./options.js";
import { print } from "./report.js";
import { bytesText, duration, table, thousands } from "./text.js";

interface PlanOptions {
  readonly columns?: string;
  readonly workers?: number;
}

export async function plan(file: string | undefined, flags: AxisFlags, options: PlanOptions): Promise<void> {
  const planned = planSweep(await specFromCommand(file, flags, options.columns));
  print(planText(planned, options.workers ?? defaultWorkers()));
}

export function planText(plan: Plan, workers: number): string {
  return [nestText(plan), "", sizeText(plan, workers), ...overflowText(plan)].join("\n");
}

/** The loops as one would write them, each with what is worked out inside it and not deeper. */
function nestText(plan: Plan): string {
  const fixed = plan.loops.filter((loop) => loop.size === 1).map((loop) => `${loop.name} ${valuesText(loop)}`);
  const lines = [...(fixed.length > 0 ? [`fixed: ${fixed.join(", ")}`] : []), ...stepLines(plan, "", (level) => plan.loops[level]?.size === 1)];
  let indent = "";
  for (const [level, loop] of plan.loops.entries()) {
    if (loop.size === 1) continue;
    lines.push(`${indent}for ${loop.name} in ${valuesText(loop)}: (${thousands(loop.size)} values)`);
    indent += "  ";
    lines.push(...stepLines(plan, indent, (at) => at === level));
  }
  return lines.join("\n");
}

function stepLines(plan: Plan, indent: string, isHere: (level: number) => boolean): string[] {
  const here = plan.steps.filter((step) => isHere(step.level));
  const rules = here.flatMap((step) => (step.kind === "rule" ? [`${indent}leave out unless ${RULES[step.rule]?.text}`] : []));
  const results = here.flatMap((step) => resultOf(plan, step) ?? []);
  return [...rules, ...(results.length > 0 ? [`${indent}count ${results.join(", ")}`] : [])];
}

function resultOf(plan: Plan, step: Step): ResultName | undefined {
  if (step.kind !== "cell") return undefined;
  const name = plan.cells[step.slot];
  return plan.columns.find((column) => column === name);
}

/** Values as a spec writes them; long lists are cut. */
function valuesText(loop: Loop): string {
  const shown = loop.runs.slice(0, 8).map((run) => runText(loop, run));
  const text = loop.runs.length > shown.length ? [...shown, "…"].join(", ") : shown.join(", ");
  return loop.runs.length > 1 ? `[${text}]` : text;
}

function runText(loop: Loop, run: Run): string {
  if (loop.name === "bias") return String(run.first === 1);
  if (run.count === 1) return String(run.first);
  return `${run.first}..${lastOf(run)}${run.step === 1 ? "" : `:${run.step}`}`;
}

function sizeText(plan: Plan, workers: number): string {
  const { rows, bytes, seconds, isExact, sampled } = estimate(plan);
  const about = isExact ? "" : "about ";
  const share = plan.size === 0n ? 0 : Number((rows * 1000n) / plan.size) / 10;
  const basis = isExact ? "counted" : `by ${thousands(sampled)} layers drawn uniformly`;
  return table([
    ["layers", thousands(plan.size), "legal or not"],
    ["rows", `${about}${thousands(rows)}`, `${share} % of the layers are legal (${basis})`],
    ["bytes", `${about}${bytesText(bytes)}`, `a row has at most ${plan.rowBytesMost} bytes`],
    [
      "time",
      `about ${duration(seconds / workers)}`,
      `with ${workers} worker${workers === 1 ? "" : "s"}, if the disk keeps up (measured just now on a part of the grid)`,
    ],
    ["shards", thousands(shardCount(plan, "closed")), `of ${thousands(shardSize(plan, "closed"))} layers`],
  ]);
}

function overflowText(plan: Plan): string[] {
  const names = plan.columns.filter((name) => mayOverflow(name, rangesOf(plan.loops)));
  if (names.length === 0) return [];
  return ["", `${names.join(", ")} may pass 2^64 - 1 on the largest layers; the sweep stops at the first that does.`];
}
