/**
 * The ordered window: tasks run side by side, their answers come out in the order of the tasks.
 *
 * At most `width` tasks are started and not yet taken, so whoever takes slowly holds the tasks back, and memory is bounded
 * by `width` answers.
 */
export async function* inOrder<T, R>(
  tasks: Iterable<T> | AsyncIterable<T>,
  run: (task: T) => Promise<R>,
  width: number,
): AsyncGenerator<{ readonly task: T; readonly answer: R }, void, void> {
  const started: { task: T; answer: Promise<R> }[] = [];
  const awaitAnswer = async (oldest: { task: T; answer: Promise<R> }) => ({
    task: oldest.task,
    answer: await oldest.answer,
  });
  for await (const task of tasks) {
    const answer = run(task);
    // An answer that fails is met when its turn comes; until then it must not count as unhandled.
    answer.catch(() => {});
    started.push({ task, answer });
    if (started.length >= width) yield awaitAnswer(started.shift() as (typeof started)[number]);
  }
  for (const oldest of started) yield awaitAnswer(oldest);
}

/**
 * The same for tasks that come when they come: each answer is handed on as soon as it is the oldest, without waiting for another task.
 *
 * @param run is told whether nothing else is under way.
 * @param width may change as tasks are run.
 */
export async function* inOrderWhenReady<T, R>(
  tasks: AsyncIterator<T, unknown>,
  run: (task: T, isAlone: boolean) => Promise<R>,
  width: () => number,
): AsyncGenerator<{ readonly task: T; readonly answer: R }, void, void> {
  const started: { task: T; answer: Promise<R> }[] = [];
  let nextTask: Promise<IteratorResult<T, unknown>> | undefined;
  let ended = false;
  for (;;) {
    if (!ended && started.length < width() && !nextTask) {
      nextTask = tasks.next();
      // A failure is met when the task's turn comes.
      nextTask.catch(() => {});
    }
    const [oldest] = started;
    if (!nextTask && !oldest) return;
    // An answer that fails is thrown in its turn, after those before it.
    const task =
      nextTask &&
      (await (oldest
        ? Promise.race([nextTask, oldest.answer.then(toUndefined, toUndefined)])
        : nextTask));
    if (task === undefined) {
      started.shift();
      if (oldest) yield { task: oldest.task, answer: await oldest.answer };
      continue;
    }
    nextTask = undefined;
    if (task.done) {
      ended = true;
      continue;
    }
    const answer = run(task.value, started.length === 0);
    answer.catch(() => {});
    started.push({ task: task.value, answer });
  }
}

const toUndefined = () => undefined;
