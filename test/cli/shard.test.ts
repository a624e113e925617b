/**
 * `--shard auto` and `--shard auto/N`: the shard that a scheduler's variables assign to a process.
 */
import { fc, test } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import { readShard } from "../../src/cli/shard.ts";
import { text } from "../support/text.ts";

type Variables = Readonly<Record<string, string>>;

/** The variables that Slurm sets in a task of `--array=<ids>`. */
function slurm(id: number, ids: readonly number[], step = 1): Variables {
  return {
    SLURM_ARRAY_TASK_ID: String(id),
    SLURM_ARRAY_TASK_MIN: String(Math.min(...ids)),
    SLURM_ARRAY_TASK_MAX: String(Math.max(...ids)),
    SLURM_ARRAY_TASK_COUNT: String(ids.length),
    SLURM_ARRAY_TASK_STEP: String(step),
  };
}

/** The variables that Grid Engine sets in a task of `-t first-last:step`. */
function sge(id: number, first: number, last: number, step = 1): Variables {
  return {
    SGE_TASK_ID: String(id),
    SGE_TASK_FIRST: String(first),
    SGE_TASK_LAST: String(last),
    SGE_TASK_STEPSIZE: String(step),
  };
}

const upTo = (count: number) => Array.from({ length: count }, (_, i) => i);

describe("--shard auto", () => {
  it("reads the shard and the number of shards from a complete array", () => {
    expect(readShard("auto", slurm(0, upTo(16)))).toEqual({ index: 0, of: 16 });
    expect(readShard("auto", slurm(15, upTo(16)))).toEqual({ index: 15, of: 16 });
    expect(readShard("auto", slurm(0, [0]))).toEqual({ index: 0, of: 1 });
    expect(readShard("auto", { JOB_COMPLETION_INDEX: "2", JOB_COMPLETIONS: "3" })).toEqual({
      index: 2,
      of: 3,
    });
    expect(readShard("auto", sge(1, 1, 16))).toEqual({ index: 0, of: 16 });
    expect(readShard("auto", sge(16, 1, 16))).toEqual({ index: 15, of: 16 });
  });

  it("accepts the fewer variables that an old Slurm sets", () => {
    expect(
      readShard("auto", {
        SLURM_ARRAY_TASK_ID: "3",
        SLURM_ARRAY_TASK_MIN: "0",
        SLURM_ARRAY_TASK_COUNT: "4",
      }),
    ).toEqual({ index: 3, of: 4 });
  });

  const whole =
    "To run only some tasks of it, give the number of shards, for example --shard auto/16.";
  it.each([
    [
      "one task runs again",
      slurm(2, [2]),
      text`
        SLURM_ARRAY_TASK_ID=2, SLURM_ARRAY_TASK_MIN=2, SLURM_ARRAY_TASK_MAX=2,
        SLURM_ARRAY_TASK_STEP=1, SLURM_ARRAY_TASK_COUNT=1
      `,
    ],
    [
      "the second half runs",
      slurm(2, [2, 3]),
      "SLURM_ARRAY_TASK_ID=2, SLURM_ARRAY_TASK_MIN=2, SLURM_ARRAY_TASK_MAX=3",
    ],
    ["the array begins at 1", slurm(1, [1, 2, 3, 4]), "SLURM_ARRAY_TASK_MIN=1"],
    ["a task is missing", slurm(0, [0, 1, 3]), "SLURM_ARRAY_TASK_MAX=3"],
    [
      "the array has a step of 2",
      slurm(
        30,
        upTo(16).map((i) => 2 * i),
        2,
      ),
      "SLURM_ARRAY_TASK_STEP=2",
    ],
  ])("refuses a Slurm array where %s", (_, env, said) => {
    const error = () => readShard("auto", env);
    expect(error).toThrow(
      "--shard auto: the array does not start at 0 or has gaps: SLURM_ARRAY_TASK_ID=",
    );
    expect(error).toThrow(said);
    expect(error).toThrow(`Submit a complete array (--array=0-15). ${whole}`);
  });

  it("refuses incomplete arrays of other schedulers", () => {
    expect(() => readShard("auto", sge(3, 3, 3))).toThrow(
      text`
        --shard auto: the array does not start at 1 or has gaps: SGE_TASK_ID=3, SGE_TASK_FIRST=3,
        SGE_TASK_LAST=3, SGE_TASK_STEPSIZE=1. Submit a complete array (-t 1-16). ${whole}
      `,
    );
    expect(() => readShard("auto", sge(3, 1, 5, 2))).toThrow("SGE_TASK_STEPSIZE=2");
    expect(() => readShard("auto", { JOB_COMPLETION_INDEX: "3", JOB_COMPLETIONS: "3" })).toThrow(
      "JOB_COMPLETION_INDEX=3, JOB_COMPLETIONS=3",
    );
    expect(() => readShard("auto", { JOB_COMPLETION_INDEX: "0", JOB_COMPLETIONS: "0" })).toThrow(
      "Submit a complete array (completions: 16)",
    );
    expect(() =>
      readShard("auto", { JOB_COMPLETION_INDEX: "0", JOB_COMPLETIONS: "100000" }),
    ).toThrow("JOB_COMPLETIONS=100000");
  });

  it.each([
    [
      "PBS",
      { PBS_ARRAY_INDEX: "3" },
      "PBS gives the number of this task (PBS_ARRAY_INDEX=3), but not how many there are.",
    ],
    [
      "Torque",
      { PBS_ARRAYID: "3" },
      "Torque gives the number of this task (PBS_ARRAYID=3), but not how many there are.",
    ],
    [
      "LSF",
      { LSB_JOBINDEX: "3", LSB_JOBINDEX_END: "3" },
      "LSF gives the number of this task (LSB_JOBINDEX=3), but not how many there are.",
    ],
    [
      "GNU parallel",
      { PARALLEL_SEQ: "3", PARALLEL_JOBSLOT: "1" },
      "GNU parallel gives the number of this task (PARALLEL_SEQ=3), but not how many there are.",
    ],
    [
      "Kubernetes",
      { JOB_COMPLETION_INDEX: "2" },
      "(JOB_COMPLETION_INDEX=2), but not how many there are: JOB_COMPLETIONS is not set.",
    ],
  ])("requires the number of shards where %s does not set it", (_, env, message) => {
    expect(() => readShard("auto", env)).toThrow(message);
    expect(() => readShard("auto", env)).toThrow(
      "Give the number of shards, for example --shard auto/16.",
    );
  });
});

