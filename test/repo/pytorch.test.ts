/** The README's PyTorch recipe and examples/python/pytorch_layers.py, where Python has PyTorch. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { codeIn, ROOT, read } from "./documents.ts";

// Debian's python3 has Debian's PyTorch; the first python3 of the path may be another one.
const PYTHON = ["python3", "/usr/bin/python3"].find(
  (path) => spawnSync(path, ["-c", "import torch"]).status === 0,
);

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "upsweep-pytorch-"));
  symlinkSync(`${ROOT}/examples`, `${folder}/examples`);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function python(code: string): string {
  const { stdout, stderr, status } = spawnSync(PYTHON as string, ["-c", code], {
    cwd: folder,
    encoding: "utf8",
    env: { ...process.env, PYTHONDONTWRITEBYTECODE: "1" },
  });
  expect(status, stderr).toBe(0);
  return stdout;
}

/** Counts layers.jsonl, and returns the results of each row as JSON Lines. */
function counted(columns: string): Record<string, unknown>[] {
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    [
      `${ROOT}/dist/bin/cli.cjs`,
      ...["count", "--from", "layers.jsonl", "--columns", columns, "--format", "jsonl", "--quiet"],
    ],
    { cwd: folder, encoding: "utf8" },
  );
  expect(status, stderr).toBe(0);
  return stdout
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
}

describe.skipIf(PYTHON === undefined)("a list from PyTorch", () => {
  it("is what the README's recipe writes", () => {
    const [recipe] = codeIn("README.md", "python");
    python(recipe as string);
    expect(readFileSync(`${folder}/layers.jsonl`, "utf8")).toBe(
      read("test/fixtures/pytorch-layers.jsonl"),
    );
  });

  it("has the output lengths of the model, with output_size, groups and other padding modes", () => {
    const lengths = python(`
import sys, json, torch
from torch import nn
sys.path.append("examples/python")
from pytorch_layers import write_layers

class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.wide = nn.Conv2d(3, 8, (3, 5), stride=(2, 1), padding=(1, 2), padding_mode="reflect")
        self.up = nn.ConvTranspose2d(8, 4, 3, stride=2, padding=1)
        self.depthwise = nn.Conv2d(4, 4, 3, padding=1, dilation=2, groups=4, bias=False)

    def forward(self, x):
        shapes = []
        x = self.wide(x)
        shapes.append(x.shape)
        height, width = x.shape[-2:]
        x = self.up(x, output_size=(2 * height, 2 * width - 1))
        shapes.append(x.shape)
        for _ in range(2):
            x = self.depthwise(x)
            shapes.append(x.shape)
        return shapes

model = Model()
write_layers(model, torch.zeros(2, 3, 16, 20), "layers.jsonl")
print(json.dumps([list(shape) for shape in model(torch.zeros(2, 3, 16, 20))]))
`);
    expect(
      counted("h_out,w_out").map((row) => [row.batch_size, row.out_channels, row.h_out, row.w_out]),
    ).toEqual(JSON.parse(lengths));
  });

  it("has linear layers with all leading dimensions as their batch, and words for the padding", () => {
    const macs = python(`
import sys, json, torch
from torch import nn
sys.path.append("examples/python")
from pytorch_layers import write_layers

class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv1d(4, 6, 4, padding="same")
        self.head = nn.Linear(10, 3, bias=False)

    def forward(self, x):
        return self.head(self.conv(x))

model = Model()
write_layers(model, torch.zeros(2, 4, 10), "layers.jsonl")
print(json.dumps([model.head(torch.zeros(2, 6, 10)).numel() * 10, list(model.conv(torch.zeros(2, 4, 10)).shape)]))
`);
    const [linear, shape] = JSON.parse(macs);
    const [conv, head] = counted("macs,l_out") as [
      Record<string, unknown>,
      Record<string, unknown>,
    ];
    expect([conv.padding, [conv.batch_size, conv.out_channels, conv.l_out]]).toEqual([
      "same",
      shape,
    ]);
    expect([head.batch_size, head.macs, head.l_out]).toEqual([12, linear, null]);
  });
});
