import { Stack } from "aws-cdk-lib";
import { PolicyStatement, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import type { IKey } from "aws-cdk-lib/aws-kms";
import { type ITopic, Topic } from "aws-cdk-lib/aws-sns";
import { EmailSubscription } from "aws-cdk-lib/aws-sns-subscriptions";
import { Construct } from "constructs";

export interface AlarmTopicProps {
  readonly deployment: string;
  readonly key: IKey;
  /** A topic that is there. Default: one is made. */
  readonly topicArn?: string | undefined;
  /** Who is told by the topic that is made. */
  readonly emails: readonly string[];
}

/** Where alarms go. */
export class AlarmTopic extends Construct {
  readonly topic: ITopic;

  constructor(scope: Construct, id: string, { deployment, key, topicArn, emails }: AlarmTopicProps) {
    super(scope, id);
    if (topicArn !== undefined) {
      this.topic = Topic.fromTopicArn(this, "Topic", topicArn);
      return;
    }
    const topic = new Topic(this, "Topic", { topicName: `${deployment}-alarms`, masterKey: key, enforceSSL: true });
    topic.addToResourcePolicy(
      new PolicyStatement({
        principals: [new ServicePrincipal("cloudwatch.amazonaws.com")],
        actions: ["sns:Publish"],
        resources: [topic.topicArn],
        conditions: { StringEquals: { "aws:SourceAccount": Stack.of(this).account } },
      }),
    );
    for (const email of emails) topic.addSubscription(new EmailSubscription(email));
    this.topic = topic;
  }
}
