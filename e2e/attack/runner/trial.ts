import { createHmac, randomBytes } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";
import { BATCH_PATH, EVENTS_PATH, type Event, PROBLEMS, type ProblemCode } from "@org/mcp-analytics-schema";
import { Ledger } from "../oracles/ledger.ts";
import type { AttackKey, KeyOptions } from "../stack/attack-keys.ts";
import type { CollectorName, OwnStack } from "../stack/own-stack.ts";
import type { Answer } from "../wire/answer.ts";
import { type Endpoint, endpointOf } from "../wire/endpoint.ts";
import { RawConnection } from "../wire/raw-connection.ts";
import { type HeaderList, type RequestParts, requestBytes } from "../wire/request.ts";
import { freshAddress } from "./addresses.ts";
import { AttackError, CannotTellError, hold } from "./attack-error.ts";
import type { Target } from "./target.ts";

export type Outcome = "stored" | "duplicate" | ProblemCode;

/** Answers to requests whose key was charged one request for them, unless a case says otherwise. */
const CHARGED: ReadonlySet<Outcome> = new Set<Outcome>([
  "stored",
  "duplicate",
  "invalid-event",
  "no-valid-event",
  "malformed-json",
  "invalid-utf8",
  "too-deep",
  "too-many-events",
  "signature-replayed",
]);

/** What a case states about an answer beyond its outcome. */
export interface Stated {
  /** In words, for the message of a failure. */
  readonly what?: string | undefined;
  /** Key that is charged; defaults to that of the request. */
  readonly key?: AttackKey;
  /** Requests charged; defaults to what the outcome says. */
  readonly charged?: number;
  /** Events stored; default to those of the request that the answer does not reject. */
  readonly events?: readonly Event[];
}

export interface PostOptions extends Omit<RequestParts, "method" | "body"> {
  /** Collector of the own stack; `direct` unless an address is given, then `proxied`. */
  readonly via?: CollectorName;
  /** What the proxy says the client's address is. */
  readonly address?: string;
}

/** One run of one case: what it sends with, and what it states must come of it. */
export class Trial {
  readonly target: Target;
  readonly fuzzRuns: number;
  readonly ledger = new Ledger();
  readonly answers: Answer[] = [];
  readonly secrets = { unlogged: new Set<string>(), unstored: new Set<string>() };
  readonly reached = new Set<CollectorName>();
  /** Part of every name that this case sends, so that it can be found wherever it leaks to. */
  readonly canary = `cn_${randomBytes(6).toString("hex")}`;
  /** False where the case has changed buckets by hand. */
  areChargesStated = true;
  /** Lines that a collector in this process has logged. */
  ownLog = "";
  readonly #connections: RawConnection[] = [];
  #projectId: number | undefined;
  #key: AttackKey | undefined;

  /** @param fuzzRuns inputs of each fuzzing case */
  constructor(target: Target, fuzzRuns = 0) {
    this.target = target;
    this.fuzzRuns = fuzzRuns;
    this.secrets.unlogged.add(this.canary);
  }

  /** @throws when the case has not said that it needs the stack */
  get stack(): OwnStack {
    if (this.target.stack === undefined) throw new Error("this case needs the stack and does not say so");
    return this.target.stack;
  }

  get projectId(): number | undefined {
    return this.#projectId;
  }

  /** The key of this case; in the own stack one that nobody else uses. */
  async key(): Promise<AttackKey> {
    this.#key ??= this.target.givenKey ?? (await this.newKey());
    this.#hide(this.#key);
    return this.#key;
  }

  /** A further key, in the same project unless told otherwise. */
  async newKey(options: KeyOptions & { otherProject?: boolean } = {}): Promise<AttackKey> {
    const { keys } = this.stack;
    this.#projectId ??= await keys.project();
    const projectId = options.otherProject === true ? await keys.project() : this.#projectId;
    const key = await keys.key(projectId, options);
    this.ledger.watch(key);
    this.#hide(key);
    return key;
  }

