/**
 * The ordered window: tasks run side by side, their answers come out in the order of the tasks.
 *
 * At most `width` tasks are started and not yet taken, so a slow reader holds the tasks back, and memory is bounded by `width`
 * answers. With `isLive` an answer that is ready is handed out at once when the tasks pause; otherwise as many tasks as fit are started
 * first, because nothing is started while the reader writes.
 */
export async function* inOrder<T, R>(
  tasks: Iterable<T> | AsyncIterable<T>,
  run: (task: T) => Promise<R>,
  width: number,
  isLive = false,
): AsyncGenerator<{ readonly task: T; readonly answer: R }, void, void> {
  const source = Symbol.asyncIterator in tasks ? tasks[Symbol.asyncIterator]() : tasks[Symbol.iterator]();
  const started: { task: T; answer: Promise<R> }[] = [];
  const take = async () => {
    const { task, answer } = started.shift() as (typeof started)[number];
    return { task, answer: await answer };
  };
  let next: Promise<IteratorResult<T>> | undefined;
  try {
    for (;;) {
      next ??= Promise.resolve(source.next());
      const oldest = isLive ? started[0] : undefined;
      if (oldest && (await Promise.race([next.then(isFalse, isFalse), oldest.answer.then(isTrue, isTrue)]))) {
        yield take();
        continue;
      }
      const { done, value: task } = await next;
      next = undefined;
      if (done) break;
      const answer = run(task);
      // An answer that fails is met when its turn comes; until then it must not count as unhandled.
      answer.catch(() => {});
      started.push({ task, answer });
      while (started.length >= width) yield take();
    }
    while (started.length > 0) yield take();
  } finally {
    if (next === undefined) await source.return?.();
  }
}

const isTrue = () => true;
const isFalse = () => false;
