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

  function onData(chunk: Buffer): void {
    bytes += chunk.length;
    if (bytes > maxBytes) finish("body-too-large");
    else if (first === undefined) first = chunk;
    else if (chunks === undefined) chunks = [first, chunk];
    else chunks.push(chunk);
  }
  function onEnd(): void {
    // Nearly every body comes in one piece.
    finish(chunks === undefined ? (first ?? Buffer.alloc(0)) : Buffer.concat(chunks, bytes));
  }
  const onError = () => finish("bad-request");

  function finish(body: Buffer | ProblemCode): void {
    message.off("data", onData);
    message.off("end", onEnd);
    message.off("error", onError);
    done(body);
  }

  message.on("data", onData);
  message.on("end", onEnd);
  message.on("error", onError);
}
