import { recordOf } from "./call-record.ts";
import type { Handler, Tool } from "./shapes.ts";

/** Wrappers made here, so that no callback is wrapped twice. */
const watchers = new WeakSet<object>();

/**
 * Makes the tool's callback tell its call's record how far it has come. Done at the time of a call, which covers tools
 * registered before and after `instrument` and callbacks replaced by `update` alike.
 *
 * @returns false where the callback cannot be watched
 */
export function watchTool(tool: Tool): boolean {
  if (typeof tool.executor === "function") return watchSlot(tool, "executor");
  if (typeof tool.handler === "function") return watchSlot(tool, "handler");
  if (typeof tool.callback === "function") return watchSlot(tool, "callback");
  const task = tool.handler;
  return typeof task === "object" && task !== null && watchSlot(task as Record<string, unknown>, "createTask");
}

function watchSlot<Slot extends string>(owner: { [name in Slot]?: unknown }, slot: Slot): boolean {
  const callback = owner[slot];
  if (typeof callback !== "function") return false;
  if (watchers.has(callback)) return true;
  const watcher = watch(callback as Handler);
  watchers.add(watcher);
  // Reflect reports a frozen owner instead of throwing.
  return Reflect.set(owner, slot, watcher);
}

function watch(callback: Handler): Handler {
  return function (this: unknown, ...args: unknown[]): unknown {
    const record = recordOf(args.at(-1));
    if (!record) return callback.apply(this, args);
    const onReturn = (result: unknown): void => {
      record.progress = isErrorResult(result) ? "returned_error" : "returned";
    };
    const onThrow = (error: unknown): void => {
      record.progress = "threw";
      record.error = error;
    };
    record.progress = "running";
    return observe(() => callback.apply(this, args), onReturn, onThrow);
  };
}

/** Runs `call` and tells how it ended, now or later. What it returns or throws passes through as the very same object. */
export function observe(
  call: () => unknown,
  onReturn: (result: unknown) => void,
  onThrow: (error: unknown) => void,
): unknown {
  let result: unknown;
  try {
    result = call();
  } catch (error) {
    onThrow(error);
    throw error;
  }
  if (result instanceof Promise) void result.then(onReturn, onThrow);
  else onReturn(result);
  return result;
}

export function isErrorResult(result: unknown): boolean {
  return Object(result).isError === true;
}
