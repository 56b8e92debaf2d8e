import { useState } from "react";

/** A command to paste elsewhere, with a button that copies it. */
export function CopyLine({ text }: { text: string }) {
  const [copied, setCopied] = useState(false);
  // Browsers hand out the clipboard on HTTPS and on this machine only; elsewhere the text can be selected by hand.
  const canCopy = typeof navigator.clipboard?.writeText === "function";
  async function copy() {
    await navigator.clipboard.writeText(text);
    setCopied(true);
  }
  return (
    <div className="copy-line">
      <pre>
        <code>{text}</code>
      </pre>
      {canCopy && (
        <button type="button" className="button-quiet" onClick={copy} onBlur={() => setCopied(false)}>
          {copied ? "Copied" : "Copy"}
        </button>
      )}
    </div>
  );
}
