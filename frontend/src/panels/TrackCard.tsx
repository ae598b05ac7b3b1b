/** What is known of the track that was chosen on the map. */

import { TARGET_NAME } from "../colors";
import { after, before, type Kin } from "../stitch";
import { useStore, type Store } from "../store";
import { span } from "../time";
import type { Picture } from "../types";

export function TrackCard({ store, picture }: { store: Store; picture: Picture }) {
  const { selectedTrack, tracks, news } = useStore(store, (state) => state);
  if (selectedTrack === null) return null;
  const stitches = news?.stitches ?? [];
  const row = tracks.trackId.indexOf(selectedTrack);
  const target = row >= 0 ? (picture.targets[tracks.target[row]!] ?? "unknown") : "unknown";
  return (
    <aside class="track-card" aria-label="Track">
      <header>
        <b>Track {selectedTrack}</b>
        <button type="button" aria-label="Close" onClick={() => store.set({ selectedTrack: null })}>
          ×
        </button>
      </header>
      {row < 0 ? (
        <p>No longer in the picture.</p>
      ) : (
        <dl class="details">
          <dt>Class</dt>
          <dd>{TARGET_NAME[target]}</dd>
          <dt>Existence</dt>
          <dd>{tracks.existence[row]!.toFixed(2)}</dd>
          <dt>At</dt>
          <dd>
            km {tracks.chainageKm[row]!.toFixed(1)}, {tracks.offsetKm[row]! >= 0 ? "+" : "−"}
            {Math.abs(tracks.offsetKm[row]!).toFixed(2)} km
          </dd>
          <dt>Going</dt>
          <dd>
            {tracks.speedMps[row]!.toFixed(1)} m/s towards {Math.round(tracks.azimuthDeg[row]!)}°
          </dd>
          <dt>Last seen</dt>
          <dd>{span(tracks.ageS[row]!)} ago</dd>
        </dl>
      )}
      <Others told="May continue" kin={before(stitches, selectedTrack)} store={store} />
      <Others told="May go on as" kin={after(stitches, selectedTrack)} store={store} />
    </aside>
  );
}

/** Tracks that may be of the same target, each a way to its own card. */
function Others({ told, kin, store }: { told: string; kin: Kin[]; store: Store }) {
  if (kin.length === 0) return null;
  return (
    <p class="kin">
      {told}
      {kin.map(({ track, chance }) => (
        <button type="button" key={track} onClick={() => store.set({ selectedTrack: track })}>
          track {track} ({Math.round(100 * chance)} %)
        </button>
      ))}
    </p>
  );
}
