/**
 * Compiles expressions to bytecode for the kernel's stack machine. instruction-set.ts documents
 * each operation.
 */

import type { Item, Node } from "../expression/node.js";
import { upper } from "./constants.js";
import type { Operation } from "./instruction-set.js";

/** One instruction: an operation, an operand, and a number for `NUMBER`. */
export interface Instruction {
  readonly operation: Operation;
  readonly operand: number;
  readonly number: bigint;
}

/**
 * Returns the kernel's column number of a name, and whether it is a field of the layer or a result
 * that must be computed.
 */
export type ColumnOf = (name: string) => { readonly column: number; readonly isField: boolean };

const BINARY: Readonly<Record<string, Operation>> = {
  "+": "ADD",
  "-": "SUBTRACT",
  "*": "MULTIPLY",
  "/": "DIVIDE",
  "//": "FLOOR_DIVIDE",
  "%": "MODULO",
  "**": "POWER",
  "<": "LESS",
  "<=": "LESS_OR_EQUAL",
  ">": "GREATER",
  ">=": "GREATER_OR_EQUAL",
  "==": "EQUAL",
  "!=": "NOT_EQUAL",
  min: "MIN",
  max: "MAX",
  gcd: "GCD",
  lcm: "LCM",
  ceil_div: "CEIL_DIVIDE",
};

/** The programs of a grid, one after the other. */
export class Code {
  readonly #instructions: { operation: Operation; operand: number; number: bigint }[] = [];
  readonly #columnOf: ColumnOf;
  #isExact = false;
  #isForVectors = false;

  constructor(columnOf: ColumnOf) {
    this.#columnOf = columnOf;
  }

  get instructions(): readonly Instruction[] {
    return this.#instructions;
  }

  /**
   * Adds the program of an expression. Returns the index of its first instruction, which identifies
   * the program.
   *
   * @param isExact whether it is a condition over rationals (assembly/expression/condition.ts).
   */
  add(node: Node, isExact = false): number {
    const first = this.#instructions.length;
    this.#isExact = isExact;
    this.#push(node);
    this.#emit("END");
    return first;
  }

  /**
   * Adds the program of a condition over vectors, which has no jumps (see vector-condition.ts).
   * Returns the index of its first instruction.
   */
  addForVectors(node: Node): number {
    this.#isForVectors = true;
    const first = this.add(node);
    this.#isForVectors = false;
    return first;
  }

  #emit(operation: Operation, operand = 0, number = 0n): number {
    return this.#instructions.push({ operation, operand, number }) - 1;
  }

  /** Sets the targets of jumps to the next instruction. */
  #jumpHere(jumps: readonly number[]): void {
    for (const jump of jumps)
      (this.#instructions[jump] as { operand: number }).operand = this.#instructions.length;
  }

  /** Emits instructions that push the value of a node. */
  #push(node: Node): void {
    switch (node.kind) {
      case "number":
        this.#emit("NUMBER", 0, node.value);
        if (node.denominator === undefined) return;
        this.#emit("NUMBER", 0, node.denominator);
        this.#emit("DIVIDE");
        return;
      case "name": {
        const { column, isField } = this.#columnOf(node.name);
        this.#emit(isField ? "FIELD" : "RESULT", column);
        return;
      }
      case "negate":
      case "not":
        this.#push(node.of);
        this.#emit(upper(node.kind));
        return;
      case "missing":
        if (!this.#isExact) {
          this.#emit("NUMBER", 0, node.isNegated ? 1n : 0n);
          return;
        }
        this.#push(node.of);
        this.#emit("IS_MISSING");
        if (node.isNegated) this.#emit("NOT");
        return;
      case "binary":
        this.#push(node.left);
        this.#push(node.right);
        this.#emit(BINARY[node.operator] as Operation);
        return;
      case "call":
        for (const [i, arg] of node.args.entries()) {
          this.#push(arg);
          if (node.name === "abs") this.#emit("ABS");
          else if (i > 0) this.#emit(BINARY[node.name] as Operation);
        }
        return;
      case "and":
      case "or": {
        if (this.#isForVectors) {
          for (const [i, part] of node.parts.entries()) {
            this.#push(part);
            if (i > 0) this.#emit(node.kind === "and" ? "BOTH" : "EITHER");
          }
          return;
        }
        const jumps = node.parts.map((part, i) => {
          this.#push(part);
          return i === node.parts.length - 1 ? [] : [this.#emit(upper(node.kind))];
        });
        this.#jumpHere(jumps.flat());
        return;
      }
      case "compare": {
        this.#push(node.first);
        const jumps = node.rest.map(({ operator, right }, i) => {
          this.#push(right);
          const isLast = i === node.rest.length - 1;
          if (!isLast) this.#emit("KEEP");
          this.#emit(BINARY[operator] as Operation);
          return isLast ? [] : [this.#emit("CHAIN")];
        });
        this.#jumpHere(jumps.flat());
        return;
      }
      case "in": {
        this.#push(node.of);
        const jumps = node.items.map((item) => this.#pushItem(item));
        this.#emit("IN_NONE", Number(node.isNegated));
        this.#jumpHere(jumps);
        if (node.isNegated) this.#emit("NOT");
        return;
      }
    }
  }

  /** Emits instructions that jump if the value on top is in an item. Returns the jump. */
  #pushItem(item: Item): number {
    switch (item.kind) {
      case "value":
        this.#push(item.value);
        return this.#emit("IN_VALUE");
      case "range":
        this.#push(item.first);
        this.#push(item.last);
        if (item.step === undefined) this.#emit("NUMBER", 0, 1n);
        else this.#push(item.step);
        return this.#emit("IN_RANGE");
      case "pow2":
        this.#push(item.first);
        this.#push(item.last);
        return this.#emit("IN_POW2");
      case "divisors":
        this.#push(item.of);
        return this.#emit("IN_DIVISORS");
    }
  }
}
