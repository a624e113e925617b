"""The same counts by PyTorch: a transposed convolution of ones with ones.

Reads and writes the same lines as simulate.c.
"""
import sys
import time

import torch

torch.set_num_threads(1)
for line in sys.stdin:
    l_in, kernel_size, stride, padding, output_padding, dilation, rounds = map(int, line.split())
    x, weight = torch.ones(1, 1, l_in), torch.ones(1, 1, kernel_size)
    rounds, best = min(rounds, 20), float("inf")
    with torch.no_grad():
        for _ in range(3):
            start = time.perf_counter()
            for _ in range(rounds):
                y = torch.nn.functional.conv_transpose1d(
                    x, weight, None, stride, padding, output_padding, 1, dilation
                )
                taps, covered = int(y.sum(dtype=torch.float64)), int((y > 0).sum())
            best = min(best, (time.perf_counter() - start) / rounds)
    print(taps, covered, round(best * 1e9))
