/** Where the page starts: one store, one feed, one clock. */

import "./style.css";

import { render } from "preact";

import { App } from "./App";
import { follow, load } from "./feed";
import { Store } from "./store";

const now = () => performance.now();
const store = new Store(now());

render(<App store={store} />, document.getElementById("page")!);
void load(store);
follow(store, `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/ws/tracks`, now);
setInterval(() => store.set({ nowMs: now() }), 1_000);
