/** Drawings on a 24 by 24 grid. They say nothing that words beside them don't. */
const drawings = {
  arrow: "M5 12h13M12.5 6.5 18 12l-5.5 5.5",
  check: "m5 12.5 4.5 4.5L19 7.5",
  clock: "M12 7v5l3.2 2M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17Z",
  info: "M12 11v5M12 8v.1M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17Z",
  hourglass: "M7 3.5h10M7 20.5h10M8 3.5v3.2c0 2.4 4 3.6 4 5.3s-4 2.9-4 5.3v3.2M16 3.5v3.2c0 2.4-4 3.6-4 5.3s4 2.9 4 5.3v3.2",
  lock: "M6 11h12v8.5H6ZM8.5 11V8a3.5 3.5 0 0 1 7 0v3M12 14.5v1.5",
  link: "M10 13.5a4 4 0 0 0 5.7 0l3-3a4 4 0 0 0-5.7-5.7l-1 1M14 10.5a4 4 0 0 0-5.7 0l-3 3a4 4 0 0 0 5.7 5.7l1-1",
  broken: "M9 15.5 7.7 16.8a3.4 3.4 0 0 1-4.8-4.8l2.6-2.6M15 8.5l1.3-1.3a3.4 3.4 0 0 1 4.8 4.8l-2.6 2.6M9.5 4v3M5.5 5.5l1.7 1.7M14.5 20v-3M18.5 18.5l-1.7-1.7",
  offline: "M4 4l16 16M5 12.5a10 10 0 0 1 4-2.5M2 9a15 15 0 0 1 4.5-2.9M22 9a15 15 0 0 0-11-3.9M19 12.5a10 10 0 0 0-3.6-2.4M8.5 16a5 5 0 0 1 6.5-.4M12 19.5v.1",
  pause: "M9 8.5v7M15 8.5v7M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17Z",
  people: "M9 11.5a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7ZM2.5 19.5c.4-3.3 3-5 6.5-5s6.1 1.7 6.5 5M16 4.9a3.3 3.3 0 0 1 0 6.2M18 14.9c2 .6 3.2 2.2 3.5 4.6",
  person: "M12 11.5a3.8 3.8 0 1 0 0-7.6 3.8 3.8 0 0 0 0 7.6ZM5 20c.4-3.6 3.2-5.5 7-5.5s6.6 1.9 7 5.5",
  off: "M12 3.5v8M7 6.3a7.7 7.7 0 1 0 10 0",
  sent: "M20.5 3.5 3.5 10.2l6.8 3.5 3.5 6.8 6.7-17ZM10.3 13.7l4-4",
  warning: "M12 9v4.5M12 16.8v.1M10.3 4.3 2.9 17.5A2 2 0 0 0 4.6 20.5h14.8a2 2 0 0 0 1.7-3L13.7 4.3a2 2 0 0 0-3.4 0Z",
} as const;

export type IconName = keyof typeof drawings;

export function Icon({ name }: { name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={drawings[name]} />
    </svg>
  );
}
