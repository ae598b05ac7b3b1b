/** The watch officer's page: map, strip and lists around one store. */

import { useRef, useState } from "preact/hooks";

import { placeAt } from "./line";
import { MapView, type Mover } from "./map/MapView";
import { Alerts } from "./panels/Alerts";
import { Force, ForceLine } from "./panels/Force";
import { Header, StaleBanner } from "./panels/Header";
import { Legend } from "./panels/Legend";
import { TrackCard } from "./panels/TrackCard";
import { Watch } from "./panels/Watch";
import { isStale, useStore, type Store } from "./store";
import { Strip } from "./strip/Strip";
import type { Alert, Picture } from "./types";

export function App({ store }: { store: Store }) {
  const picture = useStore(store, (state) => state.picture);
  const fault = useStore(store, (state) => state.fault);
  if (picture === null) return <p class="opening">{fault ?? "Opening the picture."}</p>;
  return <Desk store={store} picture={picture} />;
}

const TABS = ["Alerts", "Force", "Watch"] as const;

function Desk({ store, picture }: { store: Store; picture: Picture }) {
  const mover = useRef<Mover | null>(null);
  const [tab, setTab] = useState<(typeof TABS)[number]>("Alerts");
  const stale = useStore(store, isStale);
  const fault = useStore(store, (state) => state.fault);
  const show = (alert: Alert) => {
    const same = store.state.selectedAlert === alert.alert_id;
    store.set({ selectedAlert: same ? null : alert.alert_id, selectedTrack: same ? null : alert.track_id });
    if (!same) mover.current?.goTo([alert.lon_deg, alert.lat_deg], 11);
  };
  return (
    <div class={stale ? "desk is-stale" : "desk"}>
      <Header store={store} picture={picture} />
      <main class="ground-view">
        <MapView store={store} picture={picture} onReady={(ready) => (mover.current = ready)} />
        <StaleBanner store={store} />
        {fault && <div class="fault" role="alert">{fault}</div>}
        <button type="button" class="whole" onClick={() => mover.current?.whole()}>
          Whole line
        </button>
        <Legend />
        <TrackCard store={store} picture={picture} />
        <p class="credits">{picture.credits.join(". ")}</p>
      </main>
      <aside class="side">
        <div role="tablist" aria-label="Lists">
          {TABS.map((name) => (
            <button
              key={name}
              type="button"
              role="tab"
              id={`tab-${name}`}
              aria-selected={tab === name}
              aria-controls="list"
              tabIndex={tab === name ? 0 : -1}
              onClick={() => setTab(name)}
              onKeyDown={(event) => turn(event, tab, setTab)}
            >
              {name}
            </button>
          ))}
        </div>
        <div class="list" role="tabpanel" id="list" aria-labelledby={`tab-${tab}`} tabIndex={0}>
          {tab === "Alerts" && <Alerts store={store} picture={picture} onShow={show} />}
          {tab === "Force" && <Force force={picture.force} />}
          {tab === "Watch" && <Watch store={store} picture={picture} />}
        </div>
        {tab !== "Force" && picture.force && <ForceLine force={picture.force} />}
      </aside>
      <Strip store={store} picture={picture} onGo={(km) => mover.current?.goTo(placeAt(picture.line, km), 9)} />
    </div>
  );
}

function turn(
  event: KeyboardEvent,
  tab: (typeof TABS)[number],
  setTab: (tab: (typeof TABS)[number]) => void,
): void {
  const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (by === undefined) return;
  const next = TABS[(TABS.indexOf(tab) + by + TABS.length) % TABS.length]!;
  setTab(next);
  document.getElementById(`tab-${next}`)?.focus();
}
