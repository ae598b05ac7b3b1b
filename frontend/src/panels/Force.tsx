/** Who is there: five strengths that are never mixed, and those present by status. */

import type { Force as ForceValue } from "../types";

const STRENGTHS = [
  ["organic", "Organic", "full strength of the units named"],
  ["approved", "Approved", "ceiling that has been ordered"],
  ["sourced", "Sourced", "named to fill it"],
  ["in_transit", "In transit", "on the way"],
  ["present", "Present", "present for duty"],
] as const;

const STATUS_NAME: Record<string, string> = {
  title10: "Title 10, federal",
  T10: "Title 10, federal",
  title32: "Title 32, governor, federal pay",
  T32: "Title 32, governor, federal pay",
  state_active_duty: "State active duty",
  SAD: "State active duty",
};

const count = (value: number) => value.toLocaleString("en-US");

/** One line that says how far the order has come. */
export function ForceLine({ force }: { force: ForceValue }) {
  const { approved, present } = force.strength;
  return (
    <p class="force-line" data-testid="force-line">
      <b>{count(approved)}</b> approved / <b>{count(present)}</b> present
      <small>on {force.on}</small>
    </p>
  );
}

export function Force({ force }: { force: ForceValue | null }) {
  if (force === null) return <p class="empty">No force is given.</p>;
  const most = Math.max(1, ...Object.values(force.strength));
  return (
    <section class="force" aria-label="Force">
      <ForceLine force={force} />
      <table>
        <caption>Five strengths, each its own</caption>
        <tbody>
          {STRENGTHS.map(([key, name, told]) => (
            <tr key={key} class={key}>
              <th scope="row">
                {name}
                <small>{told}</small>
              </th>
              <td class="bar">
                <i style={{ width: `${(100 * force.strength[key]) / most}%` }} />
              </td>
              <td class="count">{count(force.strength[key])}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <table>
        <caption>Present, by duty status</caption>
        <tbody>
          {Object.entries(force.by_status).map(([status, number]) => (
            <tr key={status}>
              <th scope="row">{STATUS_NAME[status] ?? status}</th>
              <td class="count">{count(number)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {force.text && <p class="note">{force.text}</p>}
    </section>
  );
}
