import { type Static, Type } from "typebox";
import { PROBLEMS, type ProblemCode, REJECT_REASONS } from "./problems.ts";

const closed = { additionalProperties: false } as const;

/** One refused event of a batch. */
export const RejectedEventSchema = Type.Object(
  { index: Type.Integer({ minimum: 0 }), reason: Type.Enum(REJECT_REASONS) },
  closed,
);
export type RejectedEvent = Static<typeof RejectedEventSchema>;

/** 201 of `POST /v1/events`: the event is committed to disk. */
export const EventResponseSchema = Type.Object({ success: Type.Literal(true) }, closed);
export type EventResponse = Static<typeof EventResponseSchema>;

/** 201 of `POST /v1/events/batch`: `accepted` events are committed to disk, now or (`duplicate`) by an earlier attempt. */
export const BatchResponseSchema = Type.Object(
  {
    success: Type.Literal(true),
    accepted: Type.Integer({ minimum: 0 }),
    rejected: Type.Array(RejectedEventSchema),
    duplicate: Type.Optional(Type.Literal(true)),
  },
  closed,
);
export type BatchResponse = Static<typeof BatchResponseSchema>;

/** Body of every error answer, `application/problem+json`. */
export const ProblemSchema = Type.Object(
  {
    type: Type.String({ description: "Where the code is documented, relative to the collector." }),
    title: Type.String(),
    status: Type.Integer(),
    code: Type.Enum(Object.keys(PROBLEMS) as [ProblemCode, ...ProblemCode[]]),
    error: Type.String({ description: "The public guide's sentence for this answer." }),
    details: Type.Optional(Type.Array(RejectedEventSchema)),
    limit: Type.Optional(Type.Integer({ description: "429: size of the exhausted limit." })),
    resetAt: Type.Optional(
      Type.Integer({ description: "429: Unix milliseconds from which a request is allowed again." }),
    ),
  },
  closed,
);
export type Problem = Static<typeof ProblemSchema>;
