/** `sweep --drop-constant`: finds the constant columns, and reports them. */
import { printable } from "../format-message.js";
import type { ConstantColumn, Plan } from "../plan/model.js";
import type { Searched, SearchOptions } from "../run/sweep/constants.js";
import { planWithoutConstants } from "../run/threads.js";
import { isTerminal, log, STDERR } from "./terminal.js";
import { counted } from "./text.js";
import { fractionOf, watch } from "./watch.js";

/** The raw indices after which a search is long enough to be mentioned where there is no bar. */
const LONG_SEARCH = 1_000_000n;

/** The plan without its constant columns. Looks at rows, with a progress bar. */
export function planWithout(plan: Plan, options: SearchOptions, quiet = false): Promise<Plan> {
  let isMentioned = isTerminal(STDERR);
  return watch(planWithoutConstants(plan, options), {
    quiet,
    fraction: fractionOf,
    interrupted: (rows) =>
      `interrupted in the search for constant columns after ${counted(rows, "row")}. ` +
      "No row was written.",
    onBatch: ({ progress }: Searched) => {
      if (isMentioned || progress.done < LONG_SEARCH) return;
      isMentioned = true;
      log("upsweep: looking for constant columns, before the first row is written", quiet);
    },
  });
}

/** The columns that were left out, with their values. */
export function constantsText(constants: readonly ConstantColumn[] = []): string {
  if (constants.length === 0) return "no column was left out: none is constant, or all are";
  const texts = constants.map(({ name, value }) => `${name} = ${value ?? "missing"}`);
  return printable(`left out ${counted(texts.length, "constant column")}: ${texts.join(", ")}`);
}
