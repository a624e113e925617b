/** The command line on a terminal. */
import { spawnSync } from "node:child_process";
import { BINARY } from "./cli.ts";

/** The output of a command on a terminal of a width, without carriage returns. */
export function onTerminal(width: number, command: string, env: NodeJS.ProcessEnv = {}): string {
  const line = `stty cols ${width} rows 50; exec ${process.execPath} ${BINARY} ${command}`;
  const { NO_COLOR, FORCE_COLOR, ...own } = process.env;
  const { stdout } = spawnSync("script", ["-qec", line, "/dev/null"], {
    encoding: "utf8",
    env: { ...own, TERM: "xterm", ...env },
  });
  return stdout.replaceAll("\r", "");
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: the sequences of colours
export const COLOUR = /\x1b\[\d+m/g;
/** The output without colours, and without a progress bar that was drawn and cleared. */
export const plain = (text: string) =>
  text
    .split("\n")
    .map((line) => line.split("\x1b[2K").at(-1) as string)
    .join("\n")
    .replace(COLOUR, "");

/** Whether `script` is installed. */
export const hasScript = spawnSync("script", ["-qec", "true", "/dev/null"]).status === 0;
