// Counts what came of requests, keeps the first findings of each kind, and says it all at the end.

import { memory } from './server.mjs';

const SHOWN = 5;

export class Report {
  #title;
  #counts = new Map();
  #findings = new Map();
  #times = [];
  #before = memory();

  constructor(title) {
    this.#title = title;
  }

  count(what) {
    this.#counts.set(what, (this.#counts.get(what) ?? 0) + 1);
  }

  took(ms) {
    this.#times.push(ms);
  }

  /** Something that must not be. */
  fault(kind, detail) {
    const list = this.#findings.get(kind) ?? [];
    list.push(detail);
    this.#findings.set(kind, list);
  }

  /** Prints, and ends the process: 0 where nothing was found, and memory grew by less than allowed. */
  end({ mostGrowthMiB }) {
    const times = this.#times.sort((a, b) => a - b);
    const at = (share) => times[Math.min(times.length - 1, Math.floor(times.length * share))];
    const counts = [...this.#counts].sort((a, b) => b[1] - a[1]);
    console.log(`${this.#title}: ${times.length} requests`);
    for (const [what, count] of counts) console.log(`  ${count} ${what}`);
    const ms = [at(0.5), at(0.99), at(1)].map((figure) => figure.toFixed(1));
    console.log(`  p50 ${ms[0]} ms, p99 ${ms[1]} ms, longest ${ms[2]} ms`);
    const after = memory();
    if (after !== null) {
      console.log(`  resident memory ${this.#before} MiB before, ${after} MiB after`);
      if (after - this.#before > mostGrowthMiB) {
        this.fault('memory', `grew by more than ${mostGrowthMiB} MiB`);
      }
    }
    for (const [kind, list] of this.#findings) {
      console.log(`  FOUND ${list.length} x ${kind}`);
      for (const detail of list.slice(0, SHOWN)) console.log(`    ${detail}`);
    }
    process.exit(this.#findings.size === 0 ? 0 : 1);
  }
}
