/**
 * upsweep, the library: exact operation counts of `torch.nn.ConvTranspose1d`, of its 2-d and 3-d
 * variants, of plain convolutions and of linear layers, for one layer or for a design space of
 * billions.
 *
 * - `count`: one layer.
 * - `counter`: one layer after another, with the options checked once.
 * - `countMany`: many layers in one call, as columns.
 * - `plan`: the size and loop nest of a design space.
 * - `sweep` and `sweepToFile`: every layer of a design space, on all cores.
 *
 * Wrong input causes an `UpsweepError`, with the location, the value and a remedy in its message.
 *
 * @example
 * ```ts
 * import { count, sweepToFile } from "upsweep";
 *
 * const layer = { in_channels: 512, out_channels: 256, kernel_size: 16, stride: 8, padding: 4 };
 * count({ ...layer, l_in: 32 }).macs; // 66060288n
 *
 * const axes = { in_channels: 64, out_channels: 64, kernel_size: "2..16", l_in: "pow2(32, 512)" };
 * await sweepToFile({ axes }, "out.csv");
 * ```
 */

export type { BigInts, CountedResults, ForJson, JsonValue, ResultsAs } from "./columns/results.js";
export {
  COLUMNS,
  type Column,
  DEFAULT_COLUMNS,
  type LayerResults,
  type ResultName,
  type Results,
  type ResultValue,
} from "./columns/table.js";
export { type ErrorCode, UpsweepError } from "./errors.js";
export type { KindName, Parameter } from "./layers/kinds.js";
export { KIND_NAMES } from "./layers/kinds.js";
export type { LayerInput, LayerInputs, LayerParameters } from "./layers/layer.js";
export { PARAMETERS, type ParameterName, SETTINGS } from "./layers/parameters.js";
export type { RuleId } from "./layers/rule-table.js";
export { RULES } from "./layers/rule-table.js";
export type { Rule } from "./layers/rules.js";
export { count, counter } from "./library/count.js";
export type { CounterInput, CounterOptions, CountOptions } from "./library/counter.js";
export { countMany } from "./library/many.js";
export type { LayerColumn, LayerColumns, ManyOptions, ManyResults } from "./library/many-types.js";
export { type GridSummary, type LoopSummary, type PlanSummary, plan } from "./library/plan.js";
export { type FileOptions, type SweepOptions, sweep, sweepToFile } from "./library/sweep.js";
export { PARAMETER_MAX } from "./limits.js";
export type { CellValue } from "./plan/model.js";
export type { Progress } from "./run/output/position.js";
export type { Summary, SummaryInJson } from "./run/output/summary.js";
export { type Row, RowBatch } from "./run/sweep/batch.js";
export type { AxisEntry, GridInput, SpecInput } from "./spec/read.js";
