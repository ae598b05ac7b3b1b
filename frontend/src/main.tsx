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
// Sites register as a watch begins: what stands still is loaded again when it has grown.
let asked = 0;
store.listen(() => {
  const { picture, news } = store.state;
  if (picture === null || news === null || news.sites === picture.sites.length) return;
  if (now() - asked < 1_000) return;
  asked = now();
  void load(store);
});
follow(store, `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/ws/tracks`, now);
setInterval(() => store.set({ nowMs: now() }), 1_000);
