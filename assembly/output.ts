// The output buffer that the current batch writes to. OUTPUT has several buffers of equal size. The
// rows of a batch stay in their buffer under a lease, without a copy, until the host has written
// them; meanwhile the next batches fill the other buffers.

import { OUTPUT_BYTES, OUTPUT_PTR, OUTPUT_BUFFER_BYTES } from "./layout";

let startPtr: usize = OUTPUT_PTR;

/** Selects the output buffer (0 to OUTPUT_BUFFERS - 1) of the following batches. */
export function useOutputBuffer(outputBuffer: u32): void {
  startPtr = OUTPUT_PTR + <usize>outputBuffer * OUTPUT_BUFFER_BYTES;
}

/** The address at which the current output buffer begins. */
export function outputPtr(): usize {
  return startPtr;
}

/**
 * The address from which on no row may begin in the current output buffer. The buffer has room for
 * one row more.
 */
export function outputLimitPtr(): usize {
  return startPtr + <usize>OUTPUT_BYTES;
}
