// The built worker, except that it fails on some tasks, each several times. It throws, exits, or
// uses up its memory.
const { appendFileSync, existsSync, readdirSync, readFileSync } = require("node:fs");
const { join } = require("node:path");
const answer = require("../../dist/bin/worker.cjs");

const { how, times, folder, victims } = JSON.parse(process.env.UPSWEEP_TEST_FAILS);
if (how === "load") throw new Error("not to be loaded");
let tasks = 0;

module.exports = (task) => {
  const tally = join(folder, `${task.first ?? task.bytes[0]}`);
  const failed = existsSync(tally) ? readFileSync(tally).length : 0;
  const mustAnswer = failed === 0 && (++tasks % 3 > 0 || readdirSync(folder).length >= victims);
  if (mustAnswer || failed === times) return answer(task);
  appendFileSync(tally, ".");
  if (how === "throw") throw new Error("thrown by the test");
  if (how === "exit") process.exit(7);
  for (const chunks = []; ; ) chunks.push(new Array(1e6).fill({}));
};
