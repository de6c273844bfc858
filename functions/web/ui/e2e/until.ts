/** Gives what find finds, asked again and again until it is neither null nor false. It throws after patience, in ms. */
export async function until<T>(what: string, find: () => Promise<T | null | false>, { patience = 30_000, pause = 50 } = {}): Promise<T> {
  for (const end = Date.now() + patience; ; ) {
    const found = await find();
    if (found !== null && found !== false) return found;
    if (Date.now() > end) throw new Error(`waited ${patience} ms in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
}
