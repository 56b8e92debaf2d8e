import type { OnEnd } from "./observe.ts";
import type { BeginRequest } from "./shapes.ts";

const MAX_TASKS = 1_000;

/** Calls that go on as a task of v1, by the task's id; for the whole process, as any server object may be asked for a result. */
const tasks = new Map<unknown, OnEnd>();

export function rememberTask(id: unknown, end: OnEnd): void {
  if (tasks.size < MAX_TASKS) tasks.set(id, end);
}

/** Follows `tasks/result`: the result of a task is the end of the call that created it. */
export const observeTaskResult: BeginRequest = (request) => {
  const id = Object(request).params?.taskId;
  return (threw, result) => {
    const end = tasks.get(id);
    if (!threw) end?.(threw, result);
    tasks.delete(id);
  };
};
