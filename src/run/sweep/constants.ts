/**
 * Finds the columns that have the same value in all rows of a sweep. The plan decides some of them.
 * For the others, rows are looked at: first those of a small sample, which shows two values of most
 * columns, and then all rows in order, until no column is undecided.
 *
 * The result depends on the rows of the complete sweep, so it is the same for all shards.
 */
import { UpsweepError } from "../../errors.js";
import { fixedColumns } from "../../plan/fixed-columns.js";
import type { CellValue, ConstantColumn, Plan } from "../../plan/model.js";
import { typedColumns } from "../../plan/value-types.js";
import { withColumns } from "../../plan/without-columns.js";
import { BEGINNING, type Position, type Progress } from "../output/position.js";
import type { Platform } from "../workers/runner.js";
import { RowBatch } from "./batch.js";
import { MAX_SAMPLE_OF_TASK } from "./cost.js";
import { gather } from "./gather.js";
import { SeenValues } from "./seen-values.js";
import { indicesOf, type RunOptions, type SweptRows, sweepPlan } from "./sweep.js";

/** The raw indices that are looked at first. They are a single task, on this thread. */
const FIRST_LOOK = { rows: MAX_SAMPLE_OF_TASK, seed: 0 } as const;

/** The options that the search for constant columns depends on. The shard is not among them. */
export interface SearchOptions extends Pick<RunOptions, "limit" | "workers"> {
  /** The names of the constant columns, if they are known. Only their values are looked up then. */
  readonly known?: ReadonlySet<string> | undefined;
}

/** A step of a search. */
export type Searched = Pick<SweptRows, "progress">;

/** A plan, perhaps with another sample, and a position of it that is followed by a row. */
interface RowPosition {
  readonly plan: Plan;
  readonly start: Position;
}

/**
 * Finds the constant columns of a sweep. With `limit`, only its first rows count. If all columns
 * are constant, as in a sweep of one row, none is returned.
 *
 * @returns the constant columns, in the order of the plan.
 * @throws UpsweepError as `sweepPlan` does, if it looks at the layer at fault.
 */
export async function* findConstants(
  plan: Plan,
  options: SearchOptions,
  platform: Platform,
): AsyncGenerator<Searched, readonly ConstantColumn[]> {
  const fixed = options.known ?? fixedColumns(plan);
  const search = new Search(
    plan,
    plan.cells.filter((name) => !fixed.has(name)),
    options,
    platform,
  );
  if (options.known) return search.valuesOf(options.known);
  await search.lookAtSample();
  yield* search.lookAtRows(plan, options.limit);
  const constants = new Set([...fixed, ...search.single]);
  return constants.size === plan.cells.length ? [] : search.valuesOf(constants);
}

class Search {
  readonly #plan: Plan;
  readonly #options: SearchOptions;
  readonly #platform: Platform;
  readonly #seen: SeenValues;
  /** A position before the first row that was looked at; before any, the beginning. */
  #row: RowPosition;
  #hasRow = false;

  /** @param names the columns that the plan does not decide. */
  constructor(plan: Plan, names: readonly string[], options: SearchOptions, platform: Platform) {
    this.#plan = plan;
    this.#options = options;
    this.#platform = platform;
    this.#seen = new SeenValues(plan, names);
    this.#row = { plan, start: BEGINNING };
  }

  /** The columns that have not had two values. */
  get single(): ReadonlySet<string> {
    return this.#seen.single;
  }

  /** Looks at a small sample, if all of its rows are rows of the sweep. */
  async lookAtSample(): Promise<void> {
    const plan = this.#plan;
    const isComplete = this.#options.limit === undefined && indicesOf(plan) === plan.size;
    if (!isComplete || plan.size <= FIRST_LOOK.rows) return;
    try {
      for await (const _ of this.lookAtRows({ ...plan, sample: FIRST_LOOK }, undefined));
    } catch (error) {
      // The sweep reports the first layer at fault, and the sample may have another one.
      if (!(error instanceof UpsweepError && error.isInputError)) throw error;
    }
  }

  /**
   * Looks at the rows of a plan in order, until all columns are decided. Whenever half of them are,
   * it continues with the others, because fewer columns take less time.
   */
  async *lookAtRows(plan: Plan, limit: number | undefined): AsyncGenerator<Searched, void> {
    let start: Position | undefined = BEGINNING;
    while (start && this.single.size > 0) start = yield* this.#lookAfter(plan, start, limit);
  }

  /** @returns the position at which to continue. Undefined at the end of the rows. */
  async *#lookAfter(
    plan: Plan,
    start: Position,
    limit: number | undefined,
  ): AsyncGenerator<Searched, Position | undefined> {
    const own = withColumns(plan, this.single);
    const undecided = this.single.size;
    const batches = this.#sweep(own, start, limit);
    let before = start;
    try {
      for (;;) {
        const next = await batches.next();
        if (next.done) return undefined;
        const { rows, progress } = next.value;
        if (rows > 0 && !this.#hasRow) {
          this.#row = { plan, start: before };
          this.#hasRow = true;
        }
        this.#seen.add(next.value, own.cells);
        if (this.single.size <= undecided / 2) return isAtEnd(progress) ? undefined : progress;
        before = progress;
        yield { progress };
      }
    } finally {
      await batches.return(undefined as never);
    }
  }

  /** The values of some columns in a row of the sweep. */
  async valuesOf(names: ReadonlySet<string>): Promise<readonly ConstantColumn[]> {
    const { plan, start } = this.#row;
    if (names.size === 0) return [];
    const own = withColumns(plan, names);
    const typed = typedColumns(own);
    for await (const { rows, columns } of this.#sweep(own, start, Number(start.rows) + 1)) {
      if (rows === 0 || !columns) continue;
      const gridName = own.grids[columns.grid]?.name;
      const [row] = new RowBatch(typed, rows, gather(typed, columns.batches, gridName));
      const values = row as unknown as Readonly<Record<string, CellValue>>;
      return own.cells.map((name) => ({ name, value: values[name] as CellValue }));
    }
    throw new Error("no row follows the position of a row");
  }

  /** The method makes no difference to the rows, and the closed form is the fastest. */
  #sweep(plan: Plan, start: Position, limit: number | undefined) {
    const { workers } = this.#options;
    const options = { workers, start, limit, isColumnar: true, method: "closed" } as const;
    return sweepPlan(plan, options, this.#platform);
  }
}

function isAtEnd({ done, total, isCut }: Progress): boolean {
  return isCut || done === total;
}
