/** How taps and covered are found, and what of it is compared. */

export const METHODS = ["closed", "simulate", "verify", "spot_check"] as const;

/**
 * How taps and covered are found: by the closed form, by simulating, both compared, or by the closed form and in a sample both compared. All give
 * the same integers, always; where two differ, the sweep stops.
 */
export type Method = (typeof METHODS)[number];

/** What a sweep by the closed form compares with the simulation: nothing, about one layer in a thousand, or every layer. */
export const CHECKS = ["none", "spot", "all"] as const;
export type Check = (typeof CHECKS)[number];

/** How the layers of a sweep are found. */
export function methodOf(method: "closed" | "simulate" = "closed", check: Check = "spot"): Method {
  return method === "simulate"
    ? method
    : ({ none: "closed", spot: "spot_check", all: "verify" } as const)[check];
}

/** Whether every layer is simulated, which takes microseconds to seconds. */
export function simulatesAll(method: Method): boolean {
  return method === "simulate" || method === "verify";
}
