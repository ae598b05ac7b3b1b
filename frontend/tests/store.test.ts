import { beforeEach, describe, expect, it } from "vitest";

import { follow, take } from "../src/feed";
import { actionable, ageS, isStale, Store, STALE_S } from "../src/store";
import type { Alert, News, Picture } from "../src/types";

const news = (seq: number, alerts: Alert[] = []): News => ({
  seq,
  time_s: 1_000 + seq,
  time: "",
  tracks: 0,
  alerts,
  nodes: {},
  node_counts: {},
  counters: {},
  path_proven_s: null,
  stitches: [],
  ended: false,
  sites: 0,
});

const alert = (id: string, change: Partial<Alert> = {}): Alert => ({
  alert_id: id,
  time_s: 1,
  kind: "crossing",
  track_id: 1,
  node_id: null,
  chainage_km: 1,
  offset_km: 0,
  lon_deg: 0,
  lat_deg: 0,
  sector: "",
  target: "walker",
  count_low: 1,
  count_high: 1,
  priority: 2,
  handover: null,
  acknowledged: null,
  ...change,
});

class FakeSocket {
  static all: FakeSocket[] = [];
  binaryType = "";
  closed = false;
  onopen = () => {};
  onclose = () => {};
  onmessage = (_: { data: unknown }) => {};
  constructor(readonly url: string) {
    FakeSocket.all.push(this);
  }
  close() {
    this.closed = true;
    this.onclose();
  }
}

let store: Store;
beforeEach(() => {
  store = new Store(0);
  store.set({ picture: { mode: "live" } as Picture });
  FakeSocket.all = [];
});

describe("freshness", () => {
  it("is that of the last frame with a new number", () => {
    take(store, JSON.stringify(news(1)), 1_000);
    take(store, JSON.stringify(news(1)), 4_000);
    store.set({ nowMs: 5_000 });
    expect(ageS(store.state)).toBe(4);
    expect(isStale(store.state)).toBe(false);
    store.set({ nowMs: 1_000 + STALE_S * 1_000 });
    expect(isStale(store.state)).toBe(true);
    take(store, JSON.stringify(news(2)), 7_000);
    expect(isStale(store.state)).toBe(false);
  });

  it("does not apply once the watch has ended", () => {
    take(store, JSON.stringify({ ...news(1), ended: true }), 1_000);
    store.set({ nowMs: 1e9 });
    expect(isStale(store.state)).toBe(false);
  });

  it("does not apply to a recorded picture", () => {
    store.set({ picture: { mode: "recorded" } as Picture, nowMs: 1e9 });
    expect(isStale(store.state)).toBe(false);
  });
});

describe("actionable", () => {
  it("puts what is open first, then what is urgent, then what is new", () => {
    const seen = { office: "Watch desk", time_s: 1 };
    const list = [
      alert("old", { time_s: 1 }),
      alert("seen", { priority: 1, acknowledged: seen }),
      alert("new", { time_s: 9 }),
      alert("rescue", { kind: "rescue", priority: 1 }),
      alert("test-1", { kind: "test", priority: 0 }),
    ];
    expect(actionable(news(1, list)).map((one) => one.alert_id)).toEqual(["rescue", "new", "old", "seen"]);
  });

  it("is empty before the first frame", () => {
    expect(actionable(null)).toEqual([]);
  });
});

describe("take", () => {
  it("says so when tracks cannot be read, and goes on", () => {
    take(store, new ArrayBuffer(4), 1);
    expect(store.state.fault).toContain("Tracks cannot be read");
    take(store, JSON.stringify(news(3)), 2);
    expect(store.state.news?.seq).toBe(3);
  });
});

describe("follow", () => {
  const open = (url: string) => new FakeSocket(url) as unknown as WebSocket;

  it("opens again after it was cut, and waits longer each time", async () => {
    const { vi } = await import("vitest");
    vi.useFakeTimers();
    const end = follow(store, "ws://x", () => 0, open);
    FakeSocket.all[0]!.onopen();
    expect(store.state.link).toBe("open");
    FakeSocket.all[0]!.onclose();
    expect(store.state.link).toBe("lost");
    vi.advanceTimersByTime(500);
    expect(FakeSocket.all).toHaveLength(2);
    FakeSocket.all[1]!.onclose();
    vi.advanceTimersByTime(999);
    expect(FakeSocket.all).toHaveLength(2);
    vi.advanceTimersByTime(1);
    expect(FakeSocket.all).toHaveLength(3);
    end();
    expect(FakeSocket.all[2]!.closed).toBe(true);
    vi.advanceTimersByTime(60_000);
    expect(FakeSocket.all).toHaveLength(3);
    vi.useRealTimers();
  });
});
