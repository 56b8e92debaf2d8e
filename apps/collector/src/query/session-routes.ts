import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { Type } from "typebox";
import { ProblemError } from "../http/problem.ts";
import type { RequireSession } from "./require-session.ts";
import type { SessionCookie } from "./session-cookie.ts";
import type { SessionGuard } from "./session-guard.ts";

const closed = { additionalProperties: false } as const;

/** Body of `POST /api/v1/session`: the token of an admin link. */
const SignInSchema = Type.Object({ token: Type.String({ minLength: 1, maxLength: 100 }) }, closed);

/** Answer of `GET /api/v1/session`. */
const SessionSchema = Type.Object(
  {
    project: Type.Object({ name: Type.String() }, closed),
    expiresAt: Type.Integer({ description: "Unix milliseconds." }),
  },
  closed,
);

export interface SessionRouteDeps {
  readonly guard: SessionGuard;
  readonly cookie: SessionCookie;
  readonly requireSession: RequireSession;
}

/** Opens, shows and ends the session of a browser. */
export const sessionRoutes: FastifyPluginAsyncTypebox<SessionRouteDeps> = async (app, deps) => {
  const { guard, cookie, requireSession } = deps;

  app.post("/session", { schema: { body: SignInSchema } }, async (request, reply) => {
    const opened = await guard.open(request, request.body.token, cookie.read(request));
    if (opened === null) throw new ProblemError("sign-in-required");
    cookie.write(request, reply, opened.sessionToken, opened.expiresAtMs);
    return reply.code(204).send();
  });

  app.get("/session", { schema: { response: { 200: SessionSchema } } }, async (request, reply) => {
    const session = await requireSession(request, reply);
    return { project: { name: session.projectName }, expiresAt: session.expiresAtMs };
  });

  app.delete("/session", async (request, reply) => {
    const token = cookie.read(request);
    if (token !== undefined) await guard.end(request, token);
    cookie.clear(request, reply);
    return reply.code(204).send();
  });
};
