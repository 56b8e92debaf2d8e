import { createHash, randomBytes } from "node:crypto";
import type { TokenRef } from "../storage/session-store.ts";

/** A fresh token and the reference under which it is stored. */
export interface IssuedToken {
  /** `<project id>.<64 hex digits>`: 256 random bits, shown or set once */
  readonly token: string;
  readonly ref: TokenRef;
}

/** Names its project, so that every look-up can name it too. */
const TOKEN = /^([1-9][0-9]{0,8})\.[0-9a-f]{64}$/;

/** Whether a text has the form of a token: no other is hashed or looked up. */
export function isToken(text: string): boolean {
  return TOKEN.test(text);
}

export function issueToken(projectId: number): IssuedToken {
  const token = `${projectId}.${randomBytes(32).toString("hex")}`;
  return { token, ref: { projectId, tokenHash: hashOf(token) } };
}

/** Where a token is stored, or undefined when it has not the form of one. */
export function readToken(token: string): TokenRef | undefined {
  const projectId = TOKEN.exec(token)?.[1];
  return projectId === undefined ? undefined : { projectId: Number(projectId), tokenHash: hashOf(token) };
}

function hashOf(token: string): string {
  return createHash("sha256").update(token).digest("hex");
}
