import { tmpdir } from "node:os";
import { hold } from "../../src/cases/run-cases.ts";
import { type FaultCase, fault } from "../fault-case.ts";
import { withNodeOptions } from "../site/replica.ts";
import { witnessed } from "../site/sites.ts";
import { mountSmallDisk } from "../site/small-disk.ts";
import { tally, underLoad } from "../wire/load.ts";
import { statusOf } from "../wire/send.ts";
import { until } from "../wire/until.ts";
import { processSite } from "./life-and-death.ts";

const LANE = "process";
const HEAP_MIB = 160;
const TAKEN_SHARE = 0.9;

/** What a collector may run out of besides sockets. */
export const exhaustionFaults: readonly FaultCase[] = [
  fault(
    LANE,
    "PC-6b",
    "nine tenths of the heap taken: it lives, answers 201 or 503, and all is well once there is room",
    async (sites) => {
      const site = await processSite(sites);
      const env = { ...site.sharedInRedis.env, ...withNodeOptions(`--max-old-space-size=${HEAP_MIB}`) };
      const replica = await site.start({ env });
      const { sender, holdsTrue } = witnessed(site.sql);
      const options = { sender, replicas: [replica], keys: await site.keys(20), requestsPerSecond: 60 };
      let freedAtMs = 0;
      const { samples } = await underLoad(options, async (load) => {
        await until(() => load.samples.length > 30, "the load does not begin");
        await replica.tell({ heapMiB: HEAP_MIB * TAKEN_SHARE });
        const before = load.samples.length;
        await until(() => load.samples.length > before + 150, "the load does not go on");
        hold(replica.process.isRunning, "it has died");
        await replica.tell({ heapMiB: 0 });
        freedAtMs = performance.now();
        await until(() => performance.now() > freedAtMs + 1_000, "time passes");
      });
      const strange = samples.filter(({ reply: { status } }) => status !== 201 && status !== 503);
      hold(strange.length === 0, `neither 201 nor 503: ${tally(strange)}`);
      const after = samples.filter(({ sentAtMs, reply }) => sentAtMs > freedAtMs + 300 && reply.status !== 201);
      hold(after.length === 0, `with room again: ${tally(after)}`);
      hold((await statusOf(`${replica.url}/readyz`)) === 200, "it is not ready afterwards");
      await holdsTrue();
      await replica.close();
    },
  ),

  fault(
    LANE,
    "PC-6c",
    "no room in the folder for temporary files, or no such folder: it starts, and stores everything",
    async (sites) => {
      const site = await processSite(sites);
      const { sender, holdsTrue } = witnessed(site.sql);
      const key = await site.key();
      const disk = mountSmallDisk(tmpdir());
      try {
        disk?.fill();
        for (const folder of [disk?.folder ?? "/dev/null", "/nowhere"]) {
          const replica = await site.start({ env: { TMPDIR: folder, NODE_COMPILE_CACHE: folder } });
          for (let i = 0; i < 5; i++) {
            const replies = [
              await sender.single(replica, key),
              await sender.sendBatch(replica, sender.batch(key, 50, true)),
            ];
            hold(
              replies.every(({ status }) => status === 201),
              `answered ${replies.map(({ status }) => status)}`,
            );
          }
          await replica.close();
        }
      } finally {
        disk?.remove();
      }
      await holdsTrue();
    },
  ),
];
