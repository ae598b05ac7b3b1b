/** The list of alerts: what, where, how long ago, handed to whom, and seen by which office. */

import { forward } from "mgrs";
import { useState } from "preact/hooks";

import { TARGET_NAME } from "../colors";
import { acknowledge } from "../feed";
import { asSvg, TRACK_SIDC } from "../map/symbols";
import { actionable, useStore, type Store } from "../store";
import { span } from "../time";
import type { Alert, Picture } from "../types";

interface Props {
  store: Store;
  picture: Picture;
  onShow: (alert: Alert) => void;
}

const KIND_NAME: Record<string, string> = {
  crossing: "Crossing",
  rescue: "Rescue",
  outage: "Outage",
};

export function Alerts({ store, picture, onShow }: Props) {
  const news = useStore(store, (state) => state.news);
  const selected = useStore(store, (state) => state.selectedAlert);
  const alerts = actionable(news);
  const [office, setOffice] = useState(picture.offices[0] ?? "");
  const open = alerts.filter((alert) => alert.acknowledged === null).length;
  return (
    <section class="alerts" aria-label="Alerts">
      <div class="alerts-head">
        <p class="summary">
          <b data-testid="open-alerts">{open}</b> open, {alerts.length - open} acknowledged
        </p>
        <label>
          Acting as
          <select value={office} onChange={(event) => setOffice(event.currentTarget.value)}>
            {picture.offices.map((name) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        </label>
      </div>
      {alerts.length === 0 && <p class="empty">No alerts.</p>}
      <ol data-testid="alerts">
        {alerts.slice(0, 200).map((alert) => (
          <Card
            key={alert.alert_id}
            alert={alert}
            nowS={news!.time_s}
            office={office}
            chosen={alert.alert_id === selected}
            onChoose={() => onShow(alert)}
          />
        ))}
      </ol>
      <Proof store={store} />
    </section>
  );
}

/** When a test alert last came back with its receipt. */
function Proof({ store }: { store: Store }) {
  const news = useStore(store, (state) => state.news);
  if (!news || news.path_proven_s === null) return null;
  return (
    <p class="proof">Handover path proven end to end {span(news.time_s - news.path_proven_s)} ago.</p>
  );
}

interface CardProps {
  alert: Alert;
  nowS: number;
  office: string;
  chosen: boolean;
  onChoose: () => void;
}

function Card({ alert, nowS, office, chosen, onChoose }: CardProps) {
  const state = alert.acknowledged ? "seen" : alert.kind === "rescue" ? "rescue" : "open";
  return (
    <li class={`card ${state}${chosen ? " chosen" : ""}`} data-alert={alert.alert_id}>
      <button type="button" class="card-head" aria-expanded={chosen} onClick={onChoose}>
        <span
          class="symbol"
          aria-hidden="true"
          dangerouslySetInnerHTML={{ __html: asSvg(TRACK_SIDC[alert.target] ?? TRACK_SIDC.unknown, 17) }}
        />
        <span class="what">
          <b>{KIND_NAME[alert.kind] ?? alert.kind}</b> {subject(alert)}
          <small>
            km {alert.chainage_km.toFixed(1)}
            {alert.sector && `, ${alert.sector}`}
          </small>
        </span>
        <span class="age">{span(nowS - alert.time_s)}</span>
      </button>
      {chosen && <Details alert={alert} />}
      <div class="card-foot">
        <HandoverState alert={alert} nowS={nowS} />
        <Acknowledge alert={alert} office={office} />
      </div>
    </li>
  );
}

/** The end of a long reference, by which people tell it apart; details hold it whole. */
export function short(reference: string): string {
  return reference.length <= 12 ? reference : `…${reference.slice(-6)}`;
}

/** What the alert is about, such as `Walker, 2 to 5`. */
export function subject(alert: Alert): string {
  if (alert.kind === "outage") return alert.node_id ? "of a node" : "";
  const { count_low: low, count_high: high } = alert;
  const many = high <= 1 ? "" : low === high ? `, ${low}` : `, ${low} to ${high}`;
  return `${TARGET_NAME[alert.target] ?? alert.target}${many}`;
}

function Details({ alert }: { alert: Alert }) {
  const side = alert.offset_km >= 0 ? "left (north) of" : "right (south) of";
  return (
    <dl class="details">
      <dt>MGRS</dt>
      <dd>{grid(alert)}</dd>
      <dt>Lat, lon</dt>
      <dd>
        {alert.lat_deg.toFixed(5)}, {alert.lon_deg.toFixed(5)}
      </dd>
      <dt>Offset</dt>
      <dd>
        {Math.abs(alert.offset_km).toFixed(2)} km {side} the line
      </dd>
      {alert.track_id !== null && (
        <>
          <dt>Track</dt>
          <dd>{alert.track_id}</dd>
        </>
      )}
      {alert.handover && (
        <>
          <dt>Handed to</dt>
          <dd>{alert.handover.authority}</dd>
          {alert.handover.receipt_ref && (
            <>
              <dt>Receipt</dt>
              <dd>{alert.handover.receipt_ref}</dd>
            </>
          )}
        </>
      )}
    </dl>
  );
}

/** The place as a grid reference to 10 m, in groups; empty at the poles, where there is none. */
export function grid(alert: Pick<Alert, "lon_deg" | "lat_deg">): string {
  try {
    const text = forward([alert.lon_deg, alert.lat_deg], 4);
    return text.replace(/^(\d+[A-Z])([A-Z]{2})(\d{4})(\d{4})$/, "$1 $2 $3 $4");
  } catch {
    return "";
  }
}

function HandoverState({ alert, nowS }: { alert: Alert; nowS: number }) {
  const { handover } = alert;
  if (handover === null) return <span class="handover none">Not handed over</span>;
  if (handover.receipt_s === null)
    return <span class="handover waiting">No receipt for {span(nowS - handover.time_s)}</span>;
  return (
    <span class="handover done">
      Received{handover.receipt_ref && `, ref ${short(handover.receipt_ref)}`}
    </span>
  );
}

function Acknowledge({ alert, office }: { alert: Alert; office: string }) {
  const [state, setState] = useState<"idle" | "sending" | string>("idle");
  if (alert.acknowledged) return <span class="seen-by">Seen by {alert.acknowledged.office}</span>;
  const send = async () => {
    setState("sending");
    setState((await acknowledge(alert.alert_id, office)) ?? "idle");
  };
  return (
    <span class="ack">
      <button type="button" disabled={state === "sending"} onClick={() => void send()}>
        Acknowledge
      </button>
      {state !== "idle" && state !== "sending" && <span role="alert">{state}</span>}
    </span>
  );
}
