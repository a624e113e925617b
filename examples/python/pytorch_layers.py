"""Writes the convolutions and linear layers that a PyTorch model runs as a list for `upsweep count --from`."""
import json
import math

from torch import nn

LENGTHS = {1: ["l_in"], 2: ["h_in", "w_in"], 3: ["d_in", "h_in", "w_in"]}
COPIED = ["in_channels", "out_channels", "kernel_size", "stride", "padding", "dilation", "groups"]


def write_layers(model, inputs, path):
    """Runs `model(inputs)` and writes one JSON object to `path` for each call of a convolution or linear layer."""
    with open(path, "w", encoding="utf-8") as file:

        def write(name, layer, shape, output):
            json.dump(_row(name, layer, shape, output), file)
            file.write("\n")

        def hook(name):
            return lambda layer, args, output: write(name, layer, args[0].shape, output.shape)

        layers = [
            (name, layer)
            for name, layer in model.named_modules()
            if isinstance(layer, (nn.modules.conv._ConvNd, nn.Linear))
        ]
        handles = [layer.register_forward_hook(hook(name)) for name, layer in layers]
        try:
            model(inputs)
        finally:
            for handle in handles:
                handle.remove()


def _row(name, layer, shape, output):
    if isinstance(layer, nn.Linear):
        return _linear_row(name, layer, shape)
    dimensions = len(layer.kernel_size)
    lengths = list(shape[-dimensions:])
    kind = f"Conv{'Transpose' if layer.transposed else ''}{dimensions}d"
    row = {"name": name, "layer": kind}
    # An input without a batch dimension is one sample.
    row["batch_size"] = shape[0] if len(shape) == dimensions + 2 else 1
    row.update({key: getattr(layer, key) for key in COPIED})
    if layer.transposed:
        # The output_size of a call can change the output_padding, so it is read from the output.
        row["output_padding"] = [
            out - ((length - 1) * s - 2 * p + d * (k - 1) + 1)
            for out, length, s, p, d, k in zip(
                output[-dimensions:],
                lengths,
                layer.stride,
                layer.padding,
                layer.dilation,
                layer.kernel_size,
            )
        ]
    elif layer.padding_mode != "zeros":
        # PyTorch pads with real elements first, and then runs the layer without padding.
        pads = layer._reversed_padding_repeated_twice
        reversed_dimensions = range(dimensions - 1, -1, -1)
        lengths = [n + pads[2 * i] + pads[2 * i + 1] for n, i in zip(lengths, reversed_dimensions)]
        row["padding"] = 0
    row.update(zip(LENGTHS[dimensions], lengths))
    row["bias"] = layer.bias is not None
    return row


def _linear_row(name, layer, shape):
    return {
        "name": name,
        "layer": "Linear",
        # All dimensions but the last one are a batch of rows.
        "batch_size": math.prod(shape[:-1]),
        "in_features": layer.in_features,
        "out_features": layer.out_features,
        "bias": layer.bias is not None,
    }
