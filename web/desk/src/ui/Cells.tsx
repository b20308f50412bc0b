// A table that may be wider than its room: it is scrolled by itself, by the keyboard too.

import type { ReactNode } from 'react';

export function Cells({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div className="cells" role="region" aria-label={label} tabIndex={0}>
      <table>{children}</table>
    </div>
  );
}
