/** The lanes of the strip, from the top: sectors, straightened ground, coverage, marks. */

import { chanceColor, SECTOR_TONES } from "../colors";
import type { Alert, Picture } from "../types";
import { LANES, OFFSET_KM, offsetY } from "./layout";
import { marks, toX, type Scale } from "./scale";

interface Lane {
  picture: Picture;
  scale: Scale;
}

const COLUMN_PX = 3;
const LETTER_PX = 6.4;

export function SectorLane({ picture, scale }: Lane) {
  const { top, height } = LANES.sectors;
  return (
    <g class="sectors">
      <text class="lane-name" x={scale.left - 10} y={top + 13}>
        Sectors
      </text>
      {picture.sectors.map((sector, at) => {
        const from = Math.max(scale.left, toX(scale, sector.from_km));
        const to = Math.min(scale.right, toX(scale, sector.to_km));
        if (to <= from) return null;
        const fits = sector.name.length * LETTER_PX < to - from - 6;
        return (
          <g key={sector.name}>
            <rect x={from} y={top} width={to - from} height={height} fill={SECTOR_TONES[at % 2]} />
            {fits && (
              <text class={at % 2 ? "on-light" : "on-dark"} x={(from + to) / 2} y={top + 13}>
                {sector.name}
              </text>
            )}
          </g>
        );
      })}
    </g>
  );
}

/** The ground beside the line, as if the line were straight: offset against chainage. */
export function GroundLane({
  picture,
  scale,
  alerts,
  selected,
}: Lane & { alerts: Alert[]; selected: string | null }) {
  const { top, height } = LANES.ground;
  const inside = (km: number) => km >= scale.fromKm && km <= scale.toKm;
  return (
    <g class="ground">
      <text class="lane-name" x={scale.left - 10} y={top + height / 2 + 4}>
        Ground
      </text>
      <text class="lane-unit" x={scale.left - 10} y={top + 9}>
        +{OFFSET_KM} km
      </text>
      <text class="lane-unit" x={scale.left - 10} y={top + height - 1}>
        −{OFFSET_KM} km
      </text>
      <line class="axis" x1={scale.left} x2={scale.right} y1={offsetY(0)} y2={offsetY(0)} />
      {picture.sites
        .filter((site) => inside(site.chainage_km))
        .map((site) => (
          <path key={site.name} class="site" d={`M${toX(scale, site.chainage_km)},${top + height - 1}l3,5h-6z`} />
        ))}
      {alerts
        .filter((alert) => inside(alert.chainage_km))
        .map((alert) => (
          <circle
            key={alert.alert_id}
            class={`alert ${alert.acknowledged ? "seen" : "open"}`}
            cx={toX(scale, alert.chainage_km)}
            cy={offsetY(alert.offset_km)}
            r={alert.alert_id === selected ? 8 : 5.5}
          />
        ))}
    </g>
  );
}

/** Planned chance of detecting a walker, as an area with its colour. */
export function CoverageLane({ picture, scale }: Lane) {
  const { top, height } = LANES.coverage;
  const cover = picture.coverage;
  const chance = cover?.chance["walker"];
  if (!cover || !chance)
    return (
      <text class="lane-name" x={scale.left - 10} y={top + height / 2}>
        No coverage
      </text>
    );
  const columns = averaged(cover.chainage_km, chance, scale);
  return (
    <g class="coverage">
      <text class="lane-name" x={scale.left - 10} y={top + height / 2 + 1}>
        Coverage
      </text>
      <text class="lane-unit" x={scale.left - 10} y={top + height / 2 + 13}>
        walker, 0 to 1
      </text>
      <line class="rule" x1={scale.left} x2={scale.right} y1={top} y2={top} />
      {columns.map(([x, value]) => (
        <rect key={x} x={x} y={top + height * (1 - value)} width={COLUMN_PX} height={height * value} fill={chanceColor(value)} />
      ))}
      <line class="rule" x1={scale.left} x2={scale.right} y1={top + height} y2={top + height} />
    </g>
  );
}

/** Mean of a curve over each column of pixels; a column without a point takes the last. */
export function averaged(atKm: number[], values: number[], scale: Scale): [number, number][] {
  const columns = Math.floor((scale.right - scale.left) / COLUMN_PX);
  const sums = new Float64Array(columns);
  const counts = new Uint32Array(columns);
  let lead = values[0] ?? 0;
  atKm.forEach((km, row) => {
    if (km < scale.fromKm) lead = values[row]!;
    const at = Math.floor((toX(scale, km) - scale.left) / COLUMN_PX);
    if (at < 0 || at >= columns) return;
    sums[at]! += values[row]!;
    counts[at]!++;
  });
  return Array.from(sums, (sum, at) => {
    if (counts[at]! > 0) lead = sum / counts[at]!;
    return [scale.left + at * COLUMN_PX, lead];
  });
}

export function MarksLane({ picture, scale }: Lane) {
  const { top } = LANES.marks;
  const width = scale.right - scale.left;
  return (
    <g class="marks">
      <text class="lane-name" x={scale.left - 10} y={top + 18}>
        km
      </text>
      {marks(scale.fromKm, scale.toKm, width / 90).map((km) => (
        <g key={km} transform={`translate(${toX(scale, km)},${top})`}>
          <line y2={5} />
          <text y={18}>{km.toLocaleString("en-US")}</text>
        </g>
      ))}
      {picture.ports
        .filter((port) => port.chainage_km >= scale.fromKm && port.chainage_km <= scale.toKm)
        .map((port) => (
          <rect key={port.name} class="port" x={toX(scale, port.chainage_km) - 1.5} y={top - 1.5} width={3} height={3}>
            <title>{port.name}</title>
          </rect>
        ))}
    </g>
  );
}
