/** The top of the page: where, when, and whether what is shown can be trusted now. */

import { ageS, isRecorded, isStale, useStore, type Store } from "../store";
import { clock, dateTimeGroup, span } from "../time";
import type { Picture } from "../types";

export function Header({ store, picture }: { store: Store; picture: Picture }) {
  const state = useStore(store, (now) => now);
  const timeS = state.news?.time_s;
  return (
    <header class="top">
      <div class="brand">
        <img src="/icon.svg" alt="" width="26" height="26" />
        <strong>Linewatch</strong>
        <span class="where">{picture.name}</span>
      </div>
      {picture.terrain.generated && (
        <p class="ground-flag" title={picture.terrain.source} data-testid="generated">
          Generated relief: the ground is made up
        </p>
      )}
      <div class="when">
        <Freshness state={state} />
        {timeS !== undefined && (
          <time dateTime={state.news!.time} data-testid="clock">
            <b>{dateTimeGroup(timeS)}</b>
            <span>{clock(timeS)} UTC</span>
          </time>
        )}
      </div>
    </header>
  );
}

function Freshness({ state }: { state: ReturnType<() => Store["state"]> }) {
  if (isRecorded(state)) return <span class="fresh recorded">Recorded, watch ended</span>;
  if (state.news === null) return <span class="fresh waiting">Waiting for the first frame</span>;
  const stale = isStale(state);
  return (
    <span class={stale ? "fresh stale" : "fresh live"} data-testid="age">
      {stale ? "Stale" : "Live"}, {span(ageS(state))} old
    </span>
  );
}

/** Says across the map that the picture has stopped, and since when. */
export function StaleBanner({ store }: { store: Store }) {
  const state = useStore(store, (now) => now);
  if (state.news === null || !isStale(state)) return null;
  const why = state.link === "open" ? "The server sends nothing new" : "The server cannot be reached";
  return (
    <div class="stale-banner" role="alert" data-testid="stale">
      <strong>Stale picture.</strong> {why} for {span(ageS(state))}. Shown as of{" "}
      {dateTimeGroup(state.news.time_s)}.
    </div>
  );
}
