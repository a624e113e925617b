/** Errors about layers. Their texts need the tables of kinds and rules. */

import { errors, type UpsweepError } from "../errors.js";
import { equivalentsOf, type Kind, kindsWith } from "./kinds.js";
import type { Layer } from "./layer.js";
import type { RuleId } from "./rule-table.js";
import { explainBrokenRule, remedyOfBrokenRule } from "./rules.js";

/** A parameter that only other kinds of layers have. */
export function otherKindsParameter(location: string, name: string, kind: Kind): UpsweepError {
  return errors.otherKindsParameter(
    location,
    name,
    kind.name,
    equivalentsOf(kind, name),
    kindsWith(name),
  );
}

/** A layer that breaks a rule. */
export function invalidLayer(location: string, rule: RuleId, layer: Layer): UpsweepError {
  return errors.invalidLayer(
    location,
    explainBrokenRule(rule, layer),
    remedyOfBrokenRule(rule, layer),
  );
}
