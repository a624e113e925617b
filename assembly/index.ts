// The kernel's exports, and nothing else.

export * from "./layout";
export { hasOverflowed, clearOverflow } from "./checked";
export { brokenRule, workOutOverlap } from "./layer";
export { countList, openList } from "./list";
export { scatter } from "./overlap";
export { value } from "./row";
export { openPlan, sweep, sweepPicks } from "./sweep";
