/**
 * The parser of expressions: Python's operators and precedences, over integers. No text is ever run
 * as JavaScript. Precedence rises from left to right:
 *
 *     or  <  and  <  not  <  comparisons, in, is  <  + -  <  * / // %  <  unary -  <  **
 */
import { errors } from "../errors.js";
import type { SourceText } from "../source-text.js";
import { type Token, tokensOf } from "./lex.js";
import {
  type BinaryOperator,
  type Comparison,
  FUNCTIONS,
  type FunctionName,
  type Item,
  LIST_FUNCTIONS,
  type ListFunctionName,
  type Node,
  partsOf,
} from "./node.js";

/**
 * Maximum nesting of parentheses, calls and powers. It bounds the parser's stack and the kernel's.
 */
const NESTING_MAX = 200;

/**
 * Maximum depth of the tree; each operator of a chain such as `1 + 1 + 1 + …` adds a level. It
 * bounds the recursion of every function that walks the tree.
 */
const DEPTH_MAX = 1000;

const COMPARISONS: ReadonlySet<string> = new Set<Comparison>(["<", "<=", ">", ">=", "==", "!="]);
export const KEYWORDS: ReadonlySet<string> = new Set([
  "and",
  "or",
  "not",
  "in",
  "is",
  "missing",
  "true",
  "false",
  "True",
  "False",
]);
const FUNCTION_NAMES = [...Object.keys(FUNCTIONS), ...Object.keys(LIST_FUNCTIONS)];

/**
 * Parses a condition. Its numbers may be fractions.
 *
 * @throws UpsweepError at the first syntax error, with its location and a caret below the text.
 */
export function parseCondition(source: SourceText): Node {
  const parser = new Parser(source, true);
  const node = parser.expression();
  parser.expectEnd();
  return node;
}

/**
 * Parses one entry of a list of values: an expression, `first..last`, `first..last:step`,
 * `pow2(first, last)` or `divisors(n)`.
 *
 * @throws UpsweepError at the first syntax error, with its location and a caret below the text.
 */
export function parseItem(source: SourceText): Item {
  const parser = new Parser(source, false);
  const item = parser.item();
  parser.expectEnd();
  return item;
}

class Parser {
  readonly #source: SourceText;
  readonly #tokens: readonly Token[];
  #at = 0;
  #nesting = 0;
  /** The depth of each inner node. Leaves are not in the map: their depth is 0. */
  readonly #depths = new Map<Node, number>();

  constructor(source: SourceText, allowsFractions: boolean) {
    this.#source = source;
    this.#tokens = tokensOf(source, allowsFractions);
  }