  #hide({ apiKey, hash, signingSecret }: AttackKey): void {
    for (const secret of [apiKey, apiKey.slice(4), signingSecret?.slice(4)]) if (secret) this.keepFromStorage(secret);
    if (hash !== "") this.secrets.unlogged.add(hash);
  }

  /** A text that must show up in no log, nor in Redis. */
  keepSecret(text: string): string {
    this.secrets.unlogged.add(text);
    return text;
  }

  /** A text that must moreover never be sent to PostgreSQL. */
  keepFromStorage(text: string): string {
    this.secrets.unstored.add(text);
    return this.keepSecret(text);
  }

  /** A good event. */
  event(changes: Record<string, unknown> = {}): Event {
    return { tool: this.canary, success: true, timestamp: Date.now(), ...changes } as Event;
  }

  batch(events: readonly unknown[], changes: Record<string, unknown> = {}) {
    return { batchId: newBatchId(), events, ...changes };
  }

  /** Headers that sign a body. */
  sign(key: AttackKey, body: string | Uint8Array, timestamp: number | string = Date.now()): HeaderList {
    if (key.signingSecret === undefined) throw new Error("this case needs a signing secret and does not say so");
    return this.signWith(key.signingSecret, body, timestamp);
  }

  signWith(secret: string | Buffer, body: string | Uint8Array, timestamp: number | string = Date.now()): HeaderList {
    const signature = createHmac("sha256", secret).update(`${timestamp}.`).update(body).digest("hex");
    this.keepFromStorage(signature);
    return [
      ["X-Timestamp", String(timestamp)],
      ["X-Signature", signature],
    ];
  }

  endpoint(via: CollectorName = "direct"): Endpoint {
    if (this.target.stack === undefined) return this.target.endpoint;
    this.reached.add(via);
    return endpointOf(this.stack.collectors[via].url);
  }

  /** A connection for bytes of any kind; it ends with the case. */
  connect(via?: CollectorName): RawConnection {
    const connection = new RawConnection(this.endpoint(via));
    this.#connections.push(connection);
    return connection;
  }

  /** The bytes of a request to the collector that `via` names. */
  bytes(parts: RequestParts, via?: CollectorName): Buffer {
    return requestBytes(this.endpoint(via).authority, parts);
  }

  /** Sends one request on a connection of its own. */
  async request({ via, address, ...parts }: PostOptions & RequestParts): Promise<Answer> {
    const collector = via ?? (address === undefined ? "direct" : "proxied");
    const headers: HeaderList =
      address === undefined ? (parts.headers ?? []) : [...(parts.headers ?? []), ["X-Forwarded-For", address]];
    if (address !== undefined && address.length > 6) this.keepFromStorage(address);
    const connection = this.connect(collector);
    connection.send(this.bytes({ ...parts, headers }, collector));
    try {
      return this.note(await connection.answer(parts.method !== "HEAD"), parts);
    } finally {
      connection.end();
    }
  }

  /** Sends a body to the route of single events; what is no text is sent as JSON. */
  post(body: unknown, options: PostOptions = {}): Promise<Answer> {
    return this.request({ ...options, body: asBody(body) });
  }

  postBatch(body: unknown, options: PostOptions = {}): Promise<Answer> {
    return this.post(body, { path: BATCH_PATH, ...options });
  }

  /** An address that no other case uses, for requests that are held against their address. */
  stranger(): { address?: string } {
    return this.target.stack === undefined ? {} : { address: freshAddress() };
  }

  /** Puts an answer that came over a connection of the case before the oracles. */
  note(answer: Answer, { path = EVENTS_PATH, body = "", key, headers = [] }: RequestParts = {}): Answer {
    const signed = headers.some(([name]) => name.toLowerCase() === "x-signature");
    const text = typeof body === "string" ? body : Buffer.from(body).toString("utf8");
    const noted = { ...answer, request: { path, body: text, key, signed } };
    this.answers.push(noted);
    this.target.pace?.note(noted);
    return noted;
  }

  /** Holds an answer to its outcome, and enters into the ledger what it must have done. */
  expect(answer: Answer, outcome: Outcome, stated: Stated = {}): void {
    this.judge(answer, outcome, stated.what);
    const key = stated.key ?? answer.request?.key;
    if (key === undefined) return;
    const events = outcome === "stored" ? (stated.events ?? storedEvents(answer)) : [];
    this.ledger.charge(key, stated.charged ?? (CHARGED.has(outcome) ? 1 : 0), events.length);
    const isDelivery = answer.json?.accepted !== undefined || answer.request?.signed === true;
    if (outcome === "stored") this.ledger.store(key, events, isDelivery);
  }

  /** Holds an answer to its outcome only. */
  judge(answer: Answer, outcome: Outcome, what = ""): void {
    const isReceipt = outcome === "stored" || outcome === "duplicate";
    const status = isReceipt ? 201 : PROBLEMS[outcome].status;
    const code = answer.status !== 201 ? answer.code : answer.json?.duplicate === true ? "duplicate" : "stored";
    if (answer.status === status && code === outcome) return;
    if (answer.status === 429 && this.target.stack === undefined) {
      throw new CannotTellError("the limits of the deployment were reached: see --help");
    }
    const from = what === "" ? "" : `${what}: `;
    throw new AttackError(`${from}${answer.status} ${code ?? "without a code"} instead of ${status} ${outcome}`);
  }

  /** Holds an answer to one of some statuses, where the contract leaves the choice. */
  expectStatus(answer: Answer, statuses: readonly number[], what = ""): void {
    if (answer.status === 429 && !statuses.includes(429) && this.target.stack === undefined) {
      throw new CannotTellError("the limits of the deployment were reached: see --help");
    }
    hold(
      statuses.includes(answer.status),
      `${what}: ${answer.status} ${answer.code} instead of ${statuses.join(" or ")}`,
    );
  }

  /** Waits for a condition that comes by itself. */
  async until(isSo: () => boolean | Promise<boolean>, otherwise: string, deadlineMs = 10_000): Promise<void> {
    const endMs = performance.now() + deadlineMs;
    while (!(await isSo())) {
      if (performance.now() > endMs) throw new AttackError(otherwise);
      await wait(20);
    }
  }

  close(): void {
    for (const connection of this.#connections) connection.end();
  }
}

function asBody(body: unknown): string | Uint8Array {
  return typeof body === "string" || body instanceof Uint8Array ? body : JSON.stringify(body);
}

/** A UUID of version 7. */
export function newBatchId(nowMs = Date.now()): string {
  const hex = nowMs.toString(16).padStart(12, "0") + randomBytes(10).toString("hex");
  const variant = "89ab"[Number.parseInt(hex[16] as string, 16) & 3];
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-7${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

function storedEvents({ json, request }: Answer): readonly Event[] {
  const body: unknown = JSON.parse(request?.body ?? "null");
  if (json?.accepted === undefined) return [body as Event];
  const rejected = new Set((json.rejected as { index: number }[]).map(({ index }) => index));
  return (body as { events: Event[] }).events.filter((_event, index) => !rejected.has(index));
}
