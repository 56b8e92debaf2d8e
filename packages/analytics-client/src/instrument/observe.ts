import type { Handler } from "./shapes.ts";

/** Told how something ended. */
export type OnEnd = (threw: boolean, value: unknown) => void;

/** Every wrapper that was made of a handler, so that none is wrapped twice. */
export const wrappers = new WeakSet<object>();

/**
 * Calls a handler and tells how it ended, now or later. What it returns or throws passes through as the very same object,
 * and what `onEnd` throws is lost: analytics never breaks its host.
 */
export function observe(handler: Handler, self: unknown, args: unknown[], onEnd: OnEnd): unknown {
  const end = (threw: boolean, value: unknown): void => {
    try {
      onEnd(threw, value);
    } catch {}
  };
  let result: unknown;
  try {
    result = handler.apply(self, args);
  } catch (error) {
    end(true, error);
    throw error;
  }
  if (result instanceof Promise) {
    result.then(
      (value) => end(false, value),
      (error) => end(true, error),
    );
  } else end(false, result);
  return result;
}
