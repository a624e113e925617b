/**
 * The summary of a finished run. Rows, rejected layers and empty positions add up to all indices.
 */
import { type ForJson, type JsonValue, withJson } from "../../columns/results.js";
import { RULES } from "../../layers/rule-table.js";
import type { CellValue, ConstantColumn } from "../../plan/model.js";
import type { Position } from "./position.js";

export interface Summary extends ForJson<SummaryInJson> {
  /** Number of raw indices swept: rows + rejected layers + empty positions. */
  readonly size: bigint;
  readonly rows: bigint;
  /**
   * Number of rejected layers by rejection reason, in the order of checking. Reasons that rejected
   * no layer are omitted.
   */
  readonly rejected: ReadonlyMap<string, bigint>;
  /**
   * Number of empty positions. They are past the end of an axis that depends on others, or repeat a
   * value of that axis.
   */
  readonly empty: bigint;
  /**
   * Number of rows of each grid of the spec, in order. Missing if the run resumed one that did not
   * record them.
   */
  readonly gridRows?: readonly bigint[];
  /** With `dropConstant`: the columns that were left out, with the value of every row. */
  readonly constants?: ReadonlyMap<string, CellValue>;
  /** The bytes of the file. 0 for `sweep`, whose rows are not text. */
  readonly bytes: number;
  readonly seconds: number;
}

/** A summary in JSON. All bigint counts are strings, and the map is an object. */
export interface SummaryInJson {
  readonly size: string;
  readonly rows: string;
  readonly rejected: Readonly<Record<string, string>>;
  readonly empty: string;
  readonly gridRows?: readonly string[];
  readonly constants?: Readonly<Record<string, JsonValue>>;
  readonly bytes: number;
  readonly seconds: number;
}

/** Maps each rejection reason to its count, omitting counts of 0. */
export function namedRejections(
  names: readonly string[],
  rejected: readonly bigint[],
): Map<string, bigint> {
  return new Map(
    names
      .map((name, i): [string, bigint] => [name, rejected[i] ?? 0n])
      .filter(([, count]) => count > 0n),
  );
}

/** The rejection reasons of a list: the rules. */
export const LIST_REJECTIONS: readonly string[] = RULES.map(({ text }) => text);

/**
 * The summary of a sweep that reached `position`.
 *
 * @param constants the columns that were left out, if the sweep was asked to.
 */
export function summarise(
  rejectionReasons: readonly string[],
  position: Position,
  bytes: number,
  seconds: number,
  constants?: readonly ConstantColumn[],
): Summary {
  const { done, rows, empty, rejected, gridRows } = position;
  const counts = {
    size: done,
    rows,
    rejected: namedRejections(rejectionReasons, rejected),
    empty,
    ...(gridRows && { gridRows }),
    ...(constants && { constants: new Map(constants.map(({ name, value }) => [name, value])) }),
  };
  return withJson({ ...counts, bytes, seconds }) as unknown as Summary;
}
