/** Encodes row groups of a Parquet file: on the threads of the sweep, once it has some. */
import type { Codec } from "../../formats/parquet/enums.js";
import type { Column } from "../../formats/parquet/schema.js";
import { kernelModule } from "../../kernel/artefact.js";
import type { ParquetKernel } from "../../kernel/parquet.js";
import { parquetKernel } from "../../kernel/wasm.js";
import type { SharedThreads } from "../runner.js";
import { encodeRowGroup } from "../workers/encode.js";
import type { EncodedGroup } from "../workers/protocol.js";
import type { RowGroup } from "../workers/row-group.js";

export class ParquetEncoder {
  readonly #threads: SharedThreads | undefined;
  /** For row groups that this thread encodes. */
  #kernel: ParquetKernel | undefined;

  /** @param threads the threads of the sweep. Without them, this thread encodes all row groups. */
  constructor(threads?: SharedThreads) {
    this.#threads = threads;
  }

  /** The row groups that are encoded at a time: one for each thread, and one that waits. */
  get width(): number {
    const { runner, size } = this.#threads ?? {};
    return runner && size ? size + 1 : 0;
  }

  /** Encodes a row group. Its bytes are in its room, until another group is encoded there. */
  async encode(columns: readonly Column[], group: RowGroup, codec: Codec): Promise<EncodedGroup> {
    const encoded = await this.#encode(columns, group, codec);
    if (group.room) group.room.bytes = new Uint8Array(encoded.bytes.buffer);
    return encoded;
  }

  async #encode(columns: readonly Column[], group: RowGroup, codec: Codec): Promise<EncodedGroup> {
    const runner = this.#threads?.runner;
    if (runner)
      return (await runner.run({ kind: "encode", columns, group, codec })) as EncodedGroup;
    this.#kernel ??= parquetKernel(kernelModule());
    return encodeRowGroup(this.#kernel, columns, group, codec);
  }
}
