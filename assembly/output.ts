// The window of OUTPUT into which the batch at hand writes. Rows stay in theirs until the host has written them away, while the
// next batches fill others: nobody copies them.

import { OUTPUT_BYTES, OUTPUT_PTR, OUTPUT_BUFFER_BYTES } from "./layout";

let startPtr: usize = OUTPUT_PTR;

/** The window (0 to OUTPUT_BUFFERS - 1) of the batches to come. */
export function useOutputBuffer(outputBuffer: u32): void {
  startPtr = OUTPUT_PTR + <usize>outputBuffer * OUTPUT_BUFFER_BYTES;
}

/** Where the window begins. */
export function outputPtr(): usize {
  return startPtr;
}

/** No row begins behind this address. */
export function windowEndPtr(): usize {
  return startPtr + <usize>OUTPUT_BYTES;
}
