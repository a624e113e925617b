/** A progress bar on standard error, with rows, rows/s and time left. Silent without a terminal. */
import type { SingleBar } from "cli-progress";
import { duration, scaled } from "./text.js";

export interface ProgressBar {
  /** @param fraction of the work done, or undefined if the total is unknown. */
  show(fraction: number | undefined, rows: bigint): void;
  stop(): void;
}

const silent: ProgressBar = { show() {}, stop() {} };

/** Maximum number of times per second that the bar is drawn. */
const DRAWS_PER_SECOND = 8;

/** Delay before the first drawing, so that short runs show no bar. */
const FIRST_DRAW_MS = 300;

/**
 * Returns a bar, or a silent one if `quiet` is set or standard error is not a terminal.
 *
 * @param rowsBefore rows of an earlier run, which do not count towards the rate.
 */
export async function progressBar(quiet: boolean, rowsBefore = 0n): Promise<ProgressBar> {
  if (quiet || !process.stderr.isTTY) return silent;
  // Ignore write errors: the terminal may be closed during the run.
  process.stderr.on("error", () => {});
  const cliProgress = (await import("cli-progress")).default;
  const start = performance.now();
  let bar: SingleBar | undefined;
  let fractionBefore: number | undefined;
  return {
    show(fraction, rows) {
      const seconds = (performance.now() - start) / 1000;
      if (rowsBefore > 0n) fractionBefore ??= fraction;
      const fractionHere = (fraction ?? 0) - (fractionBefore ?? 0);
      if (seconds * 1000 < FIRST_DRAW_MS) return;
      const rate = `${scaled(Number(rows - rowsBefore) / seconds)} rows/s`;
      const left =
        fraction === undefined || fractionHere <= 0
          ? ""
          : `  ${duration((seconds / fractionHere) * (1 - fraction))} left`;
      const done = Math.floor((fraction ?? 0) * 1000);
      const payload = { text: `${scaled(Number(rows))} rows  ${rate}${left}` };
      if (!bar) {
        const format = fraction === undefined ? "  {text}" : "  {bar} {percentage} %  {text}";
        bar = new cliProgress.SingleBar({
          format,
          stream: process.stderr,
          fps: DRAWS_PER_SECOND,
          hideCursor: true,
          gracefulExit: false, // otherwise cli-progress catches Ctrl-C, and the run continues
          clearOnComplete: true,
          barsize: 24,
          barCompleteChar: "█",
          barIncompleteChar: "░",
          etaBuffer: 1,
        });
        bar.start(1000, done, payload);
      }
      bar.update(done, payload);
    },
    stop() {
      bar?.stop();
      bar = undefined;
    },
  };
}
