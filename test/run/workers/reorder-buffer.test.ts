/** Answers in the order of their tasks. */
import { fc, test } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import { inOrder, inOrderWhenReady } from "../../../src/run/workers/reorder-buffer.ts";
import { runs } from "../../support/tier.ts";

describe("the reorder buffer", () => {
  test.prop([fc.array(fc.nat(5), { maxLength: 30 }), fc.integer({ min: 1, max: 6 })], {
    numRuns: runs(50),
  })(
    "yields answers in the order of the tasks, whatever order they end in, and never holds more than its capacity",
    async (turns, width) => {
      let [started, taken, max] = [0, 0, 0];
      const run = async (task: number) => {
        started++;
        max = Math.max(max, started - taken);
        for (let turn = 0; turn < (turns[task] as number); turn++)
          await new Promise((resolve) => setImmediate(resolve));
        return task;
      };
      const answers: number[] = [];
      for await (const { task, answer } of inOrder(turns.keys(), run, width)) {
        expect(answer).toBe(task);
        answers.push(answer);
        taken++;
      }
      expect(answers).toEqual([...turns.keys()]);
      expect(max).toBeLessThanOrEqual(width);
    },
  );

  it("fails where the first task fails, after the answers before it", async () => {
    const run = async (task: number) => {
      if (task >= 2) throw new Error(`task ${task}`);
      return task;
    };
    const answers: number[] = [];
    const take = async () => {
      for await (const { answer } of inOrder([0, 1, 2, 3, 4], run, 4)) answers.push(answer);
    };
    await expect(take()).rejects.toThrow("task 2");
    expect(answers).toEqual([0, 1]);
  });

  it("starts no more tasks when its consumer leaves", async () => {
    let started = 0;
    for await (const _ of inOrder(
      Array.from({ length: 100 }, (_, i) => i),
      async () => started++,
      3,
    ))
      break;
    expect(started).toBe(3);
  });
});

describe("answers to tasks that arrive over time", () => {
  it("are yielded in the order of the tasks, without waiting for the next task", async () => {
    const log: string[] = [];
    const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
    const tasks = (async function* () {
      yield 30;
      yield 1;
      await wait(80);
      log.push("third comes");
      yield 5;
    })();
    const run = async (ms: number, isAlone: boolean) => {
      await wait(ms);
      return isAlone;
    };
    for await (const { task, answer } of inOrderWhenReady(tasks, run, () => 2))
      log.push(`${task} ${answer}`);
    expect(log).toEqual(["30 true", "1 false", "third comes", "5 true"]);
  });

  it("end with the error of a task, after the answers before it", async () => {
    const seen: number[] = [];
    const tasks = [1, 2, 3].values();
    const run = async (task: number) => {
      if (task === 2) throw new Error("two");
      return task;
    };
    const asynchronous = { next: async () => tasks.next() };
    await expect(async () => {
      for await (const { answer } of inOrderWhenReady(asynchronous, run, () => 3))
        seen.push(answer);
    }).rejects.toThrow("two");
    expect(seen).toEqual([1]);
  });
});
