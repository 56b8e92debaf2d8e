/** Child of import-effects.ts. stdin: [{path, file}]. stdout: [{path, message}] of the modules whose import has an effect. */
import { pathToFileURL } from "node:url";

const QUIET = new Set(["PipeWrap", "TTYWRAP", "FSReqPromise", "FSReqCallback", "CloseReq", "Immediate"]);

function handles(): string[] {
  return process.getActiveResourcesInfo().filter((name) => !QUIET.has(name));
}

/** Names in `after` that are not in `before`, each as often as it was added. */
function added(before: readonly string[], after: readonly string[]): string[] {
  const left = [...before];
  return after.filter((name) => {
    const index = left.indexOf(name);
    if (index >= 0) left.splice(index, 1);
    return index < 0;
  });
}

function listeners(): number {
  return process.eventNames().reduce((sum, name) => sum + process.listenerCount(name), 0);
}

const write = process.stdout.write.bind(process.stdout);
let written = 0;
process.stdout.write = (chunk: Uint8Array | string) => {
  written += chunk.length;
  return true;
};

let input = "";
for await (const chunk of process.stdin) input += chunk;
const found: { path: string; message: string }[] = [];
for (const { path, file } of JSON.parse(input) as { path: string; file: string }[]) {
  const before = { handles: handles(), listeners: listeners(), written };
  try {
    await import(pathToFileURL(file).href);
  } catch (error) {
    const reason = error instanceof Error ? error.message.split("\n")[0] : String(error);
    found.push({ path, message: `cannot be imported: ${reason}` });
    continue;
  }
  // A socket that listens is not there before the next turn of the event loop.
  for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve));
  const opened = added(before.handles, handles());
  if (opened.length > 0) found.push({ path, message: `opens ${opened.join(", ")} when it is imported` });
  if (written > before.written) found.push({ path, message: "writes to stdout when it is imported" });
  if (listeners() > before.listeners) found.push({ path, message: "listens on the process when it is imported" });
}
write(JSON.stringify(found), () => process.exit(0));
