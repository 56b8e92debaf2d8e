/**
 * Measures one variant in a process of its own and prints the figures as one line of JSON.
 * Arguments: variant, mode (`pace` or `heap`), number of calls, origin of the sink.
 */
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { InMemoryTransport } from "@modelcontextprotocol/sdk/inMemory.js";
import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { equip, type Variant } from "./variants.ts";

const [variant = "bare", mode = "pace", count = "1000", sinkOrigin = ""] = process.argv.slice(2);
const calls = Number(count);
/** Calls between two changes of side: many, as a saturated loop is never told to flush. */
const BLOCK = Math.min(2_500, calls / 2);
/** Blocks before anything is measured, of both kinds: by then the code of either side has been compiled. */
const WARM_UP_BLOCKS = 4;

interface Pair {
  readonly call: () => Promise<unknown>;
  readonly flush: () => Promise<void>;
}

async function connect(chosen: Variant): Promise<Pair> {
  const server = new McpServer({ name: "bench", version: "1.0.0" });
  const flush = await equip(server, chosen, sinkOrigin);
  const client = new Client({ name: "bench", version: "1.0.0" });
  const [near, far] = InMemoryTransport.createLinkedPair();
  await Promise.all([server.connect(near), client.connect(far)]);
  return { call: () => client.callTool({ name: "work" }), flush };
}

const pair = await connect(variant as Variant);
const figures = mode === "heap" ? { heapBytes: await heapGrownBytes(pair) } : await comparePace(pair);
console.log(JSON.stringify(figures));
process.exit(0);

/** Twice, as the first leaves behind what only finalizers let go of. */
async function liveHeapBytes(): Promise<number> {
  for (let i = 0; i < 2; i++) {
    globalThis.gc?.();
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return process.memoryUsage().heapUsed;
}

async function heapGrownBytes({ call }: Pair): Promise<number> {
  for (let i = 0; i < 1_000; i++) await call();
  const before = await liveHeapBytes();
  for (let i = 0; i < calls; i++) {
    await call();
    // The loop has to turn, or nothing that sends would ever run.
    if (i % 1_000 === 0) await turn();
  }
  return (await liveHeapBytes()) - before;
}

/** In turns, block by block, so that the variant and a bare server meet the same moments of a machine that is shared. */
async function comparePace(equipped: Pair): Promise<{ addedMedianUs: number; addedCpuUs: number }> {
  const bare = await connect("bare");
  const cpuUs = { bare: 0, equipped: 0 };
  const times: { bare: number[]; equipped: number[] } = { bare: [], equipped: [] };
  for (let block = -WARM_UP_BLOCKS; block < calls / BLOCK; block++) {
    const bareUs = await sendingBlock(bare);
    const equippedUs = await sendingBlock(equipped);
    if (block < 0) continue;
    cpuUs.bare += bareUs;
    cpuUs.equipped += equippedUs;
  }
  for (let block = -WARM_UP_BLOCKS; block < calls / BLOCK; block++) {
    const bareTimes = await saturatedBlock(bare);
    const equippedTimes = await saturatedBlock(equipped);
    if (block < 0) continue;
    times.bare.push(...bareTimes);
    times.equipped.push(...equippedTimes);
  }
  return {
    addedMedianUs: medianOf(times.equipped) - medianOf(times.bare),
    addedCpuUs: (cpuUs.equipped - cpuUs.bare) / calls,
  };
}

/** Back to back: how long each call took in microseconds, with all that an SDK does on the path of a call and nothing it puts off. */
async function saturatedBlock({ call, flush }: Pair): Promise<number[]> {
  const times: number[] = [];
  for (let i = 0; i < BLOCK; i++) {
    const startedAt = process.hrtime.bigint();
    await call();
    times.push(Number(process.hrtime.bigint() - startedAt) / 1_000);
  }
  await flush();
  return times;
}

/**
 * A turn of the loop after each call, as between the messages of any transport: the CPU in microseconds, with everything that
 * was put off, the sending and the garbage too.
 */
async function sendingBlock({ call, flush }: Pair): Promise<number> {
  const before = process.cpuUsage();
  for (let i = 0; i < BLOCK; i++) {
    await call();
    await turn();
  }
  await flush();
  (globalThis.gc as ((options: { type: "minor" }) => void) | undefined)?.({ type: "minor" });
  const { user, system } = process.cpuUsage(before);
  return user + system;
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

function medianOf(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}
