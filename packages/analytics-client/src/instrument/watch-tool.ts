import { keyOf, runningCalls } from "./call.ts";
import { observe } from "./observe.ts";
import type { Handler, Tool } from "./shapes.ts";

/** Wrappers made here, so that no callback is wrapped twice. */
const watchers = new WeakSet<object>();

/**
 * Makes the tool's callback leave what it returns or throws with its call. Done at the time of a call, which covers tools
 * registered before and after `instrument` and callbacks replaced by `update` alike.
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
    const call = runningCalls.get(keyOf(args.at(-1)));
    return observe(callback, this, args, (threw, value) => {
      if (call) call.run = { threw, value };
    });
  };
  watchers.add(watcher);
  // Reflect reports a frozen owner instead of throwing.
  return Reflect.set(owner, slot, watcher);
}
