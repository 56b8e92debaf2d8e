import { useState } from "react";
import { CopyLine } from "./copy-line.tsx";
import { Segmented } from "./segmented.tsx";

/** Ways to run the collector, and how each reaches its command line. */
const WAYS = [
  { value: "source", label: "From source", prefix: "npx -y pnpm@12 exec node apps/collector/dist/cli.js" },
  { value: "compose", label: "Compose", prefix: "docker compose exec collector collector" },
  { value: "installed", label: "Installed", prefix: "collector" },
] as const;

/** A command of the collector, in the words of however it is run. */
export function CollectorCommand({ command }: { command: string }) {
  const [value, setValue] = useState<(typeof WAYS)[number]["value"]>("source");
  const way = WAYS.find((found) => found.value === value) ?? WAYS[0];
  return (
    <div className="collector-command">
      <Segmented legend="How the collector runs" options={WAYS} value={value} onChange={setValue} />
      <CopyLine text={`${way.prefix} ${command}`} />
    </div>
  );
}
