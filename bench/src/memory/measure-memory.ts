import { spreadOf } from "../figures/spread.ts";
import { makeApiKeys } from "../load/api-keys.ts";
import { batchPost, eventText, type Post, type SendOrder, sendAll, singlePost } from "../load/event-stream.ts";
import { addressAt } from "../load/fleet-batches.ts";
import type { BenchStage } from "../rounds/measure.ts";
import type { ChildServer } from "../servers/child-server.ts";
import { startCollector } from "../servers/collector.ts";
import { rssSamples } from "./rss-samples.ts";

const SINGLE_EVENTS = 100_000;
const BATCHES = 180_000;
const EVENTS_PER_BATCH = 5;
const EVENTS = SINGLE_EVENTS + BATCHES * EVENTS_PER_BATCH;
/** Single events start where the batches have not been: together they reach every key. */
const FIRST_SINGLE = 100_000;
const BAD_KEYS = 100_000;
const CONNECTIONS = 32;

export interface MemoryFigures {
  /** after everything */
  readonly rssMegabytes: number;
  /** at any time */
  readonly peakRssMegabytes: number;
  /** memory in the last tenth of the run per the same in its second fifth, when caches and code are warm */
  readonly rssGrowth: number;
  readonly events: number;
  readonly badKeys: number;
  /** median of each tenth of the run */
  readonly rssByTenthMegabytes: readonly number[];
}

/**
 * One collector takes a million events of 200,000 keys behind 5,000 addresses, single ones and batches. Requests with 100,000
 * keys that do not exist come between them, each from an address of its own.
 */
export async function measureMemory(stage: BenchStage): Promise<MemoryFigures> {
  const { fleet } = stage;
  const collector = await startCollector({ ...stage, keys: fleet, tier: "free" });
  try {
    const { server } = collector;
    const samples = await rssSamples(server, async () => {
      // The good and the bad by turns, so that growth by either shows as a slope over the whole run.
      const parts = 10;
      for (let part = 0; part < parts; part++) {
        process.stderr.write(`memory: part ${part + 1} of ${parts}\n`);
        const send = (status: number, all: number, post: SendOrder["post"]) =>
          expect(server, status, all / parts, (index) => post((part * all) / parts + index));
        await send(201, BATCHES, (index) => behindProxy(batchPost(fleet, EVENTS_PER_BATCH)(index), index));
        await send(201, SINGLE_EVENTS, (index) => behindProxy(singlePost(fleet)(FIRST_SINGLE + index), index));
        await send(401, BAD_KEYS, badKeyPost);
      }
    });
    const { rssBytes } = await server.usage();
    await collector.stop();
    const stored = await collector.storedEvents();
    if (stored !== EVENTS) throw new Error(`void: of ${EVENTS} events ${stored} were stored`);
    const [used] = await collector.database.query("select count(distinct key_id) as keys from events_raw");
    if (Number(used?.keys) !== fleet.length) {
      throw new Error(`void: events of ${used?.keys} keys were stored, expected ${fleet.length} keys`);
    }
    return { ...memoryFigures(samples), rssMegabytes: rssBytes / 1e6, events: EVENTS, badKeys: BAD_KEYS };
  } finally {
    await collector.close();
  }
}

async function expect(server: ChildServer, status: number, count: number, post: SendOrder["post"]): Promise<void> {
  const statuses = await sendAll({ url: server.url, count, connections: CONNECTIONS, post });
  if (statuses.get(status) === count) return;
  const answered = [...statuses].map(([code, times]) => `${times} x ${code}`).join(", ");
  throw new Error(`void: ${count} x ${status} expected, answered were ${answered}`);
}

/** A key of the fleet sends from a client address that other keys share. */
function behindProxy(post: Post, index: number): Post {
  return { ...post, headers: { "x-forwarded-for": addressAt(index) } };
}

function badKeyPost(index: number): Post {
  const forwardedFor = `10.${(index >> 16) & 255}.${(index >> 8) & 255}.${index & 255}`;
  return {
    path: "/v1/events",
    body: eventText(index),
    apiKey: makeApiKeys(1)[0]?.text ?? "",
    headers: { "x-forwarded-for": forwardedFor },
  };
}

function memoryFigures(samples: readonly number[]) {
  const part = (from: number, to: number) =>
    spreadOf(samples.slice(Math.floor(samples.length * from), Math.max(1, Math.floor(samples.length * to)))).median;
  return {
    peakRssMegabytes: Math.max(...samples),
    rssGrowth: part(0.9, 1) / part(0.2, 0.4),
    rssByTenthMegabytes: Array.from({ length: 10 }, (_, tenth) => Math.round(part(tenth / 10, (tenth + 1) / 10))),
  };
}
