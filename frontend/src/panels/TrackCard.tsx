/** What is known of the track that was chosen on the map. */

import { TARGET_NAME } from "../colors";
import { useStore, type Store } from "../store";
import { span } from "../time";
import type { Picture } from "../types";

export function TrackCard({ store, picture }: { store: Store; picture: Picture }) {
  const { selectedTrack, tracks } = useStore(store, (state) => state);
  if (selectedTrack === null) return null;
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
    </aside>
  );
}
