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
  const take = async (oldest: { task: T; answer: Promise<R> }) => ({ task: oldest.task, answer: await oldest.answer });
  for await (const task of tasks) {
    const answer = run(task);
    // An answer that fails is met when its turn comes; until then it must not count as unhandled.
    answer.catch(() => {});
    started.push({ task, answer });
    if (started.length >= width) yield take(started.shift() as (typeof started)[number]);
  }
  for (const oldest of started) yield take(oldest);
}
