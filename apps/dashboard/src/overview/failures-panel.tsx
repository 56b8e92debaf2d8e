import type { ErrorUsage, Usage } from "../api/usage.ts";
import { formatShare, formatWhole } from "../format/number.ts";
import { ShowMore } from "../parts/show-more.tsx";
import { ToolName } from "./tool-name.tsx";

/** What the built-in categories mean; a server's own stand as they are. */
const MEANINGS: Record<string, string> = {
  MISSING_TOKEN: "A token for another service was not set",
  RATE_LIMIT: "Another service asked to slow down",
  TIMEOUT: "Took too long",
  NOT_FOUND: "Nothing found for what was asked",
  INVALID_INPUT: "Arguments that the tool does not take",
  UNKNOWN: "No known category",
  CANCELLED: "Given up by the caller",
  INVALID_OUTPUT: "A result that breaks the tool's own schema",
  DISABLED_TOOL: "The tool is switched off",
  PROTOCOL_ERROR: "Refused by the protocol",
  UNKNOWN_TOOL: "A tool that the server does not have",
};

function FailureRow({ error, all }: { error: ErrorUsage; all: number }) {
  const { errorType, calls, tools } = error;
  const meaning = errorType === null ? "Failed without saying why" : MEANINGS[errorType];
  const first = tools[0];
  return (
    <li>
      <div className="failure-line">
        {errorType === null ? <span className="special-name">No type</span> : <code className="name">{errorType}</code>}
        <span className="failure-count">
          {formatWhole(calls)} <span className="muted">{formatShare(calls / all)}</span>
        </span>
      </div>
      <span className="share-bar share-bar-failed" aria-hidden="true">
        <i style={{ width: `${(calls / all) * 100}%` }} />
      </span>
      <p className="muted">
        {meaning !== undefined && `${meaning} · `}
        {first !== undefined && (
          <>
            {tools.length === 1 ? "only in " : "mostly in "}
            <ToolName name={first.name} />
          </>
        )}
      </p>
    </li>
  );
}

/** Failed calls by type, and where most of them happened. */
export function FailuresPanel({ usage }: { usage: Usage }) {
  const { errors, totals } = usage;
  return (
    <section className="panel" aria-labelledby="failures-title">
      <div className="panel-head">
        <h2 id="failures-title">What is failing</h2>
      </div>
      {errors.length === 0 ? (
        <p className="empty">{totals.succeeded > 0 ? "Nothing: every call worked." : "No call failed."}</p>
      ) : (
        <ShowMore items={errors} atFirst={5} noun="types">
          {(shown) => (
            <ul className="failures">
              {shown.map((error) => (
                <FailureRow key={error.errorType ?? ""} error={error} all={totals.failed} />
              ))}
            </ul>
          )}
        </ShowMore>
      )}
    </section>
  );
}
