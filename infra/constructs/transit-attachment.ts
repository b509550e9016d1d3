import { CfnRoute, CfnTransitGatewayAttachment, type Vpc } from "aws-cdk-lib/aws-ec2";
import { Construct } from "constructs";

export interface TransitAttachmentProps {
  readonly vpc: Vpc;
  /** The transit gateway's id. */
  readonly id: string;
  /** Ranges that are reached through it. */
  readonly routes: readonly string[];
}

/** A VPC's attachment to a transit gateway, and the routes that lead there. */
export class TransitAttachment extends Construct {
  constructor(scope: Construct, id: string, { vpc, id: transitGatewayId, routes }: TransitAttachmentProps) {
    super(scope, id);
    const subnets = vpc.isolatedSubnets;
    const attachment = new CfnTransitGatewayAttachment(this, "Attachment", {
      ...{ transitGatewayId, vpcId: vpc.vpcId, subnetIds: subnets.map(({ subnetId }) => subnetId) },
    });
    for (const [zone, { routeTable }] of subnets.entries()) {
      for (const [index, destinationCidrBlock] of routes.entries()) {
        const route = new CfnRoute(this, `Route${zone}-${index}`, {
          ...{ routeTableId: routeTable.routeTableId, destinationCidrBlock, transitGatewayId },
        });
        route.addResourceDependency(attachment);
      }
    }
  }
}
