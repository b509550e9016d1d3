import type { ManagedPolicy } from "aws-cdk-lib/aws-iam";
import type { IKey } from "aws-cdk-lib/aws-kms";
import { Construct } from "constructs";
import type { Deployment } from "./deployment.ts";
import { policyWith } from "./permission.ts";
import { forClusters, type OfClusters, scanning } from "./scanning.ts";

export interface WorkerAccessProps extends OfClusters {
  readonly deployment: Deployment;
  readonly signingKey: IKey;
}

/** Policies for the role of `muster worker`, which is made elsewhere: to scan, and of queues and secrets only the worker's. */
export class WorkerAccess extends Construct {
  readonly policies: readonly ManagedPolicy[];

  constructor(scope: Construct, id: string, { deployment, signingKey, ...clusters }: WorkerAccessProps) {
    super(scope, id);
    this.policies = [
      policyWith(this, "Scanning", scanning(deployment, signingKey)),
      ...Object.entries(forClusters(clusters)).map(([name, list]) => policyWith(this, name, list)),
    ];
  }
}
