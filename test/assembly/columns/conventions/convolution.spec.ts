import { deepspeedLength, onnxLength } from "../../../../assembly/columns/conventions/convolution";
import { PADDING_SAME, PADDING_VALID } from "../../../../assembly/layout";

const SAME: i64 = PADDING_SAME;
const VALID: i64 = PADDING_VALID;

describe("the output lengths of other counters", () => {
  it("are one too short in DeepSpeed if `same` adds an odd number of zeros", () => {
    expect<i64>(deepspeedLength(32, 4, 1, SAME, 1)).toBe(31);
    expect<i64>(deepspeedLength(32, 3, 1, SAME, 1)).toBe(32);
    expect<i64>(deepspeedLength(1, 2, 1, SAME, 1)).toBe(0);
    expect<i64>(deepspeedLength(32, 4, 2, 1, 1)).toBe(16);
  });

  it("ignore the dilation in onnx-tool if the padding is `valid`", () => {
    expect<i64>(onnxLength(24, 32, 5, 1, VALID)).toBe(28);
    expect<i64>(onnxLength(24, 32, 5, 1, 0)).toBe(24);
  });
});
