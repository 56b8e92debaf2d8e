import type { IncomingMessage } from "node:http";
import type { ProblemCode } from "@org/mcp-analytics-schema";

/**
 * Reads a body whole and calls `done` once: with its bytes, or with the problem as soon as it is too long or its connection
 * breaks.
 */
export function readBody(message: IncomingMessage, maxBytes: number, done: (body: Buffer | ProblemCode) => void): void {
  let first: Buffer | undefined;
  let chunks: Buffer[] | undefined;
  let bytes = 0;
  let isDone = false;

  function onData(chunk: Buffer): void {
    bytes += chunk.length;
    if (bytes > maxBytes) finish("body-too-large");
    else if (first === undefined) first = chunk;
    else if (chunks === undefined) chunks = [first, chunk];
    else chunks.push(chunk);
  }
  // Listeners are left where they are once it is done: they go with the message.
  function finish(problem?: ProblemCode): void {
    // The end of a body that was too long, or of its connection.
    if (isDone) return;
    isDone = true;
    done(problem ?? (chunks === undefined ? (first ?? Buffer.alloc(0)) : Buffer.concat(chunks, bytes)));
  }

  message.on("data", onData);
  message.on("end", () => finish());
  message.on("error", () => finish("bad-request"));
}
