import { Validations } from "aws-cdk-lib";
import type { IConstruct } from "constructs";

/**
 * Says why findings of the rule packs do not matter for a construct and all below it. Keys are ids as the packs print them,
 * without the pack's own name in front: `AwsSolutions-IAM5[Resource::*]`, `NIST.800.53.R5-LambdaDLQ`.
 */
export function acknowledge(construct: IConstruct, reasons: Readonly<Record<string, string>>): void {
  for (const [rule, reason] of Object.entries(reasons)) {
    const pack = rule.startsWith("NIST") ? "NIST.800.53.R5" : "AwsSolutions";
    Validations.of(construct).acknowledge({ id: `${pack}::${rule}`, reason });
  }
}
