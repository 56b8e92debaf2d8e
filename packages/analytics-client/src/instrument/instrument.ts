import { defaultAnalytics } from "../default-analytics.ts";
import { type Sink, sinkOf } from "../sink.ts";
import type { Analytics } from "../types.ts";
import { observeCalls } from "./observe-calls.ts";
import { type Handler, type LowLevelServer, readShape } from "./shapes.ts";
import { learnedNames, learnFromList } from "./tool-names.ts";
import { observe } from "./watch-tool.ts";

/** Shared by all copies of this package in the process: a server is instrumented once. */
const INSTRUMENTED = Symbol.for("@org/mcp-analytics-client/instrumented/1");

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
    if (!shape) sink.notice("this server is no MCP server that can be observed; nothing is collected");
    else if (claim(shape.low)) {
      const learned = learnedNames(shape.low._serverInfo?.name);
      const wraps: Readonly<Record<string, (handler: Handler) => Handler>> = {
        "tools/call": withEnding(shape.low, sink, observeCalls(shape, learned, sink)),
        "tools/list": observeAnswers((answer) => learnFromList(learned, answer)),
      };
      wrapHandlers(shape.low, wraps);
    }
  } catch {
    sink.notice("this server could not be observed; nothing is collected");
  }
  return server;
}

function claim(low: LowLevelServer): boolean {
  const shared = globalThis as { [INSTRUMENTED]?: WeakSet<object> };
  shared[INSTRUMENTED] ??= new WeakSet();
  if (shared[INSTRUMENTED].has(low)) return false;
  shared[INSTRUMENTED].add(low);
  return true;
}

/** Wraps the handlers that are there, and every one that is set later. */
function wrapHandlers(low: LowLevelServer, wraps: Readonly<Record<string, (handler: Handler) => Handler>>): void {
  const wrapped = new WeakSet<object>();
  const wrapAll = (): void => {
    for (const method in wraps) {
      const handler = low._requestHandlers.get(method);
      if (!handler || wrapped.has(handler)) continue;
      const wrapper = wraps[method]?.(handler) ?? handler;
      wrapped.add(wrapper);
      low._requestHandlers.set(method, wrapper);
    }
  };
  const setRequestHandler = low.setRequestHandler;
  low.setRequestHandler = function (this: unknown, ...args: unknown[]): unknown {
    const result = setRequestHandler.apply(this, args);
    wrapAll();
    return result;
  };
  wrapAll();
}

function observeAnswers(onAnswer: (answer: unknown) => void): (handler: Handler) => Handler {
  return (handler) =>
    function (this: unknown, ...args: unknown[]): unknown {
      return observe(
        () => handler.apply(this, args),
        onAnswer,
        () => {},
      );
    };
}

/** On the first call of a server on stdio, asks to be told when its client goes away: the process is about to end then. */
function withEnding(
  low: LowLevelServer,
  sink: Sink,
  wrap: (handler: Handler) => Handler,
): (handler: Handler) => Handler {
  let asked = false;
  return (handler) => {
    const observed = wrap(handler);
    return function (this: unknown, ...args: unknown[]): unknown {
      if (!asked) {
        asked = true;
        watchStdin(low, sink);
      }
      return observed.apply(this, args);
    };
  };
}

function watchStdin(low: LowLevelServer, sink: Sink): void {
  const stdin = low.transport?._stdin;
  if (typeof stdin?.once !== "function") return;
  stdin.once("end", sink.ending);
  stdin.once("close", sink.ending);
  const onclose = low.onclose;
  low.onclose = function (this: unknown, ...args: unknown[]): unknown {
    sink.ending();
    return onclose?.apply(this, args);
  };
}