  expectEnd(): void {
    if (this.#next.kind !== "end")
      throw errors.unexpected(this.#source, this.#next, "an operator or the end");
  }

  expression(): Node {
    this.#enter();
    const node = this.#logical("or");
    this.#nesting--;
    return node;
  }

  #enter(): void {
    if (++this.#nesting > NESTING_MAX) throw errors.tooDeep(this.#source, this.#next, NESTING_MAX);
  }

  item(): Item {
    const { start } = this.#next;
    const list = this.#listCall();
    if (list) {
      const isAlone = this.#next.kind === "end" || this.#isNext(",") || this.#isNext("]");
      if (!isAlone) throw errors.listAsNumber(this.#source, list, list.kind);
      return list;
    }
    return this.#range(this.expression(), start, () => this.expression());
  }

  /** Parses the rest of an item that begins with `first`: the value alone, or a range from it. */
  #range(first: Node, start: number, operand: () => Node): Item {
    if (!this.#take("..")) return { kind: "value", value: first, start, end: first.end };
    const last = operand();
    if (!this.#take(":")) return { kind: "range", first, last, start, end: last.end };
    const step = operand();
    return { kind: "range", first, last, step, start, end: step.end };
  }

  /**
   * Parses `pow2(a, b)` or `divisors(n)`. Returns undefined if the next token is neither function.
   */
  #listCall(): Item | undefined {
    const token = this.#next;
    if (token.kind !== "name" || !Object.hasOwn(LIST_FUNCTIONS, token.text)) return undefined;
    const name = token.text as ListFunctionName;
    const { args, end } = this.#call(LIST_FUNCTIONS[name], LIST_FUNCTIONS[name]);
    const [first, last] = args as [Node, Node];
    const span = { start: token.start, end };
    return name === "pow2"
      ? { kind: "pow2", first, last, ...span }
      : { kind: "divisors", of: first, ...span };
  }

  get #next(): Token {
    return this.#tokens[this.#at] as Token;
  }

  #isNext(text: string): boolean {
    const token = this.#next;
    return token.kind !== "number" && token.kind !== "end" && token.text === text;
  }

  /** Consumes the next token and returns it, if it is this symbol or word. */
  #take(text: string): Token | undefined {
    const token = this.#next;
    if (!this.#isNext(text)) return undefined;
    this.#at++;
    return token;
  }

  #expect(text: string, opening: Token): Token {
    const token = this.#take(text);
    if (token) return token;
    if (this.#next.kind === "end") throw errors.notClosed(this.#source, opening, text);
    throw errors.unexpected(this.#source, this.#next, `'${text}' or an operator`);
  }

  /**
   * Records the depth of a node from the depths of its `parts`, and rejects a node that is too
   * deep.
   */
  #limitDepth(node: Node, parts: readonly Node[]): Node {
    const depth = 1 + parts.reduce((max, part) => Math.max(max, this.#depths.get(part) ?? 0), 0);
    if (depth > DEPTH_MAX) throw errors.tooDeep(this.#source, node, DEPTH_MAX);
    this.#depths.set(node, depth);
    return node;
  }

  #logical(kind: "or" | "and"): Node {
    const part = () => (kind === "or" ? this.#logical("and") : this.#negation());
    const parts = [part()];
    while (this.#take(kind)) parts.push(part());
    const [first, last] = [parts[0] as Node, parts.at(-1) as Node];
    return parts.length === 1
      ? first
      : this.#limitDepth({ kind, parts, start: first.start, end: last.end }, parts);
  }

  #negation(): Node {
    const nots: Token[] = [];
    for (let not = this.#take("not"); not; not = this.#take("not")) nots.push(not);
    return nots.reduceRight(
      (of, not) => this.#limitDepth({ kind: "not", of, start: not.start, end: of.end }, [of]),
      this.#comparison(),
    );
  }

  #comparison(): Node {
    const first = this.#sum();
    const membership = this.#missingTest(first) ?? this.#membership(first);
    if (membership) return membership;
    const rest: { operator: Comparison; right: Node }[] = [];
    while (this.#next.kind === "symbol" && COMPARISONS.has(this.#next.text)) {
      const operator = this.#next.text as Comparison;
      this.#at++;
      rest.push({ operator, right: this.#sum() });
    }
    const last = rest.at(-1);
    if (!last) return first;
    const nodes = [first, ...rest.map(({ right }) => right)];
    return this.#limitDepth(
      { kind: "compare", first, rest, start: first.start, end: last.right.end },
      nodes,
    );
  }

  /** Parses `is missing` or `is not missing` after a value. */
  #missingTest(of: Node): Node | undefined {
    const is = this.#take("is");
    if (!is) return undefined;
    const isNegated = this.#take("not") !== undefined;
    const missing = this.#take("missing");
    if (!missing) throw errors.unexpected(this.#source, this.#next, "'missing' after 'is'");
    return this.#limitDepth({ kind: "missing", of, isNegated, start: of.start, end: missing.end }, [
      of,
    ]);
  }

  /** Parses `in [..]` or `not in [..]` after a value. */
  #membership(of: Node): Node | undefined {
    const not = this.#take("not");
    if (!this.#take("in")) {
      if (not) throw errors.unexpected(this.#source, this.#next, "'in' after 'not'");
      return undefined;
    }
    const { items, end } = this.#setItems();
    const nodes = items.flatMap((item) => partsOf(item) as readonly Node[]);
    return this.#limitDepth(
      { kind: "in", of, items, isNegated: not !== undefined, start: of.start, end },
      [of, ...nodes],
    );
  }

  /**
   * Parses the right side of `in`: items in brackets, or a single range or list function without
   * them.
   */
  #setItems(): { items: Item[]; end: number } {
    const opening = this.#take("[");
    if (!opening) {
      const { start } = this.#next;
      const only = this.#listCall() ?? this.#range(this.#sum(), start, () => this.#sum());
      if (only.kind === "value")
        throw errors.unexpected(this.#source, only, "a list such as [1, 2, 4] or 2..8");
      return { items: [only], end: only.end };
    }
    const items: Item[] = [];
    if (!this.#isNext("]")) {
      do items.push(this.item());
      while (this.#take(","));
    }
    const { end } = this.#expect("]", opening);
    if (items.length === 0) throw errors.emptySet(this.#source, { start: opening.start, end });
    return { items, end };
  }

  /** Parses left-associative operators of one precedence. */
  #leftAssociative(operators: readonly BinaryOperator[], operand: () => Node): Node {
    let left = operand();
    for (;;) {
      const operator = operators.find((symbol) => this.#isNext(symbol));
      if (operator === undefined) return left;
      this.#at++;
      const right = operand();
      left = this.#limitDepth(
        { kind: "binary", operator, left, right, start: left.start, end: right.end },
        [left, right],
      );
    }
  }

  #sum(): Node {
    return this.#leftAssociative(["+", "-"], () => this.#product());
  }

  #product(): Node {
    return this.#leftAssociative(["*", "/", "//", "%"], () => this.#unary());
  }

  #unary(): Node {
    const signs: Token[] = [];
    for (
      let sign = this.#take("-") ?? this.#take("+");
      sign;
      sign = this.#take("-") ?? this.#take("+")
    )
      signs.push(sign);
    const negated = (of: Node, sign: Token): Node =>
      sign.kind === "symbol" && sign.text === "-"
        ? this.#limitDepth({ kind: "negate", of, start: sign.start, end: of.end }, [of])
        : of;
    return signs.reduceRight(negated, this.#power());
  }

  #power(): Node {
    const left = this.#primary();
    if (!this.#take("**")) return left;
    this.#enter();
    const right = this.#unary();
    this.#nesting--;
    return this.#limitDepth(
      { kind: "binary", operator: "**", left, right, start: left.start, end: right.end },
      [left, right],
    );
  }

