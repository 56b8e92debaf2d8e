import type { SentRequest } from "./request.ts";

/** One answer as it came over the connection. */
export interface Answer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Body as JSON; undefined when it is none. */
  readonly json: Readonly<Record<string, unknown>> | undefined;
  /** `code` of a problem */
  readonly code: string | undefined;
  /** What it answers, where that is known. */
  readonly request?: SentRequest;
}

export function makeAnswer(status: number, headers: Readonly<Record<string, string>>, body: string): Answer {
  const json = parseObject(body);
  return { status, headers, body, json, code: typeof json?.code === "string" ? json.code : undefined };
}

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Takes the first whole answer off what a connection has received.
 *
 * @param text bytes as latin1
 * @param hasBody false for an answer to HEAD
 * @param ended whether the connection has ended, which is the end of a body without a length
 */
export function takeAnswer(
  text: string,
  hasBody: boolean,
  ended: boolean,
): { answer: Answer; rest: string } | undefined {
  const headEnd = text.indexOf("\r\n\r\n");
  if (headEnd === -1) return undefined;
  const [statusLine = "", ...lines] = text.slice(0, headEnd).split("\r\n");
  const status = Number(statusLine.split(" ")[1]);
  const after = text.slice(headEnd + 4);
  if (status >= 100 && status < 200 && status !== 101) return takeAnswer(after, hasBody, ended);
  const headers = Object.fromEntries(
    lines.map((line) => {
      const colon = line.indexOf(":");
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
    }),
  );
  const framed = takeBody(after, headers, hasBody && status !== 204 && status !== 304, ended);
  if (framed === undefined) return undefined;
  const body = Buffer.from(framed.body, "latin1").toString("utf8");
  return { answer: makeAnswer(status, headers, body), rest: framed.rest };
}

function takeBody(text: string, headers: Readonly<Record<string, string>>, hasBody: boolean, ended: boolean) {
  if (!hasBody) return { body: "", rest: text };
  if (/chunked/i.test(headers["transfer-encoding"] ?? "")) return takeChunks(text);
  const declared = headers["content-length"];
  if (declared === undefined) return ended ? { body: text, rest: "" } : undefined;
  const length = Number(declared);
  return text.length < length ? undefined : { body: text.slice(0, length), rest: text.slice(length) };
}

function takeChunks(text: string) {
  let body = "";
  for (let at = 0; ; ) {
    const lineEnd = text.indexOf("\r\n", at);
    if (lineEnd === -1) return undefined;
    const size = Number.parseInt(text.slice(at, lineEnd), 16);
    const start = lineEnd + 2;
    if (text.length < start + size + 2) return undefined;
    if (size === 0) return { body, rest: text.slice(start + 2) };
    body += text.slice(start, start + size);
    at = start + size + 2;
  }
}
