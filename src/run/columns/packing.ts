/** Rows as columns: collects them in row groups of equal length, and writes these to a sink. */

import { joined, type Sum } from "../../checksum.js";
import type { TypedColumn } from "../../plan/value-types.js";
import type { Sink } from "../../sink/sink.js";
import { Marks } from "../output/marks.js";
import type { OutputBatch, Packing, PackingStart, Written } from "../output/packing.js";
import type { ColumnarForm } from "./form.js";
import { GroupBuilder } from "./row-groups.js";

/** What is written, and what of it an earlier run has written. */
export interface ColumnPackingOptions<P> {
  readonly form: ColumnarForm;
  readonly columns: readonly TypedColumn[];
  /** The rows of a row group. */
  readonly groupRows: number;
  /** The text of the column `name` in a grid. */
  readonly nameOf: (grid: number) => string;
  /** `skip` counts rows. They end at the end of a row group. */
  readonly start: PackingStart<P>;
  /** Whether the file has all of its bytes. Then nothing is added. */
  readonly isWritten: boolean;
  /** Calculates checksums. Without it, only the bytes are counted. */
  readonly sumOf?: ((bytes: Uint8Array) => Sum) | undefined;
}

/** The stage that writes columns. */
export class ColumnPacking<P> implements Packing<P> {
  readonly #sink: Sink;
  readonly #options: ColumnPackingOptions<P>;
  readonly #builder: GroupBuilder;
  readonly #marks: Marks<P>;
  /** Rows that remain to be skipped, because an earlier run wrote them. */
  #toSkip: number;
  #sum: Sum;

  constructor(sink: Sink, options: ColumnPackingOptions<P>) {
    const { columns, groupRows, start } = options;
    this.#sink = sink;
    this.#options = options;
    this.#builder = new GroupBuilder(columns, groupRows);
    this.#marks = new Marks(start.progress, start.skip);
    this.#toSkip = start.skip;
    this.#sum = start.sum;
  }

  async add({ columns, progress }: OutputBatch<P>): Promise<void> {
    const { nameOf } = this.#options;
    for (const batch of columns?.batches ?? []) {
      this.#marks.take(batch.rows);
      let at = Math.min(this.#toSkip, batch.rows);
      this.#toSkip -= at;
      while (at < batch.rows) {
        const end = this.#builder.fitting(batch, at);
        this.#builder.add(batch, at, end, nameOf(columns?.grid as number));
        at = end;
        if (this.#builder.isFull || at < batch.rows) await this.#writeGroup();
      }
    }
    this.#marks.reach(progress);
  }

  async end(): Promise<void> {
    const { form, isWritten } = this.#options;
    if (isWritten) return;
    if (this.#builder.rows > 0) await this.#writeGroup();
    await this.#writeStart();
    await this.#write(form.end());
  }

  written(): Written<P> {
    return { sum: this.#sum, ...this.#marks.reached };
  }

  async #writeGroup(): Promise<void> {
    await this.#writeStart();
    const { rows } = this.#builder;
    await this.#write(this.#options.form.add(this.#builder.build()));
    this.#builder.clear();
    this.#marks.write(rows);
  }

  async #writeStart(): Promise<void> {
    if (this.#sum.bytes === 0) await this.#write(this.#options.form.start);
  }

  async #write(bytes: Uint8Array): Promise<void> {
    await this.#sink.write(bytes);
    const sum = this.#options.sumOf?.(bytes);
    this.#sum = sum
      ? joined(this.#sum, sum)
      : { ...this.#sum, bytes: this.#sum.bytes + bytes.length };
  }
}