describe("--shard auto/16", () => {
  it.each<[string, Variables, number]>([
    ["a Slurm task that runs again", slurm(2, [2]), 2],
    ["the second half of a Slurm array", slurm(9, [8, 9, 10]), 9],
    ["a Slurm array with a step of 2", slurm(14, [0, 2, 14], 2), 14],
    ["Kubernetes", { JOB_COMPLETION_INDEX: "15" }, 15],
    ["PBS", { PBS_ARRAY_INDEX: "0" }, 0],
    ["Torque", { PBS_ARRAYID: "15" }, 15],
    ["Grid Engine, which counts from 1", sge(1, 1, 1), 0],
    ["the last task of Grid Engine", sge(16, 16, 16), 15],
    ["LSF, which counts from 1", { LSB_JOBINDEX: "1", LSB_JOBINDEX_END: "16" }, 0],
    ["GNU parallel, which counts from 1", { PARALLEL_SEQ: "16", PARALLEL_JOBSLOT: "2" }, 15],
  ])("reads the task number of %s", (_, env, index) => {
    expect(readShard("auto/16", env)).toEqual({ index, of: 16 });
  });

  it("refuses tasks outside the range of shards, naming the variable and its value", () => {
    expect(() => readShard("auto/16", slurm(16, [16]))).toThrow(
      text`
        --shard auto/16: SLURM_ARRAY_TASK_ID is 16, but the 16 shards are tasks 0 to 15. Submit
        tasks in that range, or correct the number of shards.
      `,
    );
    expect(() => readShard("auto/16", sge(17, 17, 17))).toThrow(
      "SGE_TASK_ID is 17, but the 16 shards are tasks 1 to 16.",
    );
    expect(() => readShard("auto/16", { PARALLEL_SEQ: "0" })).toThrow(
      "PARALLEL_SEQ is 0, but the 16 shards are tasks 1 to 16.",
    );
  });

  it.each(["auto/0", "auto/", "auto/100000", "auto/x", "auto/-1", "AUTO/16", "auto/16/2", "/16"])(
    "refuses %j",
    (text) => {
      expect(() => readShard(text, slurm(0, [0]))).toThrow("--shard cannot be ");
    },
  );

  test.prop([
    fc.integer({ min: 1, max: 99_999 }).chain((of) => fc.tuple(fc.constant(of), fc.nat(of - 1))),
  ])(
    "gives every task of an array its own shard, whichever scheduler numbers it",
    ([of, index]) => {
      const environments: Variables[] = [
        { SLURM_ARRAY_TASK_ID: String(index) },
        { JOB_COMPLETION_INDEX: String(index) },
        { PBS_ARRAY_INDEX: String(index) },
        { PBS_ARRAYID: String(index) },
        { SGE_TASK_ID: String(index + 1) },
        { LSB_JOBINDEX: String(index + 1) },
        { PARALLEL_SEQ: String(index + 1) },
      ];
      for (const env of environments) expect(readShard(`auto/${of}`, env)).toEqual({ index, of });
    },
  );
});

