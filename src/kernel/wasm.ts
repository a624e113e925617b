/**
 * The WebAssembly kernel. Only this file creates instances of it. Only this file, many.ts,
 * parquet.ts and report.ts access its memory.
 */

import { textOfLatin1 } from "../bytes.js";
import { joined, NO_BYTES, type Sum } from "../checksum.js";
import { columnsOf, needsSetting } from "../columns/derived.js";
import { type ResultName, readCells } from "../columns/table.js";
import { errors } from "../errors.js";
import { type Rational, rational } from "../expression/exact.js";
import { type Kind, spatialOf } from "../layers/kinds.js";
import type { Layer } from "../layers/layer.js";
import { valueOfParameter } from "../layers/layer.js";
import { type Dimension, RATE_DENOMINATOR } from "../layers/parameters.js";
import type { ListPlan } from "../plan/list.js";
import type { Method } from "../plan/method.js";
import type { Plan } from "../plan/model.js";
import { type ColumnLayout, readColumns } from "./column-layout.js";
import { ABI_VERSION, type ConstantName } from "./constants.generated.js";
import { absentFields, columnNumber, ruleOf, upper } from "./constants.js";
import type { ImageSection } from "./image-writer.js";
import type { IndexBatch, Kernel, LayerCounts, Lease, ListBatch, SweepBatch } from "./kernel.js";
import { listImage } from "./list-image.js";
import { type ManyExports, ManyKernel } from "./many.js";
import { type ParquetExports, ParquetKernel } from "./parquet.js";
import { type PlanOptions, planImage } from "./plan-image.js";
import { Report } from "./report.js";

const VISITS_UNBOUNDED = 2 ** 32 - 1;

interface Exports extends ManyExports, ParquetExports {
  readonly memory: WebAssembly.Memory;
  setKind(kind: number): void;
  brokenRule(): number;
  computeOverlap(method: number, dimension: number): number;
  writeValue(ptr: number, column: number): number;
  numerator(): bigint;
  denominator(): bigint;
  clearOverflow(): void;
  hasOverflowed(): number;
  scatter(
    first: bigint,
    length: bigint,
    lIn: bigint,
    kernelSize: bigint,
    stride: bigint,
    padding: bigint,
    dilation: bigint,
  ): bigint;
  gather(
    first: bigint,
    length: bigint,
    lIn: bigint,
    kernelSize: bigint,
    stride: bigint,
    padding: bigint,
    dilation: bigint,
  ): bigint;
  useOutputBuffer(outputBuffer: number): void;
  openPlan(): void;
  isBlockTooLarge(): number;
  sweep(first: bigint, end: bigint, maxVisits: number): bigint;
  sweepIndices(count: number): number;
  openList(): void;
  countList(from: number, end: number): number;
  sumBytes(address: number, length: number): void;
}

/**
 * Creates an instance of the kernel.
 *
 * @param module the compiled kernel. Its memory may be shared or not. Workers receive the module
 * that the main thread has compiled.
 * @param location the path or address of the module, for error messages.
 * @throws UpsweepError if the kernel has another ABI version, or its memory cannot be allocated.
 */
export function wasmKernel(module: WebAssembly.Module, location?: string): Kernel {
  return new WasmKernel(module, location);
}

/**
 * Creates an instance of the kernel that counts many layers at once, on this thread. The arguments
 * are those of `wasmKernel`.
 */
export function manyKernel(module: WebAssembly.Module, location?: string): ManyKernel {
  return new WasmKernel(module, location).many();
}

/**
 * Creates an instance of the kernel that encodes column chunks of Parquet, on this thread. The
 * arguments are those of `wasmKernel`.
 */
export function parquetKernel(module: WebAssembly.Module, location?: string): ParquetKernel {
  return new WasmKernel(module, location).parquet();
}

