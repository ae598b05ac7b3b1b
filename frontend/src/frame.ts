/** Binary frames of tracks, laid out by `linewatch.web.frame`: read into columns. */

export const VERSION = 1;
const MAGIC = 0x4b54574c; // "LWTK", little-endian
const LEAST_HEADER = 32;
const LEAST_RECORD = 24;

/** Tracks in columns, one row a track. */
export interface Tracks {
  seq: number;
  timeS: number;
  count: number;
  trackId: Uint32Array;
  lonDeg: Float64Array;
  latDeg: Float64Array;
  chainageKm: Float64Array;
  offsetKm: Float32Array;
  speedMps: Float32Array;
  azimuthDeg: Float32Array;
  target: Uint8Array;
  existence: Float32Array;
  ageS: Uint8Array;
}

/** Thrown when bytes are no frame that this page can read. */
export class BadFrame extends Error {}

export function emptyTracks(): Tracks {
  return columns(0, 0, 0);
}

function columns(count: number, seq: number, timeS: number): Tracks {
  return {
    seq,
    timeS,
    count,
    trackId: new Uint32Array(count),
    lonDeg: new Float64Array(count),
    latDeg: new Float64Array(count),
    chainageKm: new Float64Array(count),
    offsetKm: new Float32Array(count),
    speedMps: new Float32Array(count),
    azimuthDeg: new Float32Array(count),
    target: new Uint8Array(count),
    existence: new Float32Array(count),
    ageS: new Uint8Array(count),
  };
}

/** Reads a frame; a newer server may have longer headers and records, which are skipped. */
export function readFrame(bytes: ArrayBuffer): Tracks {
  if (bytes.byteLength < LEAST_HEADER) throw new BadFrame("shorter than its header");
  const view = new DataView(bytes);
  if (view.getUint32(0, true) !== MAGIC) throw new BadFrame("no track frame");
  const version = view.getUint16(4, true);
  if (version !== VERSION) throw new BadFrame(`version ${version}: reload the page`);
  const header = view.getUint16(6, true);
  const count = view.getUint32(12, true);
  const step = view.getUint16(24, true);
  if (header < LEAST_HEADER || step < LEAST_RECORD) throw new BadFrame("too narrow");
  if (bytes.byteLength < header + count * step) throw new BadFrame("cut short");
  const tracks = columns(count, view.getUint32(8, true), view.getFloat64(16, true));
  for (let row = 0; row < count; row++) {
    const at = header + row * step;
    tracks.trackId[row] = view.getUint32(at, true);
    tracks.lonDeg[row] = view.getInt32(at + 4, true) / 1e7;
    tracks.latDeg[row] = view.getInt32(at + 8, true) / 1e7;
    tracks.chainageKm[row] = view.getUint32(at + 12, true) / 1e4;
    tracks.offsetKm[row] = view.getInt16(at + 16, true) / 100;
    tracks.speedMps[row] = view.getUint16(at + 18, true) / 100;
    tracks.azimuthDeg[row] = (view.getUint8(at + 20) * 360) / 256;
    tracks.target[row] = view.getUint8(at + 21);
    tracks.existence[row] = view.getUint8(at + 22) / 255;
    tracks.ageS[row] = view.getUint8(at + 23);
  }
  return tracks;
}
