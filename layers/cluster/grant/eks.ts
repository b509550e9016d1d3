import { stringify } from "yaml";
import { ScanError } from "#contract/errors.ts";

/** How an IAM principal becomes a group of a cluster: as a command, and as a CloudFormation resource in YAML. */
export interface EksEntry {
  readonly command: string;
  readonly cloudFormation: string;
}

const reserved = /^(system|eks|aws|amazon|iam):/;

/**
 * The EKS access entry that puts a principal into the group which the bindings of a grant name. No access policy is
 * associated: the Roles of the grant are all that it gets.
 */
export function eksEntry(principalArn: string, group: string, clusterName = "CLUSTER"): EksEntry {
  if (/^arn:aws[a-z-]*:sts:/.test(principalArn)) {
    throw new ScanError("bad-request", `--eks: ${principalArn} is a session; give the ARN of the IAM role behind it`);
  }
  if (!/^arn:aws[a-z-]*:iam::\d{12}:(role|user)\/[\w+=,.@/-]+$/.test(principalArn)) {
    throw new ScanError("bad-request", `--eks: ${principalArn} is not the ARN of an IAM role or user`);
  }
  // Both stand in a command that somebody will paste into a shell.
  if (!/^[\w:.@/-]{1,255}$/.test(group)) {
    throw new ScanError("bad-request", `--subject: ${JSON.stringify(group)} cannot be the group of an access entry`);
  }
  if (!/^[A-Za-z0-9][\w-]{0,99}$/.test(clusterName)) {
    throw new ScanError("bad-request", `--eks-cluster: ${JSON.stringify(clusterName)} is no name of an EKS cluster`);
  }
  if (reserved.test(group)) {
    throw new ScanError(
      "bad-request",
      `--subject: EKS allows no group that begins with system:, eks:, aws:, amazon: or iam:`,
    );
  }
  const command = [
    `aws eks create-access-entry --cluster-name ${clusterName} --type STANDARD`,
    `--principal-arn ${principalArn} --kubernetes-groups ${group}`,
  ].join(" ");
  const properties = { ClusterName: clusterName, PrincipalArn: principalArn, KubernetesGroups: [group] };
  const resource = { Type: "AWS::EKS::AccessEntry", Properties: { ...properties, Type: "STANDARD" } };
  return { command, cloudFormation: stringify({ MusterAccess: resource }) };
}
