import type { FastifyReply, FastifyRequest } from "fastify";

/** The frames of a stack without its first lines: a message may quote what a client sent. */
export function stackFrames(stack: string | undefined): string[] {
  return (stack ?? "")
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line.startsWith("at "));
}

/**
 * What may stand in a log of a request: the route pattern, never the URL, an address, a header or the body. An error shows
 * its name, code and frames; its message may quote a value.
 */
export const logSerializers = {
  req: (request: FastifyRequest) => ({ method: request.method, route: request.routeOptions?.url }),
  res: (reply: FastifyReply) => ({ statusCode: reply.statusCode }),
  err: (error: Error & { code?: unknown }) => ({
    type: error.name,
    code: typeof error.code === "string" ? error.code : undefined,
    stack: stackFrames(error.stack),
  }),
};
