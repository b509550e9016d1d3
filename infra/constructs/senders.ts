import { AccountPrincipal, ArnPrincipal, PolicyStatement } from "aws-cdk-lib/aws-iam";
import type { Queue } from "aws-cdk-lib/aws-sqs";

/** Lets other accounts or roles send to a queue, and do nothing else with it. */
export function admitSenders(queue: Queue, senders: readonly string[]): void {
  if (senders.length === 0) return;
  queue.addToResourcePolicy(
    new PolicyStatement({
      sid: "Senders",
      principals: senders.map((each) => (/^\d+$/.test(each) ? new AccountPrincipal(each) : new ArnPrincipal(each))),
      actions: ["sqs:SendMessage"],
      resources: [queue.queueArn],
    }),
  );
}
