import { useState } from "preact/hooks";
import { forget, recall, remember } from "./tab";

/**
 * Something typed that isn't saved yet: it is kept in this tab under a name, across closing a dialog by mistake, loading the page anew, and
 * signing in again. The third is called when it is saved, or no longer wanted.
 */
export function useDraft<T>(name: string, initial: T): [T, (value: T) => void, () => void] {
  const key = `draft ${name}` as const;
  const [value, setValue] = useState<T>(() => {
    const kept = recall(key);
    return kept === null ? initial : (JSON.parse(kept) as T);
  });
  const change = (next: T) => {
    setValue(next);
    const text = JSON.stringify(next);
    if (text === JSON.stringify(initial)) forget(key);
    else remember(key, text);
  };
  return [value, change, () => forget(key)];
}