describe("the environment of --shard auto", () => {
  it("is not an array job where Grid Engine and LSF say so", () => {
    const none = text`
      this is not a task of an array job: none of SLURM_ARRAY_TASK_ID, JOB_COMPLETION_INDEX,
      PBS_ARRAY_INDEX, PBS_ARRAYID, SGE_TASK_ID, LSB_JOBINDEX and PARALLEL_SEQ is set. Name the
      shard, for example --shard 3/16.
    `;
    for (const env of [
      {},
      { SGE_TASK_ID: "undefined" },
      { LSB_JOBINDEX: "0" },
      { PARALLEL_JOBSLOT: "1" },
    ]) {
      expect(() => readShard("auto", env)).toThrow(`--shard auto: ${none}`);
      expect(() => readShard("auto/16", env)).toThrow(`--shard auto/16: ${none}`);
    }
    expect(readShard("auto/16", { SGE_TASK_ID: "undefined", PARALLEL_SEQ: "4" })).toEqual({
      index: 3,
      of: 16,
    });
  });

  it("is refused when it names two tasks", () => {
    expect(() => readShard("auto/16", { ...slurm(2, [2]), PARALLEL_SEQ: "3" })).toThrow(
      text`
        --shard auto/16: SLURM_ARRAY_TASK_ID=2 and PARALLEL_SEQ=3 are both set. Name the shard, for
        example --shard $PARALLEL_SEQ/16, or unset one of them.
      `,
    );
  });

  it.each(["x", "", "-1", "1.5", "1e3", "0x1", " 1", "12345678901"])(
    "is refused when a number is %j",
    (text) => {
      expect(() => readShard("auto/16", { SLURM_ARRAY_TASK_ID: text })).toThrow(
        /^--shard auto\/16: SLURM_ARRAY_TASK_ID is .*, not a whole number\. Name the shard/,
      );
      expect(() =>
        readShard("auto", { ...slurm(0, upTo(4)), SLURM_ARRAY_TASK_COUNT: text }),
      ).toThrow(/^--shard auto: SLURM_ARRAY_TASK_COUNT is /);
    },
  );

  it("is ignored when the shard is named", () => {
    expect(readShard("3/16", { PARALLEL_SEQ: "1", ...slurm(2, [2]) })).toEqual({
      index: 3,
      of: 16,
    });
  });
});
