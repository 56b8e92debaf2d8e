import { setTimeout as wait } from "node:timers/promises";
import { freshAddress } from "./runner/addresses.ts";
import { type AttackCase, attack } from "./runner/attack-case.ts";
import { hold } from "./runner/attack-error.ts";
import type { Trial } from "./runner/trial.ts";
import { type AttackKey, hashOf, inventedKey } from "./stack/attack-keys.ts";
import { readCharges } from "./stack/buckets.ts";
import type { CollectorName } from "./stack/own-stack.ts";

/** A key that was taken away, or changed, is honoured no longer than this. */
const STALE_MS = 10_000;
const PAUSE_MS = 50;

/** Sends events until one is refused; returns when, by the clock of `performance`, the last one that was stored was sent. */
async function sendUntilRefused(t: Trial, key: AttackKey, via: CollectorName, address: string) {
  let lastStoredAtMs = 0;
  const endMs = performance.now() + 2 * STALE_MS;
  for (;;) {
    const sentAtMs = performance.now();
    const answer = await t.post(t.event(), { key, via, ...(via !== "direct" && { address }) });
    if (answer.status !== 201) return { answer, lastStoredAtMs };
    t.expect(answer, "stored");
    lastStoredAtMs = sentAtMs;
    hold(sentAtMs < endMs, `${via} never refused it`);
    await wait(PAUSE_MS);
  }
}

export const keyRevocation: readonly AttackCase[] = [
  attack(
    "AU-10",
    "a key revoked under load stops within 10 s on each of two replicas; enabled again it works within 10 s",
    { needs: "stack", lane: "beside" },
    async (t) => {
      const key = await t.key();
      const replicas = ["direct", "spare"] as const;
      const address = freshAddress();
      for (const via of replicas) {
        t.expect(await t.post(t.event(), { key, via, ...(via === "spare" && { address }) }), "stored");
      }
      const flows = replicas.map((via) => sendUntilRefused(t, key, via, address));
      await wait(500);
      await t.stack.sql`UPDATE api_keys SET status = 'disabled' WHERE id = ${key.apiKeyId}`;
      const revokedAtMs = performance.now();
      for (const [index, flow] of flows.entries()) {
        const { answer, lastStoredAtMs } = await flow;
        t.expect(answer, "key-disabled", { what: replicas[index] });
        hold(lastStoredAtMs - revokedAtMs <= STALE_MS, `stored ${Math.round(lastStoredAtMs - revokedAtMs)} ms later`);
      }
      await t.stack.sql`UPDATE api_keys SET status = 'active' WHERE id = ${key.apiKeyId}`;
      const enabledAtMs = performance.now();
      for (;;) {
        const sentAtMs = performance.now();
        const answer = await t.post(t.event(), { key });
        if (answer.status === 201) return t.expect(answer, "stored");
        t.expect(answer, "key-disabled");
        hold(sentAtMs - enabledAtMs <= STALE_MS, "it stays refused");
        await wait(PAUSE_MS * 4);
      }
    },
  ),

  attack(
    "AU-11",
    "a rotated key: the new one works at once, the old one stops within 10 s, and what was used stays used",
    { needs: "stack", lane: "beside" },
    async (t) => {
      const old = await t.key();
      t.expect(await t.post(t.event(), { key: old }), "stored");
      const apiKey = t.keepFromStorage(inventedKey());
      const rotated: AttackKey = { ...old, apiKey, hash: hashOf(apiKey) };
      await t.stack.sql`UPDATE api_keys SET key_hash = ${rotated.hash} WHERE id = ${old.apiKeyId}`;
      const rotatedAtMs = performance.now();
      t.expect(await t.post(t.event(), { key: rotated }), "stored", { key: old });
      const { answer, lastStoredAtMs } = await sendUntilRefused(t, old, "direct", "");
      t.expect(answer, "invalid-key");
      hold(lastStoredAtMs - rotatedAtMs <= STALE_MS, `stored ${Math.round(lastStoredAtMs - rotatedAtMs)} ms later`);
      const { requests } = await readCharges(t.stack.redis, rotated);
      const due = t.ledger.chargesOf(old).requests;
      hold(requests === due, "the rotated key has a bucket of its own");
    },
  ),

  attack(
    "AU-5",
    "forty thousand invented keys from one address: 401, then 429, few statements; memory stays flat",
    { needs: "stack", lane: "alone" },
    async (t) => {
      const { tap } = t.stack;
      const address = t.keepFromStorage(freshAddress());
      let memoryBefore = Number.NaN;
      const seen = { unknown: 0, limited: 0 };
      const hashes = new Set<string>();
      const mark = tap.mark();
      for (let round = 0; round < 80; round++) {
        // The space for young objects grows with the first ten to fifteen thousand requests, whatever they are.
        if (round === 40) memoryBefore = await residentBytes(t);
        const connection = t.connect("spare");
        const keys = Array.from({ length: 500 }, inventedKey);
        const bytes = keys.map((apiKey) =>
          t.bytes(
            {
              headers: [
                ["X-API-Key", apiKey],
                ["X-Forwarded-For", address],
              ],
              body: "{}",
            },
            "spare",
          ),
        );
        connection.send(Buffer.concat(bytes));
        for (const apiKey of keys) {
          const answer = t.note(await connection.answer());
          t.expectStatus(answer, [401, 429], "an invented key");
          seen[answer.status === 401 ? "unknown" : "limited"] += 1;
          hashes.add(hashOf(apiKey));
        }
        connection.end();
      }
      const asked = tap.since(mark).flatMap((text) => text.match(/[0-9a-f]{64}/g) ?? []);
      const lookedUp = asked.filter((hash) => hashes.has(hash)).length;
      hold(lookedUp <= hashes.size, `${lookedUp} look-ups for ${hashes.size} keys`);
      hold(seen.unknown + seen.limited === 40_000, "answers are missing");
      hold(seen.unknown <= 25, `${seen.unknown} guesses were not limited`);
      const grown = (await residentBytes(t)) - memoryBefore;
      hold(grown < 64 * 2 ** 20, `memory grew by ${Math.round(grown / 2 ** 20)} MiB`);
    },
  ),

  attack(
    "AU-N5",
    "keys behind an address that guesses are all found, in use, forgotten or never seen",
    { needs: "stack", lane: "beside" },
    async (t) => {
      const key = await t.key();
      const address = freshAddress();
      t.expect(await t.post(t.event(), { key, address, via: "spare" }), "stored");
      for (let i = 0; i < 60; i++) {
        const answer = await t.post(t.event(), { headers: [["X-API-Key", inventedKey()]], address, via: "spare" });
        t.expectStatus(answer, [401, 429], "an invented key");
      }
      for (let i = 0; i < 30; i++) {
        const unseen = await t.newKey();
        const [stored, guessed] = await Promise.all([
          t.post(t.event(), { key: unseen, address, via: "spare" }),
          t.post(t.event(), { headers: [["X-API-Key", inventedKey()]], address, via: "spare" }),
        ]);
        t.expect(stored, "stored", { what: "a key that was never seen" });
        t.expectStatus(guessed, [429], "an invented key");
      }
      // Past the time for which a look-up holds.
      await wait(STALE_MS + 500);
      t.expect(await t.post(t.event(), { key, address, via: "spare" }), "stored");
    },
  ),
];

/** Resident memory of the collector `spare`, as it says itself. */
async function residentBytes(t: Trial): Promise<number> {
  const metrics = await (await fetch(t.stack.metricsUrl)).text();
  return Number(/^collector_process_resident_memory_bytes (\S+)$/m.exec(metrics)?.[1] ?? Number.NaN);
}
