import type { Usage } from "../api/usage.ts";
import { browserTimeZone, formatClock } from "../format/time.ts";
import type { View } from "../view/view.ts";

/** When the numbers are from and in which time zone, which can be chosen here. */
export function PageFooter({ usage, view, onChange }: { usage: Usage; view: View; onChange: (view: View) => void }) {
  const zones = [...new Set([browserTimeZone(), "UTC", view.timeZone])];
  return (
    <footer className="footer">
      <p>
        As of {formatClock(usage.now, usage.timeZone)}.{" "}
        <label>
          Days and times in{" "}
          <select value={view.timeZone} onChange={(event) => onChange({ ...view, timeZone: event.target.value })}>
            {zones.map((zone) => (
              <option key={zone} value={zone}>
                {zone.replaceAll("_", " ")}
              </option>
            ))}
          </select>
        </label>
      </p>
      <p>
        Events are kept for {usage.rawRetentionDays === 1 ? "one day" : `${usage.rawRetentionDays} days`}.
        {usage.comparison === null && " The period before these numbers is gone, so they are compared with nothing."}
      </p>
      <p>Counted from tool names, outcomes, error types and times. Nothing else is collected for this page.</p>
    </footer>
  );
}
