import { FAULT_NONE, FAULT_RULE, REPORT_PTR, REPORT_SKIPPED, RULE_COUNT } from "../../assembly/layout";
import { fault, finishReport, hasFault, passLine, skip, startReport } from "../../assembly/report";
import { reportBytes, reportFault, reportFaultAt, reportFaultWhat, reportLines, reportRows, reportSkipped } from "./support";

describe("the report of a batch", () => {
  it("begins empty, whatever stood there", () => {
    memory.fill(REPORT_PTR, 0xff, REPORT_SKIPPED + 8 * <usize>RULE_COUNT);
    startReport();
    expect<u64>(reportRows()).toBe(0);
    expect<u32>(reportBytes()).toBe(0);
    expect<u32>(reportFault()).toBe(FAULT_NONE);
    expect<u32>(reportLines()).toBe(0);
    for (let rule: u32 = 0; rule < RULE_COUNT; rule++) expect<u64>(reportSkipped(rule)).toBe(0);
    expect<bool>(hasFault()).toBe(false);
  });

  it("adds up what each rule leaves out, beyond 32 bits", () => {
    startReport();
    skip(1, 5);
    skip(1, 0x100000000);
    skip(RULE_COUNT - 1, 7);
    expect<u64>(reportSkipped(0)).toBe(0);
    expect<u64>(reportSkipped(1)).toBe(0x100000005);
    expect<u64>(reportSkipped(RULE_COUNT - 1)).toBe(7);
  });

  it("holds the fault with its place, and the lines, rows and bytes", () => {
    startReport();
    passLine();
    passLine();
    fault(FAULT_RULE, 0x123456789ab, 3);
    finishReport(0x100000001, 77);
    expect<bool>(hasFault()).toBe(true);
    expect<u32>(reportFault()).toBe(FAULT_RULE);
    expect<u64>(reportFaultAt()).toBe(0x123456789ab);
    expect<u32>(reportFaultWhat()).toBe(3);
    expect<u32>(reportLines()).toBe(2);
    expect<u64>(reportRows()).toBe(0x100000001);
    expect<u32>(reportBytes()).toBe(77);
  });
});
