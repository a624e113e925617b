/** Cases for `it.each`: the title of each, for the name of its test, and the case itself. */
export function titled<T extends { readonly title: string }>(
  cases: readonly T[],
): readonly (readonly [string, T])[] {
  return cases.map((each) => [each.title, each]);
}
