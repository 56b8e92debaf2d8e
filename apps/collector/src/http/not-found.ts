import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { AllowedMethods } from "./known-routes.ts";
import { ProblemError } from "./problem.ts";

/**
 * Refuses with 404, or with 405 and `Allow` where only the method is wrong.
 *
 * @param limitAddress charges the address: scanning is not free
 */
export function answerUnknownRoutes(
  app: FastifyInstance,
  limitAddress: (request: FastifyRequest) => Promise<void>,
  allowedMethods: AllowedMethods,
): void {
  const refuse = async (request: FastifyRequest, reply: FastifyReply): Promise<never> => {
    await limitAddress(request);
    const methods = allowedMethods(pathOf(request.url));
    if (methods.length === 0) throw new ProblemError("not-found");
    reply.header("allow", methods.join(", "));
    throw new ProblemError("method-not-allowed");
  };
  // A hook, because the handler of unknown routes runs after the body has been read.
  app.addHook("onRequest", function unknownRoute(request, reply, done) {
    if (request.is404) refuse(request, reply).catch(done);
    else done();
  });
  app.setNotFoundHandler(refuse);
}

/** The path as the router reads it: without an origin, and with `%xx` decoded. */
function pathOf(url: string): string {
  const [path = ""] = url.replace(/^https?:\/\/[^/?]*/i, "").split("?", 1);
  try {
    return decodeURI(path);
  } catch {
    return path;
  }
}
