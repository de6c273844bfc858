import { list } from "../texts";

/** The place of something that is on its way. */
export function Skeleton({ lines = 3 }: { lines?: number }) {
  return (
    <div class="skeleton loading" aria-busy="true">
      <p class="unseen">{list.loading}</p>
      {Array.from({ length: lines }, (_, i) => (
        <span key={i} class={i % 2 === 0 ? "line wide" : "line"} />
      ))}
    </div>
  );
}
