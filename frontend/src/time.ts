/** Times as the watch writes them: UTC, and how long ago. */

const MONTHS = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
const two = (value: number) => String(value).padStart(2, "0");

/** Writes a date-time group, such as `010604Z MAR 25`. */
export function dateTimeGroup(timeS: number): string {
  const at = new Date(timeS * 1000);
  const clock = `${two(at.getUTCHours())}${two(at.getUTCMinutes())}Z`;
  return `${two(at.getUTCDate())}${clock} ${MONTHS[at.getUTCMonth()]} ${two(at.getUTCFullYear() % 100)}`;
}

/** Writes the clock to the second, such as `06:04:12`. */
export function clock(timeS: number): string {
  const at = new Date(timeS * 1000);
  return `${two(at.getUTCHours())}:${two(at.getUTCMinutes())}:${two(at.getUTCSeconds())}`;
}

/** Writes a span of time in at most two parts, such as `4 min 10 s`. */
export function span(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  if (whole < 600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  if (whole < 3600) return `${Math.round(whole / 60)} min`;
  const minutes = Math.round(whole / 60);
  if (minutes < 1440) return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
  return `${Math.floor(minutes / 1440)} d ${Math.floor((minutes % 1440) / 60)} h`;
}
