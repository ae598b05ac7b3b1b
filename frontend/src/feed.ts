/** The feed: one WebSocket that carries news as text and tracks as bytes. */

import { BadFrame, readFrame } from "./frame";
import type { Store } from "./store";
import type { News, Picture } from "./types";

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 8_000;

/** Opens the feed and keeps it open; returns how to close it. */
export function follow(
  store: Store,
  url: string,
  now: () => number,
  open: (url: string) => WebSocket = (at) => new WebSocket(at),
): () => void {
  let socket: WebSocket | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let waitMs = FIRST_WAIT_MS;
  let ended = false;

  const connect = () => {
    socket = open(url);
    socket.binaryType = "arraybuffer";
    socket.onopen = () => {
      waitMs = FIRST_WAIT_MS;
      store.set({ link: "open" });
    };
    socket.onmessage = (message: MessageEvent<string | ArrayBuffer>) =>
      take(store, message.data, now());
    socket.onclose = () => {
      if (ended) return;
      store.set({ link: "lost" });
      timer = setTimeout(connect, waitMs);
      waitMs = Math.min(LONGEST_WAIT_MS, waitMs * 2);
    };
  };

  connect();
  return () => {
    ended = true;
    clearTimeout(timer);
    socket?.close();
  };
}

/** Takes one message in. A frame with the number of the last is no fresh news. */
export function take(store: Store, data: string | ArrayBuffer, nowMs: number): void {
  if (typeof data === "string") {
    const news = JSON.parse(data) as News;
    const fresh = news.seq !== store.state.news?.seq;
    store.set(fresh ? { news, freshMs: nowMs, nowMs } : { news });
    return;
  }
  try {
    store.set({ tracks: readFrame(data) });
  } catch (error) {
    if (!(error instanceof BadFrame)) throw error;
    store.set({ fault: `Tracks cannot be read: ${error.message}.` });
  }
}

/** Loads the part of the picture that stands still. */
export async function load(store: Store): Promise<void> {
  try {
    const answer = await fetch("/api/static");
    if (!answer.ok) throw new Error(`the server answered ${answer.status}`);
    store.set({ picture: (await answer.json()) as Picture, fault: null });
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    store.set({ fault: `The picture cannot be loaded: ${why}.` });
  }
}

/** Says that an office has seen an alert; returns why not, or null. */
export async function acknowledge(alertId: string, office: string): Promise<string | null> {
  try {
    const answer = await fetch(`/api/alerts/${encodeURIComponent(alertId)}/ack`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ office }),
    });
    if (answer.ok) return null;
    const told = (await answer.json()) as { error?: string };
    return told.error ?? `the server answered ${answer.status}`;
  } catch {
    return "the server did not answer";
  }
}
