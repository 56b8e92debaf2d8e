import { keyOf, runningCalls } from "./call.ts";
import { observe, wrappers } from "./observe.ts";
import type { Handler, Tool } from "./shapes.ts";

/**
 * Makes the tool's callback leave what it returns or throws with its call. Done at the time of a call, which covers tools
 * registered before and after `instrument` and callbacks replaced by `update` alike.
 *
 * @returns false where the callback cannot be watched
 */
export function watchTool(tool: Tool): boolean {
  return (
    watch(tool, "executor") ??
    watch(tool, "handler") ??
    watch(tool, "callback") ??
    // A task of v1 is an object; its `createTask` is what a call runs.
    watch(Object(tool.handler), "createTask") ??
    false
  );
}

/** undefined: there is no callback in that place. */
function watch<Slot extends string>(owner: { [name in Slot]?: unknown }, slot: Slot): boolean | undefined {
  const callback = owner[slot] as Handler;
  if (typeof callback !== "function") return undefined;
  if (wrappers.has(callback)) return true;
  const watcher: Handler = function (...args) {
    const call = runningCalls.get(keyOf(args.at(-1)));
    return observe(callback, this, args, (threw, value) => {
      if (call) call.run = { threw, value };
    });
  };
  wrappers.add(watcher);
  // Reflect reports a frozen owner instead of throwing.
  return Reflect.set(owner, slot, watcher);
}
