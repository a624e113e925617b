/**
 * The reorder buffer: runs tasks in parallel and yields their answers in the order of the tasks.
 *
 * At most `width` tasks have started without their answer being consumed. A slow consumer therefore
 * applies backpressure to the tasks, and memory is bounded by `width` answers.
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
    // An error is thrown when the answer is due. Until then it must not count as unhandled.
    answer.catch(() => {});
    started.push({ task, answer });
    if (started.length >= width) yield awaitAnswer(started.shift() as (typeof started)[number]);
  }
  for (const oldest of started) yield awaitAnswer(oldest);
}

/**
 * The reorder buffer for live tasks. Yields each answer as soon as it is ready and all earlier ones
 * have been yielded, without waiting for another task.
 *
 * @param run runs a task; `isAlone` says whether no other task is in flight.
 * @param width the limit on started tasks; it may change while tasks run.
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
      // An error is thrown when the task is awaited.
      nextTask.catch(() => {});
    }
    const [oldest] = started;
    if (!nextTask && !oldest) return;
    // An error of an answer is thrown when the answer is due, after the earlier answers.
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
