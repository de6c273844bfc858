/** What the deployment says of itself: functions/web/app.go. */
export interface Config {
  issuer: string;
  clientId: string;
  audience: string;
  scopes: string;
  /** Where "Open" leads after joining, with {orgId} and {groupId} for what was joined. */
  continueUrl: string;
  product: string;
  openOrganizations: boolean;
}

let asked: Promise<Config> | null = null;

/** Asks the deployment, once; after a failure again. */
export function loadConfig(): Promise<Config> {
  asked ??= fetch("/config.json", { signal: AbortSignal.timeout(15_000) })
    .then((response) => {
      if (!response.ok) throw new Error(`/config.json: ${response.status}`);
      return response.json() as Promise<Config>;
    })
    .catch((error: unknown) => {
      asked = null;
      throw error;
    });
  return asked;
}

/** The address where someone who has joined goes on. */
export function continueAt(config: Config, joined: { org: { id: string }; group: { id: string } }): string {
  return config.continueUrl.replaceAll("{orgId}", joined.org.id).replaceAll("{groupId}", joined.group.id);
}
