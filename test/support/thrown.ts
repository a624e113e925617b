/** Errors of the library. */
import { expect } from "vitest";
import { UpsweepError } from "../../src/errors.ts";

/** The error that a call throws, which must be an UpsweepError. Undefined when it throws none. */
export function thrown(call: () => unknown): UpsweepError | undefined {
  try {
    call();
    return undefined;
  } catch (error) {
    expect(error).toBeInstanceOf(UpsweepError);
    return error as UpsweepError;
  }
}

/** The same for an asynchronous call. */
export async function thrownBy(call: () => Promise<unknown>): Promise<UpsweepError | undefined> {
  try {
    await call();
    return undefined;
  } catch (error) {
    expect(error).toBeInstanceOf(UpsweepError);
    return error as UpsweepError;
  }
}
