import { Fragment } from "react";

/** Where a name too long for its line may go on in the next. */
const AFTER_SEPARATOR = /(?<=[_./-])/;

const SPECIAL_NAMES: Record<string, { text: string; title: string }> = {
  __unknown__: { text: "Unknown tools", title: "Calls to tools that the server does not have" },
  __other__: { text: "Other tools", title: "Tools beyond the number that is counted one by one" },
};

/** Whether a name is that of one tool, not a stand-in for several. */
export function isOneTool(name: string): boolean {
  return SPECIAL_NAMES[name] === undefined;
}

/** Name of a tool; the names that stand for several tools are put into words. */
export function ToolName({ name }: { name: string }) {
  const special = SPECIAL_NAMES[name];
  if (special !== undefined) {
    return (
      <span className="special-name" title={special.title}>
        {special.text}
      </span>
    );
  }
  return (
    <code className="name">
      {name.split(AFTER_SEPARATOR).map((part, i) => (
        <Fragment key={i}>
          {i > 0 && <wbr />}
          {part}
        </Fragment>
      ))}
    </code>
  );
}
