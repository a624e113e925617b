#!/usr/bin/env node
import { main, report } from "./cli/main.js";

// Errors outside of `main`, such as those of a closed terminal, also end with a message and an exit
// code, never with a stack trace.
const leave = (error: unknown) => process.exit(report(error));
process.on("uncaughtException", leave);
process.on("unhandledRejection", leave);

main(process.argv.slice(2)).then((code) => {
  process.exitCode = code;
});
