import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { Type } from "typebox";
import type { CreatedApiKey } from "../accounts/api-keys.ts";
import type { RequireSession } from "./require-session.ts";

const closed = { additionalProperties: false } as const;

/** Body of `POST /api/v1/keys`. */
const NewKeySchema = Type.Object(
  { name: Type.Optional(Type.String({ pattern: "^[A-Za-z0-9][A-Za-z0-9 _.-]{0,49}$" })) },
  closed,
);

/** The only response that has the key and its signing secret: neither can be read again. */
const CreatedKeySchema = Type.Object({ key: Type.String(), signingSecret: Type.String(), name: Type.String() }, closed);

export interface KeyRouteDeps {
  readonly requireSession: RequireSession;
  /** Makes a key of tier `free`. */
  readonly makeKey: (projectId: number, name?: string) => Promise<CreatedApiKey>;
}

/** `POST /keys`: an API key for the project of the session. */
export const keyRoutes: FastifyPluginAsyncTypebox<KeyRouteDeps> = async (app, { requireSession, makeKey }) => {
  const schema = { body: NewKeySchema, response: { 201: CreatedKeySchema } };
  app.post("/keys", { schema }, async (request, reply) => {
    const { projectId } = await requireSession(request, reply);
    const { key, signingSecret, name } = await makeKey(projectId, request.body.name);
    return reply.code(201).send({ key, signingSecret, name });
  });
};
