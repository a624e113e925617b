// The exports of the kernel: the constants of layout.ts, and the functions that the host calls.

export * from "./layout";
export { hasOverflowed, clearOverflow } from "./checked";
export { writeQuotient } from "./digits";
export { brokenRule, setKind, workOutOverlap } from "./layer";
export { countList, openList } from "./list";
export { countMany, openMany } from "./many";
export { gather, scatter } from "./overlap";
export { denominator, numerator } from "./results";
export { writeValue } from "./row";
export { sumBytes } from "./sum";
export { openPlan, sweep, sweepIndices } from "./sweep";
export { useOutputBuffer } from "./output";
