/** What the server tells, as `linewatch.web.words` writes it. */

export type TargetName = "unknown" | "walker" | "vehicle" | "flyer";

export interface Outline {
  lon_deg: number[];
  lat_deg: number[];
  chainage_km: number[];
}

export interface Sector {
  name: string;
  from_km: number;
  to_km: number;
}

export interface Port {
  name: string;
  chainage_km: number;
  lon_deg: number;
  lat_deg: number;
}

export interface Zone {
  name: string;
  from_km: number | null;
  to_km: number | null;
  start: string | null;
  end: string | null;
  edges_known: boolean;
}

export interface Site {
  name: string;
  kind: string;
  lon_deg: number;
  lat_deg: number;
  chainage_km: number;
  reach_m: number;
  node: string;
  /** The built-in kind that its kind is, or is like. */
  like: string;
}

export interface Coverage {
  chainage_km: number[];
  chance: Record<string, number[]>;
}

export interface Strength {
  organic: number;
  approved: number;
  sourced: number;
  in_transit: number;
  present: number;
}

export interface Force {
  on: string;
  strength: Strength;
  by_status: Record<string, number>;
  text: string;
}

export interface Plan {
  kind: string;
  summary: string;
  cost: string;
  decided: string;
}

export interface Picture {
  name: string;
  mode: "live" | "recorded";
  length_km: number;
  line: Outline;
  sectors: Sector[];
  ports: Port[];
  zones: Zone[];
  sites: Site[];
  terrain: { generated: boolean; source: string };
  coverage: Coverage | null;
  force: Force | null;
  plans: Plan[];
  credits: string[];
  offices: string[];
  targets: TargetName[];
}

export interface Alert {
  alert_id: string;
  time_s: number;
  kind: string;
  track_id: number | null;
  node_id: string | null;
  chainage_km: number;
  offset_km: number;
  lon_deg: number;
  lat_deg: number;
  sector: string;
  target: TargetName;
  count_low: number;
  count_high: number;
  priority: number;
  handover: {
    authority: string;
    time_s: number;
    receipt_s: number | null;
    receipt_ref: string | null;
  } | null;
  acknowledged: { office: string; time_s: number } | null;
}

/** A track that may continue another, with the chance that they are of one target. */
export interface Stitch {
  earlier: number;
  later: number;
  chance: number;
}

export interface News {
  seq: number;
  time_s: number;
  time: string;
  tracks: number;
  alerts: Alert[];
  nodes: Record<string, string>;
  node_counts: Record<string, number>;
  counters: Record<string, number>;
  path_proven_s: number | null;
  /** The latest, newest last. */
  stitches: Stitch[];
  /** Whether the watch has ended: then no newer frame is to be waited for. */
  ended: boolean;
  /** How many sites the part that stands still has by now. */
  sites: number;
}
