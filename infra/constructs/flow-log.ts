import { CfnFlowLog } from "aws-cdk-lib/aws-ec2";
import { Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { Construct } from "constructs";
import type { Deployment } from "./deployment.ts";
import { Log } from "./log.ts";
import { permit } from "./permission.ts";

export interface FlowLogProps {
  readonly deployment: Deployment;
  readonly network: string;
  readonly vpcId: string;
}

/** Who spoke to whom in a VPC. Every connection of the executor leaves a line here, taken or refused. */
export class FlowLog extends Construct {
  constructor(scope: Construct, id: string, { deployment, network, vpcId }: FlowLogProps) {
    super(scope, id);
    const { group } = new Log(this, "Log", {
      ...{ name: `/${deployment.name}/flows/${network}`, key: deployment.dataKey, days: deployment.logDays },
    });
    const role = new Role(this, "Role", { assumedBy: new ServicePrincipal("vpc-flow-logs.amazonaws.com") });
    permit(this, "Policy", role, [
      {
        actions: ["logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams"],
        resources: [group.logGroupArn],
      },
    ]);
    new CfnFlowLog(this, "FlowLog", {
      resourceType: "VPC",
      resourceId: vpcId,
      trafficType: "ALL",
      logDestinationType: "cloud-watch-logs",
      logGroupName: group.logGroupName,
      deliverLogsPermissionArn: role.roleArn,
    });
  }
}
