#!/usr/bin/env node
import { main, report } from "./cli/main.js";

// Errors outside of the command's own promise, such as those of a closed terminal: a message and an exit code, never a stack trace.
const leave = (error: unknown) => process.exit(report(error));
process.on("uncaughtException", leave);
process.on("unhandledRejection", leave);

main(process.argv.slice(2)).then((code) => {
  process.exitCode = code;
});
