import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { Stream } from "./fault-stream.ts";

/** What a hung network still lets through. */
export type Direction = "requests" | "answers";

/** Stands between a client and a server and plays the faults of a network. */
export interface FaultProxy {
  /** URL of the server through the proxy. */
  readonly url: string;
  /** Connections that are open now. */
  readonly connections: number;
  /** Cuts every connection and refuses new ones. */
  cut(): Promise<void>;
  /** Cuts every connection; new ones are taken. */
  reset(): void;
  /**
   * Lets nothing through any more, in one direction or both. New connections are taken and nothing closes: who hangs up is
   * not heard, as when a peer has lost its power or a firewall has lost its memory.
   */
  hang(direction?: Direction): void;
  /** Holds every piece back for `delayMs`, and `extraMs` more for a share of them, as a lossy link does; 0 ends it. */
  delay(delayMs: number, loss?: { readonly share: number; readonly extraMs: number }): void;
  /** Cuts a connection in the middle of a request, after so many bytes of all requests from now on. */
  cutAfterBytes(bytes: number): void;
  /** Cuts the connections at the next answer that holds `text`, which is not passed on. */
  cutBeforeAnswer(text: string): void;
  /** Ends every fault, at the same port. What a hang has held back is lost with its connections, or delivered late. */
  restore(heldBack?: "lost" | "delivered"): Promise<void>;
  /** Another server takes over; what is connected to the old one is cut. */
  retarget(url: string): void;
  close(): Promise<void>;
}

interface Link {
  readonly requests: Stream;
  readonly answers: Stream;
}

/** @param serverUrl of any protocol over TCP, with a port */
export async function startFaultProxy(serverUrl: string): Promise<FaultProxy> {
  let target = new URL(serverUrl);
  const links = new Set<Link>();
  let bytesLeft = Number.POSITIVE_INFINITY;
  let cutAt: string | undefined;
  let delayMs = () => 0;
  const hanging = new Set<Direction>();

  const destroy = (link: Link) => {
    link.requests.destroy();
    links.delete(link);
  };
  const reset = () => links.forEach(destroy);
  const passRequest = (data: Buffer): Buffer => {
    bytesLeft -= data.length;
    if (bytesLeft >= 0) return data;
    const part = data.subarray(0, data.length + bytesLeft);
    bytesLeft = Number.POSITIVE_INFINITY;
    // What has been passed on arrives before the end does.
    setImmediate(reset);
    return part;
  };
  const passAnswer = (data: Buffer): Buffer | undefined => {
    if (cutAt === undefined || !data.includes(cutAt)) return data;
    cutAt = undefined;
    reset();
    return undefined;
  };

  const server = createServer((client) => {
    const upstream: Socket = connect(Number(target.port), target.hostname);
    const isHeld = (direction: Direction) => () => hanging.has(direction);
    const link = {
      requests: new Stream(client, upstream, {
        pass: passRequest,
        delayMs: () => delayMs(),
        isHeld: isHeld("requests"),
      }),
      answers: new Stream(upstream, client, { pass: passAnswer, delayMs: () => delayMs(), isHeld: isHeld("answers") }),
    };
    links.add(link);
    // While it hangs one end may be gone and the other not know.
    for (const socket of [client, upstream]) {
      socket.on("close", () => client.closed && upstream.closed && links.delete(link));
    }
  });
  const listen = async (port: number) => {
    server.listen(port, "127.0.0.1");
    await once(server, "listening");
    return (server.address() as AddressInfo).port;
  };
  const stop = async () => {
    const closed = once(server, "close");
    server.close();
    reset();
    await closed;
  };

  const port = await listen(0);
  const url = new URL(serverUrl);
  url.hostname = "127.0.0.1";
  url.port = String(port);
  return {
    url: url.href,
    get connections() {
      return links.size;
    },
    cut: stop,
    reset,
    hang(direction) {
      if (direction !== "answers") hanging.add("requests");
      if (direction !== "requests") hanging.add("answers");
    },
    delay(each, loss) {
      delayMs = () => each + (loss !== undefined && Math.random() < loss.share ? loss.extraMs : 0);
    },
    cutAfterBytes(bytes) {
      bytesLeft = bytes;
    },
    cutBeforeAnswer(text) {
      cutAt = text;
    },
    async restore(heldBack = "lost") {
      hanging.clear();
      delayMs = () => 0;
      bytesLeft = Number.POSITIVE_INFINITY;
      cutAt = undefined;
      for (const link of links) {
        const { requests, answers } = link;
        if (heldBack === "delivered") {
          requests.release();
          answers.release();
        } else if (requests.hasHeld || answers.hasHeld) destroy(link);
      }
      if (!server.listening) await listen(port);
    },
    retarget(otherUrl) {
      target = new URL(otherUrl);
      reset();
    },
    async close() {
      if (server.listening) await stop();
    },
  };
}
