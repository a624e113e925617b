/** Rows as columns: collects them in row groups of equal length, and writes these to a sink. */

import { joined, type Sum } from "../../checksum.js";
import type { TypedColumn } from "../../plan/value-types.js";
import type { Sink } from "../../sink/sink.js";
import { Marks } from "../output/marks.js";
import type { OutputBatch, Packing, PackingStart, Written } from "../output/packing.js";
import type { AddGroup, ColumnarForm } from "./form.js";
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
  /** Frees the threads that encode. */
  readonly close?: () => Promise<void>;
}

/** The stage that writes columns. */
export class ColumnPacking<P> implements Packing<P> {
  readonly #sink: Sink;
  readonly #options: ColumnPackingOptions<P>;
  readonly #marks: Marks<P>;
  #builder: GroupBuilder;
  /** The groups that are being encoded, in order. */
  readonly #encoding: EncodingGroup[] = [];
  /** Builders of groups that are written. */
  readonly #spareBuilders: GroupBuilder[] = [];
  /** Rows that remain to be skipped, because an earlier run wrote them. */
  #toSkip: number;
  #sum: Sum;

  constructor(sink: Sink, options: ColumnPackingOptions<P>) {
    const { start } = options;
    this.#sink = sink;
    this.#options = options;
    this.#builder = this.#newBuilder();
    this.#marks = new Marks(start.progress, start.skip);
    this.#toSkip = start.skip;
    this.#sum = start.sum;
  }

  #newBuilder(): GroupBuilder {
    const { columns, groupRows, form } = this.#options;
    return new GroupBuilder(columns, groupRows, form.memory);
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
        if (this.#builder.isFull || at < batch.rows) await this.#encodeGroup();
      }
    }
    while (this.#encoding[0]?.isEncoded) await this.#writeOldest();
    this.#marks.reach(progress);
  }

  async end(): Promise<void> {
    const { form, isWritten } = this.#options;
    if (isWritten) return;
    if (this.#builder.rows > 0) await this.#encodeGroup();
    while (this.#encoding.length > 0) await this.#writeOldest();
    await this.#write(form.end());
  }

  async close(): Promise<void> {
    await this.#options.close?.();
  }

  written(): Written<P> {
    return { sum: this.#sum, ...this.#marks.reached };
  }

  async #encodeGroup(): Promise<void> {
    const { form } = this.#options;
    const builder = this.#builder;
    const group: EncodingGroup = {
      builder,
      add: form.encode(builder.build()),
      isEncoded: false,
    };
    // An error is thrown when the group is due. Until then it must not count as unhandled.
    const settle = () => {
      group.isEncoded = true;
    };
    group.add.then(settle, settle);
    this.#encoding.push(group);
    while (this.#encoding.length > form.encoding) await this.#writeOldest();
    this.#builder = this.#spareBuilders.pop() ?? this.#newBuilder();
  }

  async #writeOldest(): Promise<void> {
    const { builder, add } = this.#encoding.shift() as EncodingGroup;
    const pieces = (await add)();
    await this.#write(...pieces);
    this.#marks.write(builder.rows);
    builder.clear();
    this.#spareBuilders.push(builder);
  }

  /** Writes bytes, after the start of the file if they are the first. */
  async #write(...pieces: readonly Uint8Array[]): Promise<void> {
    const { form, sumOf } = this.#options;
    let sum = this.#sum;
    for (const bytes of sum.bytes === 0 ? [form.start, ...pieces] : pieces) {
      await this.#sink.write(bytes);
      const own = sumOf?.(bytes);
      sum = own ? joined(sum, own) : { ...sum, bytes: sum.bytes + bytes.length };
    }
    // A run that is interrupted counts all pieces as written, or none.
    this.#sum = sum;
  }
}

/** A group whose rows are in the builder until it is written. */
interface EncodingGroup {
  readonly builder: GroupBuilder;
  readonly add: Promise<AddGroup>;
  isEncoded: boolean;
}
