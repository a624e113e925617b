import {
  CELLS_PTR,
  FAULT_FIELD,
  FAULT_NONE,
  FAULT_OVERFLOW,
  REPORT_PTR,
  RULE_COUNT,
  RULE_IN_CHANNELS,
  RULE_L_OUT,
  RULE_RANGE,
} from "../../assembly/layout";
import {
  countLine,
  finishReport,
  hasFault,
  reject,
  setFault,
  startReport,
} from "../../assembly/report";
import {
  reportBytes,
  reportFault,
  reportFaultAt,
  reportFaultDetail,
  reportRejected,
  reportLines,
  reportRows,
} from "./support";

describe("the report", () => {
  beforeEach(() => {
    startReport(RULE_COUNT);
  });

  it("starts empty after any batch, and clears no memory after the report", () => {
    memory.fill(REPORT_PTR, 0xff, CELLS_PTR - REPORT_PTR + 8);
    startReport(RULE_COUNT);
    expect<u64>(reportRows()).toBe(0);
    expect<u32>(reportBytes()).toBe(0);
    expect<u32>(reportFault()).toBe(FAULT_NONE);
    expect<u64>(reportFaultAt()).toBe(0);
    expect<u32>(reportFaultDetail()).toBe(0);
    expect<u32>(reportLines()).toBe(0);
    for (let rule: u32 = 0; rule < RULE_COUNT; rule++) expect<u64>(reportRejected(rule)).toBe(0);
    expect<bool>(hasFault()).toBe(false);
    expect<u64>(load<u64>(CELLS_PTR)).toBe(u64.MAX_VALUE);
  });

  it("adds up rejected layers for each reason separately", () => {
    reject(RULE_IN_CHANNELS, 1);
    reject(RULE_RANGE, 7);
    reject(RULE_IN_CHANNELS, 4294967296);
    expect<u64>(reportRejected(RULE_IN_CHANNELS)).toBe(4294967297);
    expect<u64>(reportRejected(RULE_RANGE)).toBe(7);
    expect<u64>(reportRejected(RULE_L_OUT)).toBe(0);
  });

  it("stores a fault with its location and detail", () => {
    setFault(FAULT_OVERFLOW, 18446744073709551615, 24);
    expect<bool>(hasFault()).toBe(true);
    expect<u32>(reportFault()).toBe(FAULT_OVERFLOW);
    expect<u64>(reportFaultAt()).toBe(18446744073709551615);
    expect<u32>(reportFaultDetail()).toBe(24);
  });

  it("counts lines", () => {
    countLine();
    countLine();
    expect<u32>(reportLines()).toBe(2);
  });

  it("finishes with rows and bytes, and keeps the other fields", () => {
    setFault(FAULT_FIELD, 5, 3);
    reject(RULE_L_OUT, 9);
    countLine();
    finishReport(4294967299, 4194320);
    expect<u64>(reportRows()).toBe(4294967299);
    expect<u32>(reportBytes()).toBe(4194320);
    expect<u32>(reportFault()).toBe(FAULT_FIELD);
    expect<u64>(reportFaultAt()).toBe(5);
    expect<u32>(reportFaultDetail()).toBe(3);
    expect<u64>(reportRejected(RULE_L_OUT)).toBe(9);
    expect<u32>(reportLines()).toBe(1);
  });
});
