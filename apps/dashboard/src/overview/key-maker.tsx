import { useState } from "react";
import { type CreatedKey, createKey } from "../api/client.ts";
import { CopyLine } from "../parts/copy-line.tsx";

interface KeyMakerProps {
  readonly created: CreatedKey | undefined;
  readonly onCreated: (created: CreatedKey) => void;
}

/** A button that makes an API key, then the key. */
export function KeyMaker({ created, onCreated }: KeyMakerProps) {
  const [isBusy, setBusy] = useState(false);
  const [failure, setFailure] = useState<string>();

  async function make(): Promise<void> {
    setBusy(true);
    setFailure(undefined);
    try {
      onCreated(await createKey());
    } catch (error) {
      setFailure(error instanceof Error && error.message !== "" ? error.message : "The key could not be made.");
    } finally {
      setBusy(false);
    }
  }

  if (created === undefined) {
    return (
      <>
        <button type="button" className="button-primary" disabled={isBusy} onClick={make}>
          Make an API key
        </button>
        {failure !== undefined && <p role="alert">{failure}</p>}
      </>
    );
  }
  return (
    <>
      <CopyLine text={created.key} />
      <p>Signing secret, for servers that sign what they send (ANALYTICS_SIGNING_SECRET):</p>
      <CopyLine text={created.signingSecret} />
      <p role="status">Keep both now: they are not shown again.</p>
    </>
  );
}
