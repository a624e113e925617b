// Answers of other counters for linear layers, where they differ from those for a plain convolution
// of no dimensions (convolution.ts).

import { deepspeedMacs } from "./convolution";
import * as shared from "./shared";

/** DeepSpeed and calflops: 2·deepspeed_macs. They do not count the bias of a linear layer. */
export function deepspeedFlops(): u64 {
  return shared.deepspeedFlops(deepspeedMacs(), 0, false);
}
