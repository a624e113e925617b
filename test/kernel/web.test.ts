/** The build for browsers, and the code that uses it, in a context without Node. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { createContext, runInContext } from "node:vm";
import { rolldown } from "rolldown";
import { beforeAll, describe, expect, it } from "vitest";
import { type RowBatch, type SpecInput, sweep, sweepToFile } from "../../src/index.ts";
import { artefactPath } from "../../src/kernel/artefact.ts";
import { builtKernel } from "../../src/kernel/built.ts";
import { count } from "../../src/library/count.ts";
import { countMany } from "../../src/library/many.ts";
import { planSweep } from "../../src/plan/plan.ts";
import { estimate } from "../../src/run/sweep/estimate.ts";
import { overlapsOf } from "../../src/run/sweep/overlaps.ts";
import { specFrom } from "../../src/spec/read.ts";
import { inTemporaryFolder } from "../support/cli.ts";
import { compileKernel } from "../support/compile-kernel.ts";

inTemporaryFolder();

type Web = typeof import("../support/web-entry.ts");

const release = readFileSync(artefactPath("release"));
let web: Uint8Array<ArrayBuffer>;
let bundle: string;

beforeAll(async () => {
  web = await compileKernel("web");
  const built = await rolldown({
    input: fileURLToPath(new URL("../support/web-entry.ts", import.meta.url)),
    platform: "browser",
    resolve: { extensionAlias: { ".js": [".ts", ".js"] } },
    onLog: (_, log) => {
      throw new Error(log.message);
    },
  });
  const { output } = await built.generate({ format: "iife", name: "upsweep" });
  expect(output.map(({ type }) => type)).toEqual(["chunk"]);
  expect(output[0].imports).toEqual([]);
  bundle = output[0].code;
}, 180_000);

/** A decoder as browsers have it, which does not take shared memory. */
class BrowserTextDecoder extends TextDecoder {
  override decode(input?: Uint8Array): string {
    if (input?.buffer instanceof SharedArrayBuffer) throw new TypeError("the memory is shared");
    return super.decode(input);
  }
}

/** The bundle in a context that has the globals of a page which is not isolated, and no others. */
function page(wasm: Uint8Array): { readonly upsweep: Web; readonly module: WebAssembly.Module } {
  const globals = { TextEncoder, TextDecoder: BrowserTextDecoder, performance, wasm };
  const context = createContext(globals);
  runInContext("delete globalThis.SharedArrayBuffer", context);
  expect(runInContext("typeof Buffer + typeof process + typeof require", context)).toBe(
    "undefined".repeat(3),
  );
  runInContext(bundle, context);
  return runInContext("({ upsweep, module: new WebAssembly.Module(wasm) })", context);
}

it("differs from the release build in one byte, which says that the memory is not shared", () => {
  expect(web.length).toBe(release.length);
  const different = [...web.keys()].filter((at) => web[at] !== release[at]);
  // The flags of limits (WebAssembly core specification, Limits): 1 is "has a maximum", 2 "shared".
  expect(different.map((at) => [release[at], web[at]])).toEqual([[3, 1]]);
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(web), {
    env: { abort: () => {} },
  });
  expect((exports.memory as WebAssembly.Memory).buffer).toBeInstanceOf(ArrayBuffer);
});

const SPECS: Record<string, SpecInput> = {
  "more layers than this thread counts alone": {
    axes: {
      in_channels: 64,
      out_channels: "1..64",
      kernel_size: "2..16",
      stride: "1..8",
      l_in: "1..16",
    },
  },
  "names, words, dependent axes and missing answers": {
    layer: "conv2d",
    columns: ["name", "hop", "geometry", "exact", "conventions"],
    grids: [
      {
        name: "Größe",
        variables: { hop: "1..3" },
        axes: {
          in_channels: [4, 6],
          out_channels: 12,
          groups: "divisors(gcd(in_channels, out_channels))",
          kernel_size: ["hop", "2 * hop + 1"],
          padding: ["same", 0],
          h_in: "1..8",
          w_in: 9,
        },
        where: "macs % 3 > 0",
      },
      {
        name: "b",
        variables: { hop: 2 },
        axes: { in_channels: 4, out_channels: 12, kernel_size: 5, h_in: 8, w_in: 9, padding: 0 },
      },
    ],
  } as unknown as SpecInput,
  "all columns of a layer with a sample rate": {
    layer: "conv_transpose1d",
    columns: ["all"],
    axes: {
      in_channels: 4,
      out_channels: "1..20",
      kernel_size: "1..9",
      stride: "1..3",
      l_in: "8..40:4",
    },
    variables: { sample_rate: "44100/1001" },
  } as SpecInput,
  "a sample": {
    axes: {
      in_channels: "1..1000",
      out_channels: "1..1000",
      kernel_size: "1..9",
      l_in: "1..1000",
    },
    sample: { rows: 3000, seed: 7 },
  },
};

async function csvOf(spec: SpecInput, format: "csv" | "tsv" | "jsonl"): Promise<string> {
  await sweepToFile(spec, `out.${format}`);
  return readFileSync(`out.${format}`, "utf8");
}

