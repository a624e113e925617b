/** How `taps` and `covered` are computed, and which layers are checked. */

export const METHODS = ["closed", "simulate", "verify", "spot_check"] as const;

/**
 * How `taps` and `covered` are computed: by the closed form, by simulation, by both compared on
 * every layer, or by the closed form with spot checks, which compare both on a sample of layers.
 * All methods give the same integers. If two of them ever differ, the sweep stops.
 */
export type Method = (typeof METHODS)[number];

/**
 * Which layers a sweep by the closed form compares with the simulation: none, spot checks of about
 * one layer in a thousand, or all.
 */
export const CHECKS = ["none", "spot", "all"] as const;
export type Check = (typeof CHECKS)[number];

/** The method for the two options. A simulation has nothing to check, so it ignores `check`. */
export function methodOf(method: "closed" | "simulate" = "closed", check: Check = "spot"): Method {
  return method === "simulate"
    ? method
    : ({ none: "closed", spot: "spot_check", all: "verify" } as const)[check];
}

/** Whether every layer is simulated. A simulation takes microseconds to seconds. */
export function simulatesAll(method: Method): boolean {
  return method === "simulate" || method === "verify";
}
