/** The sounds of the console, made in the browser: each is a few tones. No file is loaded. */

/**
 * @typedef {object} Tone
 * @property {number} pitch in Hz
 * @property {number} at in seconds from the start
 * @property {number} lasts in seconds, until it has died away
 * @property {OscillatorType} [wave]
 * @property {number} [slide] the pitch it ends at, in Hz
 * @property {number} [part] how loud beside the others, 0 to 1
 */

/** @type {Record<string, Tone[]>} */
export const TONES = {
  none: [],
  chime: [
    { pitch: 659, at: 0, lasts: 0.5 },
    { pitch: 880, at: 0.14, lasts: 0.7 },
  ],
  bell: [
    { pitch: 784, at: 0, lasts: 1.2 },
    { pitch: 1568, at: 0, lasts: 0.8, part: 0.4 },
    { pitch: 2352, at: 0, lasts: 0.4, part: 0.2 },
  ],
  drop: [{ pitch: 980, slide: 440, at: 0, lasts: 0.22 }],
  knock: [
    { pitch: 190, slide: 90, at: 0, lasts: 0.09, wave: "triangle" },
    { pitch: 190, slide: 90, at: 0.16, lasts: 0.09, wave: "triangle" },
  ],
  marimba: [
    { pitch: 523, at: 0, lasts: 0.25, wave: "triangle" },
    { pitch: 659, at: 0.12, lasts: 0.25, wave: "triangle" },
    { pitch: 784, at: 0.24, lasts: 0.4, wave: "triangle" },
  ],
};

// The loudest a tone gets: several at once must not distort.
const PEAK = 0.25;
const ATTACK_SECONDS = 0.01;
const SILENT = 0.0001;

/**
 * @param {number} volume in per cent
 * @param {number} [part]
 * @returns {number} the gain; squared, because that is how loudness is heard
 */
export function gainOf(volume, part = 1) {
  return PEAK * part * (Math.min(100, Math.max(0, volume)) / 100) ** 2;
}

/**
 * @param {AudioContext} audio
 * @param {string} name one of TONES; an unknown one is silent
 * @param {number} volume in per cent
 */
export function playSound(audio, name, volume) {
  const start = audio.currentTime;
  for (const tone of TONES[name] ?? []) playTone(audio, tone, start + tone.at, gainOf(volume, tone.part));
}

/**
 * @param {AudioContext} audio
 * @param {Tone} tone
 * @param {number} start
 * @param {number} peak
 */
function playTone(audio, { pitch, slide, lasts, wave = "sine" }, start, peak) {
  if (peak <= SILENT) return;
  const tone = audio.createOscillator();
  const volume = audio.createGain();
  tone.type = wave;
  tone.frequency.setValueAtTime(pitch, start);
  if (slide) tone.frequency.exponentialRampToValueAtTime(slide, start + lasts);
  volume.gain.setValueAtTime(SILENT, start);
  volume.gain.exponentialRampToValueAtTime(peak, start + ATTACK_SECONDS);
  volume.gain.exponentialRampToValueAtTime(SILENT, start + lasts);
  tone.connect(volume).connect(audio.destination);
  tone.start(start);
  tone.stop(start + lasts);
}