/** The values of each column; null in a row without a value. */
type Columns = Record<string, unknown[]>;

function addColumns(columns: Columns, batch: RowBatch): void {
  for (const name of batch.columns) {
    const validity = batch.validity(name);
    const hasValue = (row: number) =>
      !validity || ((validity[row >> 3] as number) >> (row & 7)) & 1;
    columns[name] ??= [];
    for (const [row, value] of batch.column(name).entries())
      columns[name].push(hasValue(row) ? value : null);
  }
}

async function columnsOf(spec: SpecInput): Promise<Columns> {
  const columns: Columns = {};
  for await (const batch of sweep(spec)) addColumns(columns, batch);
  return columns;
}

describe.each([["web"], ["release"]])("in a context without Node, the %s build", (build) => {
  let upsweep: Web;
  let module: WebAssembly.Module;
  beforeAll(() => {
    ({ upsweep, module } = page(build === "web" ? web : release));
  });

  describe.each(Object.entries(SPECS))("sweeps %s", (_, spec) => {
    it.each(["csv", "tsv", "jsonl"] as const)(
      "to the bytes of the library, as %s",
      async (format) => {
        const plan = upsweep.planSweep(upsweep.specFrom(spec));
        const platform = upsweep.inlinePlatform(() => upsweep.wasmKernel(module));
        const pieces = [Buffer.from(upsweep.headerIn(format, plan.header))];
        for await (const { buffers } of upsweep.sweepPlan(plan, { format }, platform))
          for (const bytes of buffers) pieces.push(Buffer.from(bytes));
        expect(Buffer.concat(pieces).toString() === (await csvOf(spec, format))).toBe(true);
      },
    );

    it("to the columns of the library", async () => {
      const plan = upsweep.planSweep(upsweep.specFrom(spec));
      const platform = upsweep.inlinePlatform(() => upsweep.wasmKernel(module));
      const typed = upsweep.typedColumns(plan);
      const columns: Columns = {};
      for await (const swept of upsweep.sweepPlan(plan, { isColumnar: true }, platform)) {
        if (!swept.columns || swept.rows === 0) continue;
        const { grid, batches } = swept.columns;
        const gathered = upsweep.gather(typed, batches, plan.grids[grid]?.name);
        addColumns(columns, new upsweep.RowBatch(typed, swept.rows, gathered));
      }
      expect(columns).toEqual(await columnsOf(spec));
    });

    it("to the estimate and the overlaps of the library", () => {
      const plan = upsweep.planSweep(upsweep.specFrom(spec));
      const kernel = () => upsweep.wasmKernel(module);
      const own = planSweep(specFrom(spec));
      const { seconds, ...estimated } = upsweep.estimate(plan, kernel());
      expect(estimated).toEqual({ ...estimate(own, builtKernel()), seconds: undefined });
      expect(seconds).toBeGreaterThan(0);
      expect(upsweep.overlapsOf(plan, kernel)).toEqual(overlapsOf(own, builtKernel));
    });
  });

  it("reads a spec as YAML, and names the location of an error in it", () => {
    const text = readFileSync(new URL("../../examples/small.yaml", import.meta.url), "utf8");
    const plan = upsweep.planSweep(upsweep.specFromText(text, "small.yaml"));
    expect(plan.size).toBeGreaterThan(0n);
    expect(() => upsweep.specFromText("axes: { strid: 2 }", "page")).toThrow(/^page:1:9: .*stride/);
  });

  it("describes the layer at which a sweep stops", async () => {
    const spec = {
      axes: { in_channels: 2 ** 31 - 1, out_channels: 2 ** 31 - 1, kernel_size: 9, l_in: 2 ** 20 },
      columns: ["macs"],
    } as const;
    const plan = upsweep.planSweep(upsweep.specFrom(spec));
    const platform = upsweep.inlinePlatform(() => upsweep.wasmKernel(module));
    const messageOf = async (batches: AsyncIterable<unknown>) => {
      try {
        for await (const _ of batches);
      } catch (error) {
        return (error as Error).message;
      }
    };
    const message = await messageOf(upsweep.sweepPlan(plan, {}, platform));
    expect(message).toMatch(/macs/);
    expect(message).toBe(await messageOf(sweep(spec)));
  });

  it("counts single layers and many as the library does", () => {
    const layer = { in_channels: 512, out_channels: 256, kernel_size: 16, stride: 8, l_in: 32 };
    const kernel = upsweep.manyKernel(module);
    expect({ ...upsweep.counterOf(kernel, {})(layer) }).toEqual({ ...count(layer) });
    const layers = { ...layer, l_in: [1, 2, 3] };
    const many = upsweep.countManyOn(kernel, layers, ["macs", "l_out"], {});
    const own = countMany(layers, ["macs", "l_out"]);
    expect([...many.columns.macs]).toEqual([...own.columns.macs]);
    expect([...many.columns.l_out]).toEqual([...own.columns.l_out]);
  });
});
