// Runs all checks, one after the other. The last line is the total.
//
//   node test/all.js        the fast tier: `npm test`
//   node test/all.js slow   long and random tests: `npm run test:slow`
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const vitestReport = "build/vitest.json";
const errorsMade = fileURLToPath(new URL("../build/errors-made.txt", import.meta.url));
for (const path of [vitestReport, "build/errors-made.txt"]) {
  rmSync(new URL(`../${path}`, import.meta.url), { force: true });
}
process.env.UPSWEEP_ERRORS_MADE = errorsMade;

/** Counts a check that only passes or fails as one test. */
const single = (status) => (status === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 });

function assemblyTotal(status, output) {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: as-pect colours its totals
  const plain = output.replace(/\u001b\[[0-9;]*m/g, "");
  const [, passed, all] = /\[Tests\]: (\d+) \/ (\d+)/.exec(plain) ?? [];
  // A spec that does not compile prints no total, and one that traps prints a wrong total.
  if (passed === undefined || (status !== 0 && passed === all)) {
    return { passed: Number(passed ?? 0), failed: 1 };
  }
  const covered = isCovered(plain);
  return {
    passed: Number(passed) + Number(covered),
    failed: Number(all) - Number(passed) + Number(!covered),
  };
}

/** Whether the specs execute at least 95 % of the kernel's blocks of code. */
function isCovered(output) {
  const [, blocks] = /│ total +│ [0-9.]+% +│ ([0-9.]+)% /.exec(output) ?? [];
  if (blocks >= 95) return true;
  console.log(`the specs execute ${blocks} % of the kernel's blocks; the minimum is 95 %`);
  return false;
}

function hostTotal(status) {
  if (!existsSync(new URL(`../${vitestReport}`, import.meta.url))) return { passed: 0, failed: 1 };
  const report = JSON.parse(readFileSync(new URL(`../${vitestReport}`, import.meta.url), "utf8"));
  const failed = report.numTotalTests - report.numPassedTests - report.numPendingTests;
  return { passed: report.numPassedTests, failed: status !== 0 && failed === 0 ? 1 : failed };
}

/** Counts the errors of src/errors/, each of which some test must produce. */
function errorsTotal() {
  const made = existsSync(errorsMade) ? readFileSync(errorsMade, "utf8").split("\n") : [];
  const folder = new URL("../src/errors/", import.meta.url);
  const codes = readdirSync(folder).flatMap((file) => {
    const source = readFileSync(new URL(file, folder), "utf8");
    return [...source.matchAll(/^ {2}([a-zA-Z]+): \(/gm)].map(([, code]) => code);
  });
  const missing = codes.filter((code) => !made.includes(code));
  for (const code of missing) console.log(`no test produces the error ${code}`);
  // Two files may not have the same code: the catalogue would only contain the last one.
  const repeated = codes.filter((code, i) => codes.indexOf(code) < i);
  for (const code of repeated) console.log(`two files have the error ${code}`);
  const failed = missing.length + repeated.length + Number(codes.length < 50);
  return { passed: codes.length - missing.length, failed };
}

const reporters = `--reporter=default --reporter=json --outputFile=${vitestReport}`;

const slow = [[`npx vitest run --config test/vitest.slow.config.ts ${reporters}`, hostTotal]];

const fast = [
  ["npm run build", single],
  ["npm run lint", single],
  ["npm run typecheck", single],
  ["npm run knip", single],
  ["npm run check:package", single],
  ["npm run test:assembly", assemblyTotal],
  [`npm run test:host -- ${reporters} --coverage`, hostTotal],
];

const isSlow = process.argv[2] === "slow";
let passed = 0;
let failed = 0;
function add(name, counted) {
  console.log(`${name}: ${counted.failed === 0 ? "passed" : "FAILED"}`);
  passed += counted.passed;
  failed += counted.failed;
}

for (const [command, total] of isSlow ? slow : fast) {
  console.log(`\n$ ${command}`);
  const isAssembly = total === assemblyTotal;
  const run = spawnSync(command, {
    cwd: root,
    shell: true,
    encoding: "utf8",
    maxBuffer: 1 << 28,
    stdio: ["ignore", isAssembly ? "pipe" : "inherit", "inherit"],
  });
  if (isAssembly) console.log(run.stdout);
  add(command, total(run.status, run.stdout ?? ""));
}
// The fast tier alone must produce every error.
if (!isSlow) add("\nevery error is produced by some test", errorsTotal());
console.log(`\n${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