function instanceOf(
  module: WebAssembly.Module,
  imports: WebAssembly.Imports,
): WebAssembly.Instance {
  try {
    return new WebAssembly.Instance(module, imports);
  } catch (error) {
    if (error instanceof RangeError) throw errors.noMemory(error.message);
    throw error;
  }
}

class WasmKernel implements Kernel {
  readonly maxChunkBytes: number;
  readonly maxIndices: number;
  readonly #exports: Exports;
  readonly #view: DataView;
  readonly #report: Report;
  readonly #bytes: Uint8Array;
  /**
   * The lease of each output buffer: 1 while its rows are in use. Other threads release them.
   * Undefined if the memory is not shared.
   */
  readonly #leased: Int32Array<SharedArrayBuffer> | undefined;
  #outputBuffer = 0;
  readonly #constants = new Map<string, number>();
  #chunk: Uint8Array | undefined;
  #isComparing = false;
  #list: ListPlan | undefined;
  /** The columns of a batch, if rows are written as columns of numbers. */
  #columns: ColumnLayout | undefined;
  /** The arguments of the last `openPlan`. */
  #opened:
    | {
        readonly plan: Plan;
        readonly grid: number;
        readonly method: Method;
        readonly options: PlanOptions;
      }
    | undefined;
  /** For each slot of a row, the index of its cell in the plan. */
  #cells: readonly number[] = [];

