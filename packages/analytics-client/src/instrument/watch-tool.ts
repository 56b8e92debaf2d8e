import { callOf } from "./call.ts";
import type { Handler, Tool } from "./shapes.ts";

/** Wrappers made here, so that no callback is wrapped twice. */
const watchers = new WeakSet<object>();

/**
 * Makes the tool's callback tell its call how far it has come. Done at the time of a call, which covers tools registered
 * before and after `instrument` and callbacks replaced by `update` alike.
 *
 * @returns false where the callback cannot be watched
 */
export function watchTool(tool: Tool): boolean {
  for (const slot of ["executor", "handler", "callback"] as const) if (isFunction(tool[slot])) return watch(tool, slot);
  // A task of v1 is an object; its `createTask` is what a call runs.
  const task = Object(tool.handler);
  return isFunction(task.createTask) && watch(task, "createTask");
}

function isFunction(value: unknown): boolean {
  return typeof value === "function";
}

function watch<Slot extends string>(owner: { [name in Slot]?: unknown }, slot: Slot): boolean {
  const callback = owner[slot] as Handler;
  if (watchers.has(callback)) return true;
  const watcher: Handler = function (...args) {
    const run = (): unknown => callback.apply(this, args);
    const call = callOf(args.at(-1));
    if (!call) return run();
    call.progress = "running";
    return observe(run, (threw, ending) => {
      call.progress = threw ? "threw" : isErrorResult(ending) ? "returned_error" : "returned";
      if (threw) call.error = ending;
    });
  };
  watchers.add(watcher);
  // Reflect reports a frozen owner instead of throwing.
  return Reflect.set(owner, slot, watcher);
}

/**
 * Runs something and tells how it ended, now or later. What it returns or throws passes through as the very same object, and
 * what `onEnd` throws is lost: analytics never breaks its host.
 */
export function observe(run: () => unknown, onEnd: (threw: boolean, ending: unknown) => void): unknown {
  const end = (threw: boolean) => (ending: unknown) => {
    try {
      onEnd(threw, ending);
    } catch {}
  };
  let result: unknown;
  try {
    result = run();
  } catch (error) {
    end(true)(error);
    throw error;
  }
  if (result instanceof Promise) result.then(end(false), end(true));
  else end(false)(result);
  return result;
}

export function isErrorResult(result: unknown): boolean {
  return Object(result).isError === true;
}
