// A short sound of two tones, made here: no file is loaded.

let context: AudioContext | undefined;

export function chime() {
  context ??= new AudioContext();
  // Asleep until somebody has touched the page.
  void context.resume();
  for (const [pitch, after] of [
    [660, 0],
    [880, 0.14],
  ] as const) {
    const begin = context.currentTime + after;
    const [tone, volume] = [context.createOscillator(), context.createGain()];
    tone.frequency.value = pitch;
    volume.gain.setValueAtTime(0.12, begin);
    volume.gain.exponentialRampToValueAtTime(0.001, begin + 0.3);
    tone.connect(volume).connect(context.destination);
    tone.start(begin);
    tone.stop(begin + 0.3);
  }
}