  #primary(): Node {
    const token = this.#next;
    if (token.kind === "number") {
      this.#at++;
      return token;
    }
    if (token.kind === "name" && !KEYWORDS.has(token.text)) {
      if (Object.hasOwn(LIST_FUNCTIONS, token.text))
        throw errors.listAsNumber(this.#source, token, token.text);
      if (Object.hasOwn(FUNCTIONS, token.text)) {
        const name = token.text as FunctionName;
        const { args, end } = this.#call(FUNCTIONS[name].min, FUNCTIONS[name].max);
        return this.#limitDepth({ kind: "call", name, args, start: token.start, end }, args);
      }
      const following = this.#tokens[this.#at + 1];
      if (following?.kind === "symbol" && following.text === "(")
        throw errors.unknownFunction(this.#source, token, token.text, FUNCTION_NAMES);
      this.#at++;
      return { kind: "name", name: token.text, start: token.start, end: token.end };
    }
    if (token.kind === "name" && /^(true|false)$/i.test(token.text)) {
      this.#at++;
      return {
        kind: "number",
        value: token.text.toLowerCase() === "true" ? 1n : 0n,
        isCondition: true,
        start: token.start,
        end: token.end,
      };
    }
    const opening = this.#take("(");
    if (!opening) throw errors.unexpected(this.#source, token, "a number or a name");
    const inner = this.expression();
    const closed = this.#expect(")", opening);
    // The parentheses become part of the node's span, so that a message shows them.
    const outer = { ...inner, start: opening.start, end: closed.end };
    const depth = this.#depths.get(inner);
    if (depth !== undefined) this.#depths.set(outer, depth);
    return outer;
  }

  /** Parses a function call. The next token is the function's name. */
  #call(min: number, max: number): { args: Node[]; end: number } {
    const name = this.#next as Token & { kind: "name" };
    this.#at++;
    const opening = this.#take("(");
    if (!opening) throw errors.unexpected(this.#source, this.#next, `'(' after ${name.text}`);
    const args: Node[] = [];
    if (!this.#isNext(")")) {
      do args.push(this.expression());
      while (this.#take(","));
    }
    const { end } = this.#expect(")", opening);
    if (args.length < min || args.length > max)
      throw errors.wrongArguments(
        this.#source,
        { start: name.start, end },
        name.text,
        args.length,
        min,
        max,
      );
    return { args, end };
  }
}
