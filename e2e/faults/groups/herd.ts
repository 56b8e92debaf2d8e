import { hold } from "../../src/cases/run-cases.ts";
import { type FaultCase, fault } from "../fault-case.ts";
import { witnessed } from "../site/sites.ts";
import { until } from "../wire/until.ts";
import { processSite } from "./life-and-death.ts";

const LANE = "process";
const CLIENTS = 600;
const EVENTS = 100;
const MEMORY_MIB = 400;

export const herdFaults: readonly FaultCase[] = [
  fault(
    LANE,
    "CN-7",
    "everybody comes back at once with a full batch: 201 or 503, memory bounded, in the end all is stored once",
    async (sites) => {
      const site = await processSite(sites);
      const replica = await site.start();
      const { sender, holdsTrue } = witnessed(site.sql);
      const keys = await site.keys(CLIENTS / 20);
      // What the writer is at while the first ones come keeps the others waiting.
      const batches = Array.from({ length: CLIENTS }, (_unused, index) =>
        sender.batch(keys[index % keys.length] as (typeof keys)[0], EVENTS),
      );
      let isOver = false;
      let memoryBytes = 0;
      const watch = until(
        async () => {
          memoryBytes = Math.max(memoryBytes, await replica.metric("collector_process_resident_memory_bytes"));
          return isOver;
        },
        "it does not end",
        60_000,
      );
      let waiting = batches;
      for (let round = 0; waiting.length > 0; round++) {
        const replies = await Promise.all(waiting.map((batch) => sender.sendBatch(replica, batch)));
        const strange = replies.find(({ status }) => status !== 201 && status !== 503);
        hold(strange === undefined, `a client is answered ${strange?.status} ${strange?.code}`);
        const bare = replies.find(({ status, headers }) => status === 503 && headers["retry-after"] === undefined);
        hold(bare === undefined, "a 503 without Retry-After");
        waiting = waiting.filter((_batch, index) => replies[index]?.status !== 201);
        hold(round < 20, `${waiting.length} are never taken`);
      }
      isOver = true;
      await watch;
      hold(memoryBytes < MEMORY_MIB * 2 ** 20, `memory grows to ${Math.round(memoryBytes / 2 ** 20)} MiB`);
      await holdsTrue();
      await replica.close();
    },
  ),
];
