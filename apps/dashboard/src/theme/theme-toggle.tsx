import { useState, useSyncExternalStore } from "react";

type Theme = "light" | "dark";

const darkQuery = () => window.matchMedia("(prefers-color-scheme: dark)");

function subscribe(onChange: () => void): () => void {
  const query = darkQuery();
  query.addEventListener("change", onChange);
  return () => query.removeEventListener("change", onChange);
}

function chosenTheme(): Theme | undefined {
  const { theme } = document.documentElement.dataset;
  return theme === "light" || theme === "dark" ? theme : undefined;
}

function remember(theme: Theme | undefined): void {
  try {
    if (theme === undefined) localStorage.removeItem("theme");
    else localStorage.setItem("theme", theme);
  } catch {
    // Storage may be forbidden: the choice then lasts as long as the page.
  }
}

/** Switches between light and dark; back at what the system says, it follows the system again. */
export function ThemeToggle() {
  const system: Theme = useSyncExternalStore(subscribe, () => darkQuery().matches) ? "dark" : "light";
  const [chosen, setChosen] = useState(chosenTheme);
  const next: Theme = (chosen ?? system) === "dark" ? "light" : "dark";

  function toggle() {
    const choice = next === system ? undefined : next;
    if (choice === undefined) delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = choice;
    remember(choice);
    setChosen(choice);
  }

  return (
    <button
      type="button"
      className="button-icon"
      onClick={toggle}
      aria-label={`Switch to the ${next} theme`}
      title={`Switch to the ${next} theme`}
    >
      <svg viewBox="0 0 24 24" width="18" height="18" aria-hidden="true">
        {next === "dark" ? (
          <path d="M20.5 14.2A8.5 8.5 0 0 1 9.8 3.5a8.5 8.5 0 1 0 10.7 10.7Z" />
        ) : (
          <path d="M12 7.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9ZM12 2v2.2M12 19.8V22M4.9 4.9l1.6 1.6M17.5 17.5l1.6 1.6M2 12h2.2M19.8 12H22M4.9 19.1l1.6-1.6M17.5 6.5l1.6-1.6" />
        )}
      </svg>
    </button>
  );
}
