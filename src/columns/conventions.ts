/**
 * The answers of other counters. Each formula was read in the tool's source and compared with the
 * answers of the tool itself.
 */
import { evaluated } from "../layers/evaluated.js";
import { TRANSPOSED } from "../layers/transposed.js";
import { type ColumnRecord, inConvolutions } from "./column.js";

/**
 * Products of a plain convolution as most counters count them: kernel_size for every output
 * element, including products with zeros of the padding.
 */
const EVERY_OUTPUT = "batch_size * filters * kernel_size * l_out";
/** Products of a transposed convolution, including cropped ones. */
const EVERY_INPUT = "batch_size * filters * kernel_size * l_in";
/** Tracers have no rule for the operator of the paddings same and valid, and count 0 for them. */
const EVERY_OUTPUT_OF_NUMBERS = `${EVERY_OUTPUT} * (1 - padding_is_word)`;
/** Products of a linear layer. */
const EVERY_WEIGHT = "batch_size * weight_elements";
const ROW_BIASES = "bias * batch_size * out_channels";
const BIASES = "bias * batch_size * out_channels * l_out";

export const CONVENTIONS = [
  {
    name: "moduleprofiler",
    group: "conventions",
    type: "u64",
    unit: "op",
    formula: {
      transposed:
        "batch_size * filters * (l_out * (kernel_size + 1) + unpadded_taps - unpadded_l_out)" +
        " - (1 - bias) * batch_size * out_channels * l_out",
      convolution:
        "batch_size * out_channels * l_out" +
        " * (2 * (in_channels // groups) * kernel_size - (1 - bias))",
      linear: "batch_size * (2 * weight_elements - (1 - bias) * out_channels)",
    },
    counts: {
      transposed:
        "The documented operations, but with the overlaps of the layer without its " +
        "output_padding. No answer if that leaves no output, or in 3-d.",
      convolution:
        "One multiplication and one addition for every product, zeros of the padding included, " +
        "less one addition for every output without a bias. No answer in 3-d.",
      linear:
        "One multiplication and one addition for every product, " +
        "less one addition for every output without a bias.",
    },
    missing: ({ kind, dimensions }) =>
      dimensions.length === 3 ||
      (kind.family.name === "transposed" &&
        dimensions.some(
          (d) => evaluated(TRANSPOSED.spatial.outputLength, { ...d, output_padding: 0 }) < 1n,
        )),
    needs: ["l_out"],
    inMacs: "(moduleprofiler + (1 - bias) * output_elements) / 2",
    tool: {
      name: "moduleprofiler",
      version: "0.0.4",
      commit: "071b9f8",
      function: {
        transposed: "ops.py _convtranspose1d_ops_fn",
        convolution: "ops.py _conv1d_ops_fn",
        linear: "ops.py _linear_ops_fn",
      },
    },
  },
  {
    name: "ptflops",
    group: "conventions",
    type: "u64",
    unit: "mac+bias",
    formula: {
      transposed: `${EVERY_INPUT} + ${BIASES}`,
      convolution: `${EVERY_OUTPUT} + ${BIASES}`,
      linear: `${EVERY_WEIGHT} + ${ROW_BIASES}`,
    },
    counts: {
      transposed:
        "Products, cropped ones included, and one addition for every output with a bias. " +
        "(The public API divides by the batch size.)",
      convolution:
        "Products, zeros of the padding included, and one addition for every output with a bias. " +
        "(The public API divides by the batch size.)",
      linear:
        "Products, and one addition for every output with a bias. " +
        "(The public API divides by the first dimension of the input.)",
    },
    needs: ["l_out"],
    isAdditive: true,
    inMacs: "ptflops - bias * output_elements",
    tool: {
      name: "ptflops",
      version: "0.7.6",
      commit: "d612c75",
      function: {
        ...inConvolutions("pytorch_ops.py conv_flops_counter_hook"),
        linear: "pytorch_ops.py linear_flops_counter_hook",
      },
    },
  },
  {
    name: "ptflops_0_7_4",
    group: "conventions",
    type: "u64",
    unit: "mac+bias",
    formula: {
      transposed: `${EVERY_OUTPUT} + ${BIASES}`,
      convolution: `${EVERY_OUTPUT} + ${BIASES}`,
      linear: `${EVERY_WEIGHT} + ${ROW_BIASES}`,
    },
    counts: {
      transposed:
        "kernel_size products for every output element, including zeros that stride inserts, " +
        "and the bias.",
      convolution:
        "Products, zeros of the padding included, and one addition for every output with a bias.",
      linear:
        "Products, and one addition for every output with a bias, " +
        "in the versions 0.7.2 to 0.7.5. (Versions 0.6.4 to 0.7.1.1 add the bias only once.)",
    },
    isAdditive: true,
    inMacs: "ptflops_0_7_4 - bias * output_elements",
    tool: {
      name: "ptflops",
      version: "0.6.4 to 0.7.4",
      commit: "",
      function: {
        ...inConvolutions("pytorch_ops.py conv_flops_counter_hook"),
        linear: "pytorch_ops.py linear_flops_counter_hook",
      },
    },
  },
  {
    name: "thop",
    group: "conventions",
    type: "u64",
    unit: "mac",
    formula: {
      transposed: "batch_size * out_channels * l_out * (in_channels // groups) * kernel_size",
      convolution: "batch_size * out_channels * l_out * (in_channels // groups) * kernel_size",
      linear: EVERY_WEIGHT,
    },
    counts: {
      transposed:
        "kernel_size products for every output element, including zeros that stride inserts.",
      convolution: "Products, zeros of the padding included.",
      linear: "Products.",
    },
    isAdditive: true,
    inMacs: "thop",
    tool: {
      name: "thop",
      version: "0.1.1",
      commit: "43c064a",
      function: {
        ...inConvolutions("calc_func.py calculate_conv2d_flops"),
        linear: "basic_hooks.py count_linear",
      },
    },
  },
  {
    name: "thop_ultralytics",
    group: "conventions",
    type: "u64",
    unit: "mac",
    formula: {
      transposed: "batch_size * in_channels * l_in * (out_channels // groups) * kernel_size",
      convolution: "batch_size * out_channels * l_out * (in_channels // groups) * kernel_size",
      linear: EVERY_WEIGHT,
    },
    counts: {
      transposed: "Products, cropped ones included.",
      convolution: "Products, zeros of the padding included.",
      linear: "Products.",
    },
    isAdditive: true,
    inMacs: "thop_ultralytics",
    tool: {
      name: "ultralytics/thop",
      version: "2.1.6",
      commit: "fbb5e19",
      function: {
        transposed: "basic_hooks.py count_convtNd",
        convolution: "basic_hooks.py count_convNd",
        linear: "basic_hooks.py count_linear",
      },
    },
  },
  {
    name: "torchinfo",
    group: "conventions",
    type: "u64",
    unit: "mac+bias",
    formula: {
      transposed: "batch_size * l_out * (filters * kernel_size + bias * out_channels)",
      convolution: "batch_size * l_out * (filters * kernel_size + bias * out_channels)",
      linear: `${EVERY_WEIGHT} + ${ROW_BIASES}`,
    },
    counts: {
      transposed:
        "kernel_size products for every output element, including zeros that stride inserts, " +
        "and the bias.",
      convolution:
        "Products, zeros of the padding included, and one addition for every output with a bias.",
      linear: "Products, and one addition for every output with a bias.",
    },
    isAdditive: true,
    inMacs: "torchinfo - bias * output_elements",
    tool: {
      name: "torchinfo",
      version: "1.8.0",
      commit: "5c4164f",
      function: "layer_info.py calculate_macs",
    },
  },
  {
    name: "fvcore",
    group: "conventions",
    type: "u64",
    unit: "mac",
    formula: {
      transposed: EVERY_INPUT,
      convolution: EVERY_OUTPUT_OF_NUMBERS,
      linear: EVERY_WEIGHT,
    },
    counts: {
      transposed: "Products, cropped ones included. (mmengine 0.11.0rc0 counts the same.)",
      convolution:
        "Products, zeros of the padding included. It counts 0 for the paddings same and valid. " +
        "(mmengine 0.11.0rc0 counts the same.)",
      linear: "Products. (mmengine 0.11.0rc0 counts the same.)",
    },
    isAdditive: true,
    inMacs: "fvcore",
    tool: {
      name: "fvcore",
      version: "0.1.6",
      commit: "3378afe",
      function: {
        ...inConvolutions("jit_handles.py conv_flop_count"),
        linear: "jit_handles.py linear_flop_jit",
      },
    },
  },
  {
    name: "torch",
    group: "conventions",
    type: "u64",
    unit: "flop",
    formula: {
      transposed: `2 * ${EVERY_INPUT}`,
      convolution: `2 * ${EVERY_OUTPUT}`,
      linear: `2 * ${EVERY_WEIGHT}`,
    },
    counts: {
      transposed: "Two operations for every product, cropped ones included.",
      convolution: "Two operations for every product, zeros of the padding included.",
      linear: "Two operations for every product.",
    },
    isAdditive: true,
    inMacs: { transposed: EVERY_INPUT, convolution: EVERY_OUTPUT, linear: EVERY_WEIGHT },
    tool: {
      name: "PyTorch FlopCounterMode",
      version: "main",
      commit: "f34fa15",
      function: {
        ...inConvolutions("flop_counter.py conv_flop_count"),
        linear: "flop_counter.py addmm_flop",
      },
    },
  },
  {
    name: "deepspeed_macs",
    group: "conventions",
    type: "u64",
    unit: "mac",
    formula: {
      transposed:
        "batch_size * l_in * kernel_size * in_channels * (out_channels // groups // groups)",
      convolution:
        "batch_size * in_channels * (out_channels // groups) * kernel_size * deepspeed_l_out",
      linear: EVERY_WEIGHT,
    },
    counts: {
      transposed:
        "Products, cropped ones included, divided by groups a second time: " +
        "0 for depthwise layers. (calflops 29ca584 counts the same.)",
      convolution:
        "Products, zeros of the padding included, for the output length that it computes itself. " +
        "That is too short for padding same with an odd number of zeros. " +
        "(calflops 29ca584 counts the same.)",
      linear: "Products. (calflops 29ca584 counts the same.)",
    },
    isAdditive: true,
    inMacs: "deepspeed_macs",
    tool: {
      name: "DeepSpeed",
      version: "0.19.6",
      commit: "edaa722",
      function: {
        transposed: "profiler.py _conv_trans_flops_compute",
        convolution: "profiler.py _conv_flops_compute",
        linear: "profiler.py _linear_flops_compute",
      },
    },
  },
  {
    name: "deepspeed_flops",
    group: "conventions",
    type: "i64",
    unit: "flop",
    formula: {
      transposed:
        "2 * deepspeed_macs + bias * batch_size * (out_channels // groups) * forward_length",
      convolution: "2 * deepspeed_macs + bias * batch_size * out_channels * deepspeed_l_out",
      linear: "2 * deepspeed_macs",
    },
    counts: {
      transposed:
        "Twice deepspeed_macs, and a bias with the output size of the forward convolution, which " +
        "can be negative.",
      convolution: "Twice deepspeed_macs, and one addition for every output with a bias.",
      linear: "Twice deepspeed_macs. Unlike for convolutions, the bias is not counted.",
    },
    needs: ["2 * deepspeed_macs", "deepspeed_flops - 2 * deepspeed_macs"],
    inMacs: "deepspeed_macs",
    tool: {
      name: "DeepSpeed",
      version: "0.19.6",
      commit: "edaa722",
      function: {
        transposed: "profiler.py _conv_trans_flops_compute",
        convolution: "profiler.py _conv_flops_compute",
        linear: "profiler.py _linear_flops_compute",
      },
    },
  },
  {
    name: "torchprofile",
    group: "conventions",
    type: "u64",
    unit: "mac",
    formula: {
      transposed:
        "batch_size * out_channels * l_out * kernel_size" +
        " * ((out_channels == in_channels) * (out_channels // groups)" +
        " + (out_channels != in_channels) * in_channels)",
      convolution: EVERY_OUTPUT_OF_NUMBERS,
      linear: EVERY_WEIGHT,
    },
    counts: {
      transposed:
        "kernel_size products for every output element, including zeros that stride inserts. " +
        "If the channel counts differ, it uses all input channels instead of those of a group.",
      convolution: "Products, zeros of the padding included.",
      linear: "Products.",
    },
    isAdditive: true,
    inMacs: "torchprofile",
    tool: {
      name: "torchprofile",
      version: "0.1.0",
      commit: "ec8bf8a",
      function: {
        ...inConvolutions("handlers.py _convolution"),
        linear: "handlers.py _matmul",
      },
    },
  },
  {
    name: "onnx_tool",
    group: "conventions",
    type: "u64",
    unit: "mac+bias",
    formula: {
      transposed:
        "batch_size * out_channels * l_out * (out_channels // groups) * kernel_size" +
        ` + ${BIASES}`,
      convolution:
        "batch_size * out_channels * onnx_l_out * ((in_channels // groups) * kernel_size + bias)",
      linear: `${EVERY_WEIGHT} + ${ROW_BIASES}`,
    },
    counts: {
      transposed:
        "kernel_size products for every output element, including zeros that stride inserts, and " +
        "the bias. It uses the output channels in place of the input channels.",
      convolution:
        "Products, zeros of the padding included, and one addition for every output with a bias.",
      linear: "Products, and one addition for every output with a bias.",
    },
    isAdditive: true,
    inMacs: {
      transposed: "onnx_tool - bias * output_elements",
      convolution: "batch_size * filters * kernel_size * onnx_l_out",
      linear: "onnx_tool - bias * output_elements",
    },
    tool: {
      name: "onnx-tool",
      version: "1.0.1",
      commit: "00f5f0a",
      function: {
        transposed: "node.py ConvTransposeNode",
        convolution: "node.py ConvNode",
        linear: "node.py GemmNode",
      },
    },
  },
  {
    name: "tensorflow",
    group: "conventions",
    type: "decimal",
    unit: "flop",
    formula: {
      transposed: `2 * ${EVERY_OUTPUT} / stride`,
      convolution: `2 * ${EVERY_OUTPUT} + ${BIASES}`,
      linear: `2 * ${EVERY_WEIGHT} + ${ROW_BIASES}`,
    },
    counts: {
      transposed:
        "Two operations for each of kernel_size products at every output element, divided by the " +
        "stride. It can be a fraction. No answer in 3-d.",
      convolution:
        "Two operations for every product, zeros of the padding included, " +
        "and one addition for every output with a bias.",
      linear: "Two operations for every product, and one addition for every output with a bias.",
    },
    missing: ({ kind, dimensions }) => kind.family.name === "transposed" && dimensions.length === 3,
    inMacs: {
      transposed: `${EVERY_OUTPUT} / stride`,
      convolution: EVERY_OUTPUT,
      linear: EVERY_WEIGHT,
    },
    tool: {
      name: "TensorFlow profiler",
      version: "main",
      commit: "0304934",
      function: {
        transposed: "flops_registry.py _conv_2d_backprop_input_flops",
        convolution: "nn_ops.py _calc_conv_flops",
        linear: "flops_registry.py _calc_mat_mul_flops",
      },
    },
  },
] as const satisfies readonly ColumnRecord[];