  constructor(module: WebAssembly.Module, location = "the WebAssembly module") {
    // Only the debug build imports abort, for its assertions.
    const abort = (_message: number, _file: number, line: number, column: number) => {
      throw new Error(`assertion in the kernel at ${line}:${column}`);
    };
    const instance = instanceOf(module, { env: { abort } });
    for (const [name, value] of Object.entries(instance.exports)) {
      if (value instanceof WebAssembly.Global) this.#constants.set(name, Number(value.value) >>> 0);
    }
    const version = this.#constant("ABI_VERSION");
    if (version !== ABI_VERSION) throw errors.kernelMismatch(location, version, ABI_VERSION);
    this.#exports = instance.exports as unknown as Exports;
    const buffer: ArrayBufferLike = this.#exports.memory.buffer;
    // Memory never grows, so these views stay valid.
    this.#view = new DataView(buffer);
    this.#bytes = new Uint8Array(buffer);
    this.#report = new Report(this.#view, this.#constant);
    // Pages that are not isolated have no SharedArrayBuffer, so its name must not be used here.
    if (!(buffer instanceof ArrayBuffer))
      this.#leased = new Int32Array(
        buffer,
        this.#constant("LEASES_PTR"),
        this.#constant("OUTPUT_BUFFERS"),
      );
    this.maxChunkBytes = this.#constant("INPUT_BYTES");
    this.maxIndices = this.maxChunkBytes / BigUint64Array.BYTES_PER_ELEMENT;
  }

  readonly #constant = (name: ConstantName): number => {
    const value = this.#constants.get(name);
    if (value === undefined) throw new Error(`the kernel exports no ${name}`);
    return value;
  };

  count(layer: Layer, method: "closed" | "simulate"): LayerCounts {
    const { kind } = layer;
    const set = (name: string, value: number | bigint) => {
      this.#view.setBigUint64(
        this.#constant("LAYER_PTR") + 8 * columnNumber(kind, name, this.#constant),
        BigInt(value),
        true,
      );
    };
    this.#exports.setKind(this.#constant(`KIND_${upper(kind.name)}`));
    for (const parameter of kind.parameters)
      set(parameter.name, valueOfParameter(layer, parameter));
    for (const [field, value] of absentFields(kind, this.#constant))
      this.#view.setBigUint64(this.#constant("LAYER_PTR") + 8 * field, BigInt(value), true);
    set("bits", layer.bits);
    set("sample_rate", layer.sample_rate?.numerator ?? 0);
    set(RATE_DENOMINATOR, layer.sample_rate?.denominator ?? 1);
    const broken = this.#exports.brokenRule();
    if (broken !== this.#constant("NO_RULE")) return { broken: ruleOf(broken, this.#constant) };
    for (const dimension of kind.dimensions.keys())
      this.#exports.computeOverlap(this.#constant(`METHOD_${upper(method)}`), dimension);
    const texts: { [N in ResultName]?: string } = {};
    const quotients: { [N in ResultName]?: Rational } = {};
    for (const column of columnsOf(kind)) {
      if (layer.sample_rate === undefined && needsSetting(column.name, "sample_rate")) continue;
      this.#exports.clearOverflow();
      const outputPtr = this.#constant("OUTPUT_PTR");
      const end = this.#exports.writeValue(
        outputPtr,
        columnNumber(kind, column.name, this.#constant),
      );
      if (this.#exports.hasOverflowed()) continue;
      const text = textOfLatin1(this.#bytes.subarray(outputPtr, end));
      texts[column.name] = text;
      if (column.type === "decimal" && text !== "")
        quotients[column.name] = text === "0" ? rational(0n, 1n) : this.#lastQuotient();
    }
    return { results: readCells(texts), texts, quotients };
  }

  /** The exact value of the last quotient that the kernel wrote. */
  #lastQuotient(): Rational {
    return rational(
      BigInt.asUintN(64, this.#exports.numerator()),
      BigInt.asUintN(64, this.#exports.denominator()),
    );
  }

  many(): ManyKernel {
    return new ManyKernel(this.#exports, this.#bytes.buffer, this.#constant);
  }

  parquet(): ParquetKernel {
    return new ParquetKernel(this.#exports, this.#bytes.buffer, this.#constant);
  }

  overlap(kind: Kind, dimension: Dimension, first: bigint, length: number): Uint32Array {
    const { l_in, kernel_size, stride, dilation } = dimension;
    const { lowerPadding, simulation } = spatialOf(kind);
    const padding = lowerPadding(dimension);
    const scratch = new Uint32Array(
      this.#bytes.buffer,
      this.#constant("SCRATCH_PTR"),
      Math.min(length, this.#constant("SCRATCH_COUNTERS")),
    );
    const [L, K, s, p, d] = [l_in, kernel_size, stride, padding, dilation].map(BigInt) as [
      bigint,
      bigint,
      bigint,
      bigint,
      bigint,
    ];
    this.#exports[simulation](first, BigInt(scratch.length), L, K, s, p, d);
    const pattern = scratch.slice();
    scratch.fill(0);
    return pattern;
  }

  sum(bytes: Uint8Array): Sum {
    if (bytes.buffer === this.#bytes.buffer) return this.#sumAt(bytes.byteOffset, bytes.length);
    const [address, max] = [this.#constant("SUM_INPUT_PTR"), this.#constant("SUM_INPUT_BYTES")];
    let sum = NO_BYTES;
    for (let at = 0; at < bytes.length; at += max) {
      const piece = bytes.subarray(at, at + max);
      this.#bytes.set(piece, address);
      sum = joined(sum, this.#sumAt(address, piece.length));
    }
    return sum;
  }

  #sumAt(address: number, length: number): Sum {
    this.#exports.sumBytes(address, length);
    const lanes = new Uint32Array(
      this.#bytes.buffer,
      this.#constant("SUM_PTR"),
      NO_BYTES.lanes.length,
    );
    const lines = this.#view.getUint32(
      this.#constant("SUM_PTR") + this.#constant("SUM_LINES"),
      true,
    );
    return { bytes: length, lines, lanes: lanes.slice() };
  }

  lease(patience: number): Lease | undefined {
    if (!this.#leased) return undefined;
    // Output buffers are filled round-robin and mostly released in the same order, so the next
    // buffer is the one with the oldest lease.
    const next = (this.#outputBuffer + 1) % this.#leased.length;
    if (Atomics.wait(this.#leased, next, 1, patience) === "timed-out") return undefined;
    const leased = this.#leased.subarray(this.#outputBuffer, this.#outputBuffer + 1);
    Atomics.store(leased, 0, 1);
    this.#outputBuffer = next;
    this.#exports.useOutputBuffer(next);
    return leased;
  }

  get #outputPtr(): number {
    return (
      this.#constant("OUTPUT_PTR") + this.#outputBuffer * this.#constant("OUTPUT_BUFFER_BYTES")
    );
  }

  openPlan(plan: Plan, grid: number, method: Method, options: PlanOptions = {}): void {
    this.#opened = { plan, grid, method, options };
    const { sections, slots, columns } = planImage(plan, grid, method, this.#constant, options);
    this.#writeImage(sections);
    this.#cells = slots.map(({ cell }) => cell);
    this.#columns = options.isColumnar ? columns : undefined;
    this.#isComparing = plan.isComparing;
    this.#exports.openPlan();
  }

  sweep(first: bigint, end: bigint, maxVisits = VISITS_UNBOUNDED): SweepBatch {
    const next = BigInt.asUintN(64, this.#exports.sweep(first, end, maxVisits));
    const batch = { next, ...this.#swept() };
    if (this.#exports.isBlockTooLarge() && this.#opened) {
      const { plan, grid, method, options } = this.#opened;
      this.openPlan(plan, grid, method, { ...options, isDense: true });
    }
    return batch;
  }

  sweepIndices(indices: BigUint64Array): IndexBatch {
    new BigUint64Array(this.#bytes.buffer, this.#constant("INPUT_PTR"), indices.length).set(
      indices,
    );
    const done = this.#exports.sweepIndices(indices.length);
    return { done, ...this.#swept() };
  }

  #swept(): Omit<SweepBatch, "next"> {
    const fault = this.#report.sweepFault(this.#cells);
    const batch = this.#batch();
    return {
      ...batch,
      ...(this.#columns && {
        columns: readColumns(
          this.#columns,
          this.#bytes.buffer,
          this.#outputPtr,
          batch.rows,
          this.#constant,
        ),
      }),
      visits: this.#report.visits,
      ...(fault && { fault }),
    };
  }

  openList(list: ListPlan, method: Method): void {
    if (list.fields.length > this.#constant("FIELD_CAPACITY")) {
      throw errors.tooManyFields(
        `${list.location}:1`,
        list.fields.length,
        this.#constant("FIELD_CAPACITY"),
      );
    }
    this.#writeImage(listImage(list, method, this.#constant));
    this.#isComparing = list.isComparing;
    this.#list = list;
    this.#exports.openList();
  }

  countList(chunk: Uint8Array, from: number): ListBatch {
    if (this.#chunk !== chunk) {
      this.#bytes.set(chunk, this.#constant("INPUT_PTR"));
      this.#chunk = chunk;
    }
    const next = this.#exports.countList(from, chunk.length);
    if (next === chunk.length) this.#chunk = undefined;
    const fault = this.#report.listFault();
    return {
      next,
      lines: this.#report.lines,
      ...this.#batch(),
      totals: this.#report.totals(this.#list as ListPlan),
      ...(fault && { fault }),
    };
  }

  #writeImage(sections: readonly ImageSection[]): void {
    for (const { address, bytes } of sections) this.#bytes.set(bytes, address);
  }

  /** What every batch reports. The rows of a comparison are counted, but not written. */
  #batch(): Pick<SweepBatch, "bytes" | "rows" | "rejected" | "tallies"> {
    const outputPtr = this.#outputPtr;
    const { rows, bytes, rejected } = this.#report;
    return {
      ...(this.#isComparing
        ? { bytes: new Uint8Array(0), tallies: this.#report.talliesAt(outputPtr) }
        : { bytes: this.#bytes.subarray(outputPtr, outputPtr + bytes) }),
      rows,
      rejected,
    };
  }
}
