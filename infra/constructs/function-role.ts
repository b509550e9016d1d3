import { Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import type { LogGroup } from "aws-cdk-lib/aws-logs";
import { Construct } from "constructs";
import { type Permission, permit } from "./permission.ts";

export interface FunctionRoleProps {
  readonly logGroup: LogGroup;
  /** Everything that the function may do besides writing its log. */
  readonly permissions: readonly Permission[];
  /** Permissions whose lists grow with clusters, by a name for each list. Default: none. */
  readonly byCluster?: Readonly<Record<string, readonly Permission[]>>;
  /** True for a function in a VPC. Default: false. */
  readonly inVpc?: boolean;
}

/** What Lambda itself does with the function's role to put it into a VPC (Lambda guide, configuration-vpc). */
const networkInterfaces: Permission = {
  actions: [
    "ec2:CreateNetworkInterface",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSubnets",
    "ec2:DeleteNetworkInterface",
    "ec2:AssignPrivateIpAddresses",
    "ec2:UnassignPrivateIpAddresses",
  ],
  resources: ["*"],
  because:
    "Lambda makes the function's network interfaces with this role, and EC2 knows no narrower resource for that.",
};

/** The role of one function. */
export class FunctionRole extends Construct {
  readonly role: Role;

  constructor(scope: Construct, id: string, props: FunctionRoleProps) {
    super(scope, id);
    const { logGroup, permissions, byCluster = {}, inVpc = false } = props;
    this.role = new Role(this, "Role", { assumedBy: new ServicePrincipal("lambda.amazonaws.com") });
    const log: Permission = {
      actions: ["logs:CreateLogStream", "logs:PutLogEvents"],
      resources: [logGroup.logGroupArn],
    };
    permit(this, "Policy", this.role, [log, ...permissions, ...(inVpc ? [networkInterfaces] : [])]);
    for (const [name, list] of Object.entries(byCluster)) permit(this, name, this.role, list);
  }
}
