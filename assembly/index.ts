// The exports of the kernel: the constants of layout.ts, and the functions that the host calls.

export * from "./layout";
export { hasOverflowed, clearOverflow } from "./checked";
export { writeQuotient } from "./digits";
export { computeOverlap } from "./layers/dimension";
export { setKind } from "./layers/layer";
export { countList, openList } from "./list/list";
export { countMany, openMany } from "./many";
export { gather, scatter } from "./layers/overlap";
export { brokenRule } from "./layers/rules";
export { denominator, numerator } from "./columns/results";
export { writeValue } from "./formats/cell";
export { encodeChunk } from "./formats/parquet/chunk";
export { sumBytes } from "./sum";
export { isBlockTooLarge } from "./sweep/block";
export { openPlan, sweep, sweepIndices } from "./sweep/sweep";
export { useOutputBuffer } from "./output";
