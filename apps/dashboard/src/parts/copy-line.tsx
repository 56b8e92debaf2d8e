import { useState } from "react";

type Copying = "idle" | "copied" | "refused";

const LABELS: Record<Copying, string> = { idle: "Copy", copied: "Copied", refused: "Not allowed" };

/** A command to paste elsewhere, with a button that copies it. */
export function CopyLine({ text }: { text: string }) {
  const [copying, setCopying] = useState<Copying>("idle");
  // Browsers hand out the clipboard on HTTPS and on this machine only; elsewhere the text can be selected by hand.
  const canCopy = typeof navigator !== "undefined" && typeof navigator.clipboard?.writeText === "function";
  const copy = () =>
    navigator.clipboard.writeText(text).then(
      () => setCopying("copied"),
      () => setCopying("refused"),
    );
  return (
    <div className="copy-line">
      <pre>
        <code>{text}</code>
      </pre>
      {canCopy && (
        <button type="button" className="button-quiet" onClick={copy} onBlur={() => setCopying("idle")}>
          <span aria-live="polite">{LABELS[copying]}</span>
        </button>
      )}
    </div>
  );
}
