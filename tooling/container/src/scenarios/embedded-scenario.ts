import { fetchPage, sendBatch, sendEvent, shownCalls, type Target, unknownKey } from "../collector-client.ts";
import { type Engine, engineCommand, inspectContainer, stopContainer, waitUntilHealthy } from "../engine.ts";
import { expectEqual, expectTrue } from "../expect.ts";
import { expectHardened } from "../hardening.ts";
import { CHECKED_IMAGE } from "../image.ts";
import type { Case } from "../report.ts";

export const EMBEDDED_TITLE = "one container";

export interface EmbeddedState {
  engine: Engine;
  container: string;
  volume: string;
  port: number;
  target: Target;
}

const BATCH_SIZE = 40;
/** Docker's own default, so the collector has to do with it. */
const STOP_DEADLINE_SECONDS = 10;

/** Runs the collector inside the container beside the server. */
function collector(state: EmbeddedState, ...args: string[]): Promise<string> {
  return engineCommand(state.engine, ["exec", state.container, "collector", ...args]);
}

async function expectStored(state: EmbeddedState): Promise<void> {
  const adminLink = await collector(state, "admin-link");
  expectEqual("calls on the dashboard", await shownCalls(state.target, adminLink), state.target.sent);
}

async function stopAndStart(state: EmbeddedState): Promise<void> {
  await engineCommand(state.engine, ["start", state.container]);
  await waitUntilHealthy(state.engine, state.container);
}

export const EMBEDDED_CASES: readonly Case<EmbeddedState>[] = [
  {
    name: "becomes healthy with a read-only root, no capabilities and one volume",
    opensTheWay: true,
    async check({ engine, container, volume, port }) {
      await engineCommand(engine, [
        ...["run", "--detach", "--name", container, "--read-only", "--tmpfs", "/tmp", "--volume", `${volume}:/data`],
        ...["--cap-drop=ALL", "--security-opt=no-new-privileges", "--publish", `127.0.0.1:${port}:3000`, CHECKED_IMAGE],
      ]);
      await waitUntilHealthy(engine, container);
    },
  },
  {
    name: "runs as someone who may nothing",
    check: ({ engine, container }) => expectHardened(engine, container),
  },
  {
    name: "hands out an API key beside the running server",
    opensTheWay: true,
    async check(state) {
      const created = await collector(state, "keys", "create", "--name", "checked", "--json");
      state.target.apiKey = /wmc_[0-9a-f]{64}/.exec(created)?.[0] ?? "";
      expectTrue("an API key is printed", state.target.apiKey !== "");
    },
  },
  {
    name: "answers 401 to a key that nobody was given",
    check: async ({ target }) => expectEqual("status", await sendEvent(target, unknownKey()), 401),
  },
  {
    name: "answers 201 to one event",
    check: async ({ target }) => expectEqual("status", await sendEvent(target), 201),
  },
  { name: "accepts a whole batch", check: ({ target }) => sendBatch(target, BATCH_SIZE) },
  {
    name: "serves the dashboard",
    check: async ({ target }) => expectTrue("the page is HTML", /<div id=/.test(await fetchPage(target))),
  },
  { name: "shows as many calls as were sent", check: expectStored },
  {
    name: "exits with 0 on SIGTERM, in time",
    async check({ engine, container }) {
      expectEqual("exit code", await stopContainer(engine, container, STOP_DEADLINE_SECONDS), 0);
    },
  },
  {
    name: "has every event after a restart and takes the next",
    async check(state) {
      await stopAndStart(state);
      await expectStored(state);
      expectEqual("status", await sendEvent(state.target), 201);
    },
  },
  {
    name: "has every event after it was killed",
    async check(state) {
      await engineCommand(state.engine, ["kill", "--signal=KILL", state.container]);
      await engineCommand(state.engine, ["wait", state.container]);
      expectTrue("it has ended", !(await inspectContainer(state.engine, state.container)).State.Running);
      await stopAndStart(state);
      await expectStored(state);
    },
  },
];
