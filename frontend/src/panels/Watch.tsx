/** The watch itself: nodes by health, plans, zones, and the counters of the run. */

import { useStore, type Store } from "../store";
import type { Picture } from "../types";

const HEALTH = ["ok", "warning", "error", "silent", "goodbye"];

export function Watch({ store, picture }: { store: Store; picture: Picture }) {
  const news = useStore(store, (state) => state.news);
  const kinds = new Map<string, number>();
  for (const site of picture.sites) kinds.set(site.kind, (kinds.get(site.kind) ?? 0) + 1);
  return (
    <section class="watch" aria-label="Watch">
      <table>
        <caption>Sites</caption>
        <tbody>
          {[...kinds].map(([kind, number]) => (
            <tr key={kind}>
              <th scope="row">{kind}</th>
              <td class="count">{number}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {news && (
        <table>
          <caption>Nodes, by what they say or their silence says</caption>
          <tbody>
            {HEALTH.filter((name) => news.node_counts[name]).map((name) => (
              <tr key={name} class={`health-${name}`}>
                <th scope="row">{name}</th>
                <td class="count">{news.node_counts[name]}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {news && Object.keys(news.counters).length > 0 && (
        <table>
          <caption>So far</caption>
          <tbody>
            {Object.entries(news.counters).map(([name, value]) => (
              <tr key={name}>
                <th scope="row">{name}</th>
                <td class="count">{value.toLocaleString("en-US")}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <Plans picture={picture} />
      <Zones picture={picture} />
    </section>
  );
}

function Plans({ picture }: { picture: Picture }) {
  if (picture.plans.length === 0) return null;
  return (
    <>
      <h3>Plans</h3>
      <ul class="plans">
        {picture.plans.map((plan) => (
          <li key={plan.kind + plan.summary}>
            <b>{plan.kind}</b> {plan.summary}
            <small>{[plan.cost, plan.decided || "proposed, not decided"].filter(Boolean).join("; ")}</small>
          </li>
        ))}
      </ul>
    </>
  );
}

function Zones({ picture }: { picture: Picture }) {
  if (picture.zones.length === 0) return null;
  return (
    <>
      <h3>Zones</h3>
      <ul class="plans">
        {picture.zones.map((zone) => (
          <li key={zone.name}>
            {zone.name}
            <small>
              {zone.start && `from ${zone.start}`}
              {zone.end && ` to ${zone.end}`}
              {!zone.edges_known && "; edges not published"}
            </small>
          </li>
        ))}
      </ul>
    </>
  );
}
