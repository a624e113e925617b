/** Errors in Arrow data. */
import { about } from "./report.js";

export const ARROW_ERRORS = {
  damagedArrow: (path: string, reason: string) =>
    about(path, `is damaged or incomplete Arrow data: ${reason}`, "Write it again."),
};
