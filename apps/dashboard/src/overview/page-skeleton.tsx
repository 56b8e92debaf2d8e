const CARDS = ["calls", "rate", "failed", "tools"];

/** Grey shapes where the numbers will stand, at their final size. */
export function OverviewSkeleton() {
  return (
    <div className="skeleton" role="status" aria-label="Loading">
      <div className="title-row">
        <div className="headline">
          <span className="bone bone-title" />
          <span className="bone bone-line" />
        </div>
      </div>
      <div className="cards">
        {CARDS.map((card) => (
          <div className="card" key={card}>
            <span className="bone bone-label" />
            <span className="bone bone-value" />
            <span className="bone bone-label" />
          </div>
        ))}
      </div>
      <div className="panel">
        <span className="bone bone-chart" />
      </div>
    </div>
  );
}

export function PageSkeleton() {
  return (
    <main className="page" aria-busy="true">
      <OverviewSkeleton />
    </main>
  );
}
