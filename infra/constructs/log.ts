import { RemovalPolicy } from "aws-cdk-lib";
import type { IKey } from "aws-cdk-lib/aws-kms";
import { LogGroup, type RetentionDays } from "aws-cdk-lib/aws-logs";
import { Construct } from "constructs";

export interface LogProps {
  /** Name of the log group. It begins with `/muster-<environment>/`, which the key's policy asks for. */
  readonly name: string;
  readonly key: IKey;
  readonly days: RetentionDays;
}

/** A log group with an end. It goes with the stack: outcomes and reports are the record, not logs. */
export class Log extends Construct {
  readonly group: LogGroup;

  constructor(scope: Construct, id: string, { name, key, days }: LogProps) {
    super(scope, id);
    this.group = new LogGroup(this, "Group", {
      logGroupName: name,
      encryptionKey: key,
      retention: days,
      removalPolicy: RemovalPolicy.DESTROY,
    });
  }
}
