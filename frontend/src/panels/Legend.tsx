/** What the colours and signs of the map mean. */

import { chanceColor, TARGET_COLOR, TARGET_NAME } from "../colors";
import type { TargetName } from "../types";

const STOPS = [0, 0.25, 0.5, 0.75, 1];

export function Legend() {
  return (
    <details class="legend" open>
      <summary>Legend</summary>
      <ul>
        {(Object.keys(TARGET_NAME) as TargetName[]).map((target) => (
          <li key={target}>
            <i class="dot" style={{ background: TARGET_COLOR[target] }} />
            {TARGET_NAME[target]}
          </li>
        ))}
        <li>
          <i class="ring" />
          Alert
        </li>
        <li>
          <i class="dot site" />
          Site, <i class="dot down" /> silent
        </li>
      </ul>
      <p class="ramp">
        <span style={{ background: `linear-gradient(90deg, ${STOPS.map(chanceColor).join(",")})` }} />
        Planned chance to see a walker, 0 to 1
      </p>
    </details>
  );
}
