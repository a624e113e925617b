// The first fault of a piece of a block, and its rejection counts, until the piece is complete.

import * as layout from "../layout";
import { reject } from "../report";

/** The kind of the fault, FAULT_NONE if there is none, and what the report says about it. */
export let fault: u32 = layout.FAULT_NONE;
export let faultPosition: u64 = 0;
export let faultDetail: u32 = 0;

export function clearFault(): void {
  fault = layout.FAULT_NONE;
}

/** Records a fault at a position of the block. Every earlier fault was at a later position. */
export function recordFault(kind: u32, position: u64, detail: u32): void {
  fault = kind;
  faultPosition = position;
  faultDetail = detail;
}

/** Clears the rejection counts at FILLED_REJECTED or DROPPED. */
export function clearCounts(ptr: usize, reasonCount: u32): void {
  memory.fill(ptr, 0, 8 * <usize>reasonCount);
}

/** Adds layers to a rejection count at FILLED_REJECTED or DROPPED. */
export function count(ptr: usize, reason: u32, layers: u64): void {
  const countPtr = ptr + ((<usize>reason) << 3);
  store<u64>(countPtr, load<u64>(countPtr) + layers);
}

/** Adds the rejection counts at `ptr` to the report. */
export function reportCounts(ptr: usize, reasonCount: u32): void {
  for (let reason: u32 = 0; reason < reasonCount; reason++) {
    const layers = load<u64>(ptr + ((<usize>reason) << 3));
    if (layers) reject(reason, layers);
  }
}
