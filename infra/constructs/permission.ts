import { Stack } from "aws-cdk-lib";
import { ManagedPolicy, PolicyStatement, type Role } from "aws-cdk-lib/aws-iam";
import type { IKey } from "aws-cdk-lib/aws-kms";
import type { Construct } from "constructs";
import { acknowledge } from "./acknowledge.ts";
import type { BucketName } from "./deployment.ts";

/** One statement of a function's policy, written by hand: the library's grants are broader. */
export interface Permission {
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  readonly conditions?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Why a resource with a `*` in it is no narrower; the rule packs refuse one that does not say so. */
  readonly because?: string;
}

const ids = "Keys below a fixed prefix of one bucket; the rest is the id of a scan or task, which nobody knows before.";

const below = ({ arn }: BucketName, patterns: readonly string[]) => patterns.map((pattern) => `${arn}/${pattern}`);

/** Reading keys that match one of `patterns`. */
export const readObjects = (bucket: BucketName, ...patterns: readonly string[]): Permission => ({
  ...{ actions: ["s3:GetObject"], resources: below(bucket, patterns), because: ids },
});

/** Writing keys that match one of `patterns`, and only where nothing is. The bucket's policy asks for the same. */
export const createObjects = (bucket: BucketName, ...patterns: readonly string[]): Permission => ({
  ...{ actions: ["s3:PutObject"], resources: below(bucket, patterns), because: ids },
  conditions: { Null: { "s3:if-none-match": "false" } },
});

/** Writing over what was read, or where nothing is. The bucket's policy refuses a write that says neither. */
export const replaceObjects = (bucket: BucketName, ...patterns: readonly string[]): Permission => ({
  ...{ actions: ["s3:PutObject"], resources: below(bucket, patterns), because: ids },
});

/** Without it, S3 answers 403 for a key that is not there, and "not there" could not be told from "not allowed". */
export const listBuckets = (...buckets: readonly BucketName[]): Permission => ({
  ...{ actions: ["s3:ListBucket"], resources: buckets.map(({ arn }) => arn) },
});

/** What S3 does with the caller's rights where a bucket is encrypted with a key. */
export const useKey = ({ keyArn }: IKey): Permission => ({
  ...{ actions: ["kms:Decrypt", "kms:GenerateDataKey"], resources: [keyArn] },
});

/** What an event source mapping does with a function's role. */
export const consume = (...resources: readonly string[]): Permission => ({
  ...{ actions: ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"], resources },
});

/** Why a name's beginning is enough to say which queues. */
export const queueNames =
  "Queues of this deployment alone, one a cluster and named after it; a list would outgrow a policy.";

/**
 * A policy with these permissions, which says why each wildcard in it is meant. A policy holds 6,144 characters (IAM quotas),
 * so lists that grow with clusters have a policy each.
 */
export function policyWith(scope: Construct, id: string, permissions: readonly Permission[]): ManagedPolicy {
  const policy = new ManagedPolicy(scope, id, {
    statements: permissions.map(({ actions, resources, conditions }) => {
      return new PolicyStatement({
        actions: [...actions],
        resources: [...resources],
        ...(conditions && { conditions }),
      });
    }),
  });
  for (const { resources, because } of permissions) {
    if (because === undefined) continue;
    for (const resource of resources.filter((each) => each.includes("*"))) {
      const printed = asPrinted(Stack.of(scope).resolve(resource));
      acknowledge(policy, { [`AwsSolutions-IAM5[Resource::${printed}]`]: because });
    }
  }
  return policy;
}

/** Gives a role such a policy. The role names it, not the other way round: what waits for the role waits for its permissions. */
export function permit(scope: Construct, id: string, role: Role, permissions: readonly Permission[]): void {
  role.addManagedPolicy(policyWith(scope, id, permissions));
}

/** A resolved ARN as the rule packs print it: `{"Ref": "AWS::Region"}` becomes `<AWS::Region>`. */
function asPrinted(value: unknown): string {
  if (typeof value === "string") return value;
  const { Ref, "Fn::Join": join } = value as { Ref?: string; "Fn::Join"?: readonly [string, readonly unknown[]] }; // CDK's
  return join === undefined ? `<${Ref}>` : join[1].map(asPrinted).join(join[0]);
}
