import { type ServerResponse, STATUS_CODES } from "node:http";
import type { Socket } from "node:net";
import { PROBLEM_CONTENT_TYPE, PROBLEMS, type ProblemCode } from "@org/mcp-analytics-schema";
import { wasAnswered } from "./discard-body.ts";
import { problemText } from "./problem.ts";

/** A whole answer as bytes, for a connection on which no request could be read. */
function rawAnswer(status: number, code: ProblemCode): string {
  const body = problemText(code);
  return [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    `content-type: ${PROBLEM_CONTENT_TYPE}; charset=utf-8`,
    `content-length: ${Buffer.byteLength(body)}`,
    "cache-control: no-store",
    "x-content-type-options: nosniff",
    "connection: close",
    "",
    body,
  ].join("\r\n");
}

const TIMED_OUT = rawAnswer(PROBLEMS["request-timeout"].status, "request-timeout");
const HEADERS_TOO_LARGE = rawAnswer(431, "bad-request");
const MALFORMED = rawAnswer(PROBLEMS["bad-request"].status, "bad-request");

/** Answers what was no HTTP request, or came too slowly, and ends the connection. Never a second answer on a request. */
export function answerClientError(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === "ECONNRESET" || socket.destroyed) return;
  const current = (socket as Socket & { _httpMessage?: ServerResponse })._httpMessage;
  if (current?.req.complete && !current.writableEnded) {
    // What is wrong came behind a request that was right, and whose answer ends the connection now.
    current.shouldKeepAlive = false;
    return;
  }
  if (socket.writable && current?.headersSent !== true && !wasAnswered(socket)) {
    if (error.code === "ERR_HTTP_REQUEST_TIMEOUT") socket.write(TIMED_OUT);
    else if (error.code === "HPE_HEADER_OVERFLOW") socket.write(HEADERS_TOO_LARGE);
    else socket.write(MALFORMED);
  }
  socket.destroySoon();
}
