// Dice that fall the same way for the same seed (mulberry32), so that a finding can be repeated.

export class Random {
  #state;

  constructor(seed) {
    this.#state = seed >>> 0;
  }

  /** From 0 up to, not including, 1. */
  next() {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let t = this.#state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  }

  /** A whole number from 0 up to, not including, `bound`. */
  below(bound) {
    return Math.floor(this.next() * bound);
  }

  chance(probability) {
    return this.next() < probability;
  }

  pick(list) {
    return list[this.below(list.length)];
  }

  /** Some of the list, at least one, in a random order. */
  some(list, atMost) {
    const rest = [...list];
    const count = 1 + this.below(Math.min(atMost, rest.length));
    return Array.from({ length: count }, () => rest.splice(this.below(rest.length), 1)[0]);
  }
}
