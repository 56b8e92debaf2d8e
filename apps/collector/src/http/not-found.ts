import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { AddressLimiter } from "../limits/address-limiter.ts";
import { sendRefusal } from "../limits/send-refusal.ts";
import type { AddressOf } from "./client-address.ts";
import { discardBody } from "./discard-body.ts";
import type { AllowedMethods } from "./known-routes.ts";
import { sendProblem } from "./problem.ts";

/** Answers 404, or 405 with `Allow` where only the method is wrong. Both are charged to the address: scanning is not free. */
export function answerUnknownRoutes(
  app: FastifyInstance,
  addresses: AddressLimiter,
  addressOf: AddressOf,
  allowedMethods: AllowedMethods,
): void {
  const answer = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    discardBody(request.raw);
    const refusal = await addresses.take(addressOf(request.raw));
    if (refusal !== undefined) return sendRefusal(reply, refusal);
    const methods = allowedMethods(pathOf(request.url));
    if (methods.length === 0) return sendProblem(reply, "not-found");
    return sendProblem(reply.header("allow", methods.join(", ")), "method-not-allowed");
  };
  // Before the body: for a path that is not there none is read, let alone parsed.
  app.addHook("onRequest", (request, reply, done) => {
    if (request.is404) answer(request, reply).catch(done);
    else done();
  });
  app.setNotFoundHandler(answer);
}

/** The path as the router reads it: of a whole URL, too, and with what was written as `%xx`. */
function pathOf(url: string): string {
  const [path = ""] = url.replace(/^https?:\/\/[^/?]*/i, "").split("?", 1);
  try {
    return decodeURI(path);
  } catch {
    return path;
  }
}
