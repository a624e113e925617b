/** What a page imports from src/. test/kernel/web.test.ts bundles this file and runs it without Node. */
export { headerIn } from "../../src/formats/encoding.ts";
export { manyKernel, wasmKernel } from "../../src/kernel/wasm.ts";
export { counterOf } from "../../src/library/counter.ts";
export { countManyOn } from "../../src/library/many-on.ts";
export { planSweep } from "../../src/plan/plan.ts";
export { typedColumns } from "../../src/plan/value-types.ts";
export { RowBatch } from "../../src/run/sweep/batch.ts";
export { estimate } from "../../src/run/sweep/estimate.ts";
export { gather } from "../../src/run/sweep/gather.ts";
export { overlapsOf } from "../../src/run/sweep/overlaps.ts";
export { sweepPlan } from "../../src/run/sweep/sweep.ts";
export { inlinePlatform } from "../../src/run/workers/runner.ts";
export { specFrom } from "../../src/spec/read.ts";
export { specFromText } from "../../src/spec/text.ts";
