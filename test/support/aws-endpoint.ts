import type { EmbeddedCloud } from "#embedded/aws/cloud.ts";
import { type CloudEndpoint, openEndpoint } from "#embedded/aws/endpoint.ts";

export type AwsEndpoint = Pick<CloudEndpoint, "url" | "close">;

/** The embedded cloud on a port of the loopback, for code that runs in a process of its own; any credentials do. */
export async function awsEndpoint(cloud: Pick<EmbeddedCloud, "requestHandler">): Promise<AwsEndpoint> {
  const endpoint = await openEndpoint();
  endpoint.serve(cloud);
  return endpoint;
}
