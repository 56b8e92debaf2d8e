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
const BLOCK = 500;

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

const { call, flush } = await connect(variant as Variant);

/** Twice, as the first leaves behind what only finalizers let go of. */
async function liveHeapBytes(): Promise<number> {
  for (let i = 0; i < 2; i++) {
    globalThis.gc?.();
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return process.memoryUsage().heapUsed;
}

if (mode === "heap") {
  for (let i = 0; i < 1_000; i++) await call();
  const before = await liveHeapBytes();
  for (let i = 0; i < calls; i++) {
    await call();
    // The loop has to turn, or nothing that sends would ever run.
    if (i % 1_000 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  console.log(JSON.stringify({ heapBytes: (await liveHeapBytes()) - before }));
} else {
  const bare = await connect("bare");
  for (let i = 0; i < BLOCK; i++) {
    await bare.call();
    await call();
  }
  await flush();
  const times: { bare: number[]; variant: number[] } = { bare: [], variant: [] };
  const cpuUs = { bare: 0, variant: 0 };
  // In turns, block by block, so that both meet the same moments of a machine that is shared.
  for (let done = 0; done < calls; done += BLOCK) {
    cpuUs.bare += await block(bare.call, times.bare);
    cpuUs.variant += await block(call, times.variant);
  }
  const before = process.cpuUsage();
  await flush();
  cpuUs.variant += spent(before);
  const addedMedianUs = medianOf(times.variant) - medianOf(times.bare);
  console.log(JSON.stringify({ addedMedianUs, addedCpuUs: (cpuUs.variant - cpuUs.bare) / times.variant.length }));
}
process.exit(0);

/** Makes a block of calls, notes how long each took, and gives the CPU that the block used. */
async function block(make: () => Promise<unknown>, into: number[]): Promise<number> {
  const before = process.cpuUsage();
  for (let i = 0; i < BLOCK; i++) {
    const startedAt = process.hrtime.bigint();
    await make();
    into.push(Number(process.hrtime.bigint() - startedAt) / 1_000);
  }
  return spent(before);
}

function spent(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before);
  return user + system;
}

function medianOf(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}
