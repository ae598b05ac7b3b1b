/** Tracks in the straightened ground: on a canvas, for there may be ten thousand. */

import { useEffect, useRef } from "preact/hooks";

import { TARGET_COLOR } from "../colors";
import type { Tracks } from "../frame";
import type { TargetName } from "../types";
import { offsetY, STRIP_HEIGHT } from "./layout";
import { toX, type Scale } from "./scale";

interface Props {
  tracks: Tracks;
  names: TargetName[];
  scale: Scale;
  width: number;
}

export function TrackCanvas({ tracks, names, scale, width }: Props) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const sharp = window.devicePixelRatio || 1;
    const paper = canvas.current!;
    paper.width = width * sharp;
    paper.height = STRIP_HEIGHT * sharp;
    const pen = paper.getContext("2d")!;
    pen.scale(sharp, sharp);
    for (let row = 0; row < tracks.count; row++) {
      const km = tracks.chainageKm[row]!;
      if (km < scale.fromKm || km > scale.toKm) continue;
      pen.fillStyle = TARGET_COLOR[names[tracks.target[row]!] ?? "unknown"];
      pen.globalAlpha = 0.3 + 0.7 * tracks.existence[row]!;
      pen.beginPath();
      pen.arc(toX(scale, km), offsetY(tracks.offsetKm[row]!), 2.4, 0, 2 * Math.PI);
      pen.fill();
    }
  }, [tracks, scale, width, names]);
  return <canvas ref={canvas} style={{ width: `${width}px`, height: `${STRIP_HEIGHT}px` }} aria-hidden="true" />;
}
