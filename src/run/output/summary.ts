/** What a finished run says of itself; every raw index stands in its account. */
import { type ForJson, withJson } from "../../columns/results.js";
import { RULES } from "../../layers/rules.js";
import type { Position } from "./position.js";

export interface Summary extends ForJson<SummaryInJson> {
  /** Raw indices swept: rows + left out + positions without a layer. */
  readonly size: bigint;
  readonly rows: bigint;
  /** Layers left out, by the requirement that they do not meet, in the order of checking; those that left none out are not named. */
  readonly rejected: ReadonlyMap<string, bigint>;
  /** Positions without a layer: past the end of an axis that depends on others, or with values that it has had. */
  readonly empty: bigint;
  /** Rows of each grid of the spec, in their order; missing when the run goes on from one that did not record them. */
  readonly gridRows?: readonly bigint[];
  readonly bytes: number;
  readonly seconds: number;
}

/** A summary in JSON: counts as strings, whatever their size; the map as an object. */
export interface SummaryInJson {
  readonly size: string;
  readonly rows: string;
  readonly rejected: Readonly<Record<string, string>>;
  readonly empty: string;
  readonly gridRows?: readonly string[];
  readonly bytes: number;
  readonly seconds: number;
}

/** The accounts on which something stands. */
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

/** The names of the accounts of a list. */
export const LIST_REJECTIONS: readonly string[] = RULES.map(({ text }) => text);

export function summarise(
  rejectionReasons: readonly string[],
  position: Position,
  bytes: number,
  seconds: number,
): Summary {
  const { done, rows, empty, rejected, gridRows } = position;
  const counts = {
    size: done,
    rows,
    rejected: namedRejections(rejectionReasons, rejected),
    empty,
    ...(gridRows && { gridRows }),
  };
  return withJson({ ...counts, bytes, seconds }) as unknown as Summary;
}
