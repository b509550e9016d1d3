import { SecretValue } from "aws-cdk-lib";
import { IpAddresses, type ISubnet, type IVpc, SubnetType, Vpc, type VpnConnection } from "aws-cdk-lib/aws-ec2";
import { Construct } from "constructs";
import type { Network } from "../context/network.ts";
import { acknowledge } from "./acknowledge.ts";
import type { Deployment } from "./deployment.ts";
import { FlowLog } from "./flow-log.ts";
import { TransitAttachment } from "./transit-attachment.ts";

export interface NetworkVpcProps {
  readonly deployment: Deployment;
  readonly network: Network;
}

/**
 * The VPC of a network: a new one with two isolated subnets, no NAT and no internet gateway, with its VPN or transit gateway,
 * or one that is there already, by its ids.
 */
export class NetworkVpc extends Construct {
  readonly vpc: IVpc;
  readonly subnets: readonly ISubnet[];
  readonly vpn: VpnConnection | undefined;

  constructor(scope: Construct, id: string, { deployment, network }: NetworkVpcProps) {
    super(scope, id);
    const { vpc: wanted, vpn, transitGateway } = network;
    if (wanted.kind === "existing") {
      this.vpc = Vpc.fromVpcAttributes(this, "Vpc", {
        vpcId: wanted.id,
        vpcCidrBlock: wanted.cidr,
        availabilityZones: [...wanted.availabilityZones],
        isolatedSubnetIds: [...wanted.subnetIds],
        isolatedSubnetRouteTableIds: [...wanted.routeTableIds],
      });
      this.subnets = this.vpc.isolatedSubnets;
      return;
    }
    const made = new Vpc(this, "Vpc", {
      vpcName: `${deployment.name}-${network.id}`,
      ipAddresses: IpAddresses.cidr(wanted.cidr),
      maxAzs: 2,
      natGateways: 0,
      subnetConfiguration: [{ name: "executor", subnetType: SubnetType.PRIVATE_ISOLATED }],
      restrictDefaultSecurityGroup: false, // its custom resource is a function with rights on every group
      ...(vpn && { vpnGateway: true, vpnRoutePropagation: [{ subnetType: SubnetType.PRIVATE_ISOLATED }] }),
    });
    new FlowLog(this, "FlowLog", { deployment, network: network.id, vpcId: made.vpcId });
    this.vpn =
      vpn &&
      made.addVpnConnection("Vpn", {
        ip: vpn.customerGatewayIp,
        asn: vpn.asn,
        ...(vpn.staticRoutes.length > 0 && { staticRoutes: [...vpn.staticRoutes] }),
        ...(vpn.preSharedKeySecrets.length > 0 && {
          tunnelOptions: vpn.preSharedKeySecrets.map((name) => ({
            preSharedKeySecret: SecretValue.secretsManager(name),
          })),
        }),
      });
    if (transitGateway !== undefined) new TransitAttachment(this, "Transit", { vpc: made, ...transitGateway });
    this.vpc = made as IVpc; // the library itself: its class and interface differ under exactOptionalPropertyTypes
    this.subnets = made.isolatedSubnets;
    acknowledge(made, {
      "NIST.800.53.R5-VPCDefaultSecurityGroupClosed":
        "Nothing uses the default group; CloudFormation cannot empty it, and docs/deploy.md has the one command that does.",
    });
  }
}
