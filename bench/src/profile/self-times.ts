/** The parts of V8's .cpuprofile that are read here. */
export interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
  }[];
  readonly samples: readonly number[];
  /** microseconds, beside `samples` */
  readonly timeDeltas: readonly number[];
}

export interface SelfTimes {
  /** microseconds by "function file:line" */
  readonly byFunction: ReadonlyMap<string, number>;
  /** microseconds by file of the collector, package, or part of Node */
  readonly byModule: ReadonlyMap<string, number>;
}

/** Adds up the time of each function itself, without what it calls; idle time is left out. */
export function selfTimes({ nodes, samples, timeDeltas }: CpuProfile): SelfTimes {
  const frames = new Map(nodes.map((node) => [node.id, node.callFrame]));
  const byFunction = new Map<string, number>();
  const byModule = new Map<string, number>();
  for (const [index, id] of samples.entries()) {
    const frame = frames.get(id);
    if (frame === undefined || frame.functionName === "(idle)" || frame.functionName === "(root)") continue;
    const module = moduleOf(frame.url, frame.functionName);
    const name = `${frame.functionName || "(anonymous)"}  ${module}:${frame.lineNumber + 1}`;
    const microseconds = timeDeltas[index] ?? 0;
    byFunction.set(name, (byFunction.get(name) ?? 0) + microseconds);
    byModule.set(module, (byModule.get(module) ?? 0) + microseconds);
  }
  return { byFunction, byModule };
}

function moduleOf(url: string, functionName: string): string {
  if (url === "") return functionName.startsWith("(") ? functionName : "(native)";
  const installed = url.lastIndexOf("/node_modules/");
  if (installed >= 0) {
    const [scope = "", name = ""] = url.slice(installed + "/node_modules/".length).split("/");
    return scope.startsWith("@") ? `${scope}/${name}` : scope;
  }
  return url.replace(/^.*\/(apps|packages)\//, "$1/");
}
