import { defaultAnalytics } from "../default-analytics.ts";
import { flushOnce } from "../exit-hooks.ts";
import { KEY, sinkOf } from "../sink.ts";
import type { Analytics } from "../types.ts";
import { type OnEnd, observe, wrappers } from "./observe.ts";
import { observeCalls } from "./observe-calls.ts";
import { type BeginRequest, type LowLevelServer, readShape } from "./shapes.ts";
import { observeTaskResult } from "./tasks.ts";
import { learnedNames, learnFromList } from "./tool-names.ts";

/**
 * Reports the outcome of every tool call of an MCP server: name of the tool, success, category of the failure. Arguments,
 * results and messages are not looked at.
 *
 * Takes an `McpServer` or a low-level `Server` of `@modelcontextprotocol/sdk` (v1) or `@modelcontextprotocol/server` (v2),
 * before or after tools are registered. Does nothing where analytics is off, on a second call for the same server, and,
 * after one line on stderr, on anything else. Never throws.
 *
 * @param analytics default: one object for the whole process, made from the environment
 * @returns the same server
 */
export function instrument<Server>(server: Server, analytics: Analytics = defaultAnalytics()): Server {
  const sink = sinkOf(analytics);
  if (!sink) return server;
  try {
    const shape = readShape(server);
    if (!shape) sink.notice("off (unknown server)");
    else if (!shape.low[KEY]) {
      shape.low[KEY] = true;
      const learned = learnedNames(shape.low._serverInfo?.name);
      const onCall = observeCalls(shape, learned, sink);
      let calls = 0;
      wrapHandlers(shape.low, {
        "tools/call": (request, context) => {
          // A server on stdio ends soon after its client has closed its input.
          if (!calls++) shape.low.transport?._stdin?.once?.("end", flushOnce);
          return onCall(request, context);
        },
        "tasks/result": observeTaskResult,
        "tools/list": () => (_threw, answer) => learnFromList(learned, answer),
      });
    }
  } catch {
    // A server of a strange make stays as it is.
  }
  return server;
}

/** Wraps the handlers that are there, and every one that is set later. */
function wrapHandlers(low: LowLevelServer, observers: Readonly<Record<string, BeginRequest>>): void {
  const wrapAll = (): void => {
    for (const [method, begin] of Object.entries(observers)) {
      const handler = low._requestHandlers.get(method);
      if (!handler || wrappers.has(handler)) continue;
      const wrapper: typeof handler = function (...args) {
        let onEnd: OnEnd = () => {};
        try {
          onEnd = begin(args[0], args[1]);
        } catch {
          // This request goes unobserved.
        }
        return observe(handler, this, args, onEnd);
      };
      wrappers.add(wrapper);
      low._requestHandlers.set(method, wrapper);
    }
  };
  const { setRequestHandler } = low;
  low.setRequestHandler = function (...args) {
    try {
      return setRequestHandler.apply(this, args);
    } finally {
      wrapAll();
    }
  };
  wrapAll();
}
