import { expect, test } from "vitest";
import { diagnose } from "../../src/cli/doctor.ts";
import { readConfig } from "../../src/config/config.ts";
import type { Environment } from "../../src/types.ts";
import { createFakeTransport, type Reaction, reply } from "../support/fake-transport.ts";
import { API_KEY, ON, SIGNING_SECRET } from "../support/keys.ts";

const NOW = Date.UTC(2026, 0, 1, 12);
const HERE = { date: "Thu, 01 Jan 2026 12:00:00 GMT" };
const problem = (status: number, code: string, headers = HERE) => reply(status, { code }, headers);
const failure = (code: string) => Object.assign(new Error(code), { code });

async function examine(reaction: Reaction, env: Environment = {}, tookMs = 0) {
  const times = [NOW, NOW];
  const transport = createFakeTransport(() => NOW);
  transport.react = () => reaction;
  const diagnosis = await diagnose(
    readConfig({ env: { ...ON, ...env } }),
    () => transport,
    () => times.pop() ?? NOW + tookMs,
  );
  return { ...diagnosis, text: diagnosis.lines.join("\n"), transport };
}

test("a collector that refuses only the empty batch is a healthy one", async () => {
  const { healthy, text, transport } = await examine(problem(400, "invalid-event"));
  expect(healthy).toBe(true);
  expect(text).toContain("key: accepted");
  expect(text).toContain("clock: agrees");
  expect(transport.sent[0]?.json.events).toEqual([]);
  expect(transport.closed).toBe(true);
});

test("a signature is tried where there is a secret", async () => {
  const { text, transport } = await examine(problem(400, "invalid-event"), {
    ANALYTICS_SIGNING_SECRET: SIGNING_SECRET,
  });
  expect(transport.sent[0]?.headers).toHaveProperty("x-signature");
  expect(text).toContain("so is the signature");
});

test.each([
  [problem(401, "invalid-key"), false, "does not know this key"],
  [problem(401, "key-required"), false, "strip"],
  [problem(401, "signature-required"), false, "set ANALYTICS_SIGNING_SECRET"],
  [problem(401, "invalid-signature"), false, "does not match"],
  [problem(401, "signature-expired"), true, "clocks differ"],
  [problem(403, "key-disabled"), false, "disabled"],
  [problem(429, "rate-limited"), true, "rate limit"],
  [problem(503, "storage-unavailable"), false, "cannot store"],
  [reply(301, {}, { location: "https://elsewhere.example/path?secret=1" }), false, "https://elsewhere.example)"],
  [reply(404, {}), false, "/v1/events"],
  [reply(200, "<html>"), false, "does not look like a collector"],
  [failure("ENOTFOUND"), false, "cannot be resolved"],
  [failure("ECONNREFUSED"), false, "nobody listens"],
  [failure("DEPTH_ZERO_SELF_SIGNED_CERT"), false, "no trusted TLS"],
  [failure("ECONNRESET"), false, "no complete answer"],
])("says it in words (%#)", async (reaction, expected, words) => {
  const { healthy, text } = await examine(reaction);
  expect(healthy).toBe(expected);
  expect(text).toContain(words);
  expect(text).not.toContain(API_KEY);
});

test("a collector that says nothing until the attempt is given up is named as such", async () => {
  expect((await examine(failure("ECONNRESET"), {}, 5_000)).text).toContain("did not answer within 5 s");
  expect((await examine(failure("ECONNRESET"), {}, 4_999)).text).toContain("no complete answer");
});

test("a clock that is off is named with its direction", async () => {
  const { text } = await examine(problem(400, "invalid-event", { date: "Thu, 01 Jan 2026 12:02:00 GMT" }));
  expect(text).toContain("121 s behind");
});

test("settings that cannot work are all that is said", async () => {
  const { healthy, lines, transport } = await examine(problem(400, "x"), { DO_NOT_TRACK: "1" });
  expect(healthy).toBe(false);
  expect(lines).toHaveLength(1);
  expect(transport.sent).toHaveLength(0);
});
