/**
 * Preloaded into a process under test: at its end, one line of JSON on stderr with everything that it opened towards the
 * outside. Counted by the runtime itself, whichever library opened it.
 */
import { createHook } from "node:async_hooks";
import { writeSync } from "node:fs";

/** Sockets, look-ups of names, watched files, signals, processes and threads; not the pipes that the process was given. */
const OUTWARD = /^(TCP|UDP|TLS|PIPECONNECT|GETADDRINFO|QUERY|FSEVENT|SIGNAL|PROCESS|WORKER|HTTP)/;
const opened: string[] = [];

createHook({
  init(_id, type, _trigger, resource) {
    if (!OUTWARD.test(type)) return;
    const index = opened.push(type) - 1;
    if (type !== "TCPCONNECTWRAP") return;
    // Where to is written into the object just after it was made.
    process.nextTick(() => {
      const { address, port } = resource as { address?: string; port?: number };
      opened[index] = `${type} ${address}:${port}`;
    });
  },
}).enable();

process.on("exit", () => writeSync(2, `${JSON.stringify(opened)}\n`));
