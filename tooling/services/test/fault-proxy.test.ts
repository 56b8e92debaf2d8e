import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type FaultProxy, startFaultProxy } from "../src/fault-proxy.ts";

let server: Server;
let received: string;
let proxy: FaultProxy;
let clients: Socket[];

/** A server that answers everything with itself. */
async function startEcho(prefix = ""): Promise<Server> {
  const echo = createServer((socket) => {
    socket.on("error", () => {});
    socket.on("data", (data) => {
      received += data;
      socket.write(prefix + data);
    });
  });
  echo.listen(0, "127.0.0.1");
  await once(echo, "listening");
  return echo;
}
const urlOf = (of: Server) => `echo://127.0.0.1:${(of.address() as AddressInfo).port}`;

interface Client {
  readonly socket: Socket;
  text: string;
  closed: boolean;
}

function open(): Client {
  const socket = connect(Number(new URL(proxy.url).port), "127.0.0.1");
  const client: Client = { socket, text: "", closed: false };
  socket.on("error", () => {});
  socket.on("data", (data) => {
    client.text += data;
  });
  socket.on("close", () => {
    client.closed = true;
  });
  clients.push(socket);
  return client;
}

beforeEach(async () => {
  received = "";
  clients = [];
  server = await startEcho();
  proxy = await startFaultProxy(urlOf(server));
});
afterEach(async () => {
  for (const client of clients) client.destroy();
  await proxy.close();
  server.close();
});

const until = (isSo: () => unknown) => expect.poll(isSo, { timeout: 10_000, interval: 5 }).toBe(true);

test("without a fault everything goes through, ends included", async () => {
  const client = open();
  client.socket.write("hello");
  await until(() => client.text === "hello");
  client.socket.end();
  await until(() => client.closed && proxy.connections === 0);
});

test("a hang holds what is sent, and restoring loses it together with its connection", async () => {
  const client = open();
  client.socket.write("a");
  await until(() => client.text === "a");
  proxy.hang();
  client.socket.write("b");
  const late = open();
  late.socket.write("c");
  await once(late.socket, "connect");
  expect(received).toBe("a");
  await proxy.restore();
  await until(() => client.closed);
  const fresh = open();
  fresh.socket.write("d");
  await until(() => fresh.text === "d");
  expect(received).not.toContain("b");
});

test("what hung can also arrive late, in its order", async () => {
  const client = open();
  proxy.hang("requests");
  client.socket.write("a");
  await once(client.socket, "connect");
  await new Promise((next) => setImmediate(next));
  client.socket.write("b");
  await proxy.restore("delivered");
  client.socket.write("c");
  await until(() => client.text === "abc");
});

test("answers alone can hang: the server has heard, the client never learns", async () => {
  const client = open();
  proxy.hang("answers");
  client.socket.write("a");
  await until(() => received === "a");
  expect(client.text).toBe("");
});

test("delayed pieces arrive in the order in which they were sent, also when some are lost at first", async () => {
  const client = open();
  proxy.delay(1, { share: 0.5, extraMs: 15 });
  await once(client.socket, "connect");
  const sent = Array.from({ length: 40 }, (_unused, index) => `${index},`);
  for (const piece of sent) {
    client.socket.write(piece);
    await new Promise((next) => setImmediate(next));
  }
  await until(() => client.text === sent.join(""));
});

test("a connection is cut in the middle of what is sent, after exactly so many bytes", async () => {
  const client = open();
  await once(client.socket, "connect");
  proxy.cutAfterBytes(5);
  client.socket.write("abcdefgh");
  await until(() => client.closed);
  await until(() => received === "abcde");
});

test("an answer is kept back for what it says, after the server has acted", async () => {
  const client = open();
  proxy.cutBeforeAnswer("commit");
  client.socket.write("begin");
  await until(() => client.text === "begin");
  client.socket.write("commit");
  await until(() => client.closed);
  expect([received, client.text]).toEqual(["begincommit", "begin"]);
});

test("a cut refuses connections until it is restored; another server can take over at the same address", async () => {
  await proxy.cut();
  const refused = open();
  await until(() => refused.closed);
  await proxy.restore();
  const other = await startEcho("other:");
  proxy.retarget(urlOf(other));
  const client = open();
  client.socket.write("a");
  await until(() => client.text === "other:a");
  other.close();
});
