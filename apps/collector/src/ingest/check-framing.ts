import type { IncomingHttpHeaders } from "node:http";
import type { ProblemCode } from "@org/mcp-analytics-schema";
import { isJsonContentType } from "../http/content-type.ts";

/**
 * First look at a request: what its headers say about its body, before anything is counted or read.
 *
 * @param maxBytes largest body of the route
 */
export function checkFraming(headers: IncomingHttpHeaders, maxBytes: number): ProblemCode | undefined {
  if (!isJsonContentType(headers["content-type"])) return "unsupported-media-type";
  // Nothing is ever decompressed, so a few bytes cannot become many.
  if (headers["content-encoding"] !== undefined) return "unsupported-media-type";
  const length = headers["content-length"];
  if (length !== undefined && Number(length) > maxBytes) return "body-too-large";
  return undefined;
}
