import {
  GatewayVpcEndpoint,
  GatewayVpcEndpointAwsService,
  InterfaceVpcEndpoint,
  InterfaceVpcEndpointAwsService,
  type ISecurityGroup,
  type ISubnet,
  type IVpc,
} from "aws-cdk-lib/aws-ec2";
import { AnyPrincipal, PolicyStatement } from "aws-cdk-lib/aws-iam";
import { Construct } from "constructs";

/** What may pass an endpoint: these actions on these resources, whoever asks. */
export interface Passage {
  readonly actions: readonly string[];
  readonly resources: readonly string[];
}

export interface EndpointsProps {
  readonly vpc: IVpc;
  readonly subnets: readonly ISubnet[];
  readonly group: ISecurityGroup;
  readonly s3: Passage;
  readonly sqs: Passage;
  readonly secretsManager: Passage;
  readonly kms: Passage;
}

/**
 * The executor's way to AWS without an internet: a gateway for S3, interfaces for the rest. Lambda's own work (image, logs,
 * polling of queues) and the signing of EKS tokens need none.
 */
export class Endpoints extends Construct {
  constructor(scope: Construct, id: string, props: EndpointsProps) {
    super(scope, id);
    const { vpc, subnets, group } = props;
    const s3 = new GatewayVpcEndpoint(this, "S3", {
      ...{ vpc, service: GatewayVpcEndpointAwsService.S3, subnets: [{ subnets: [...subnets] }] },
    });
    s3.addToPolicy(statementOf(props.s3));
    const services = {
      Sqs: { service: InterfaceVpcEndpointAwsService.SQS, passage: props.sqs },
      SecretsManager: { service: InterfaceVpcEndpointAwsService.SECRETS_MANAGER, passage: props.secretsManager },
      Kms: { service: InterfaceVpcEndpointAwsService.KMS, passage: props.kms },
    };
    for (const [name, { service, passage }] of Object.entries(services)) {
      const endpoint = new InterfaceVpcEndpoint(this, name, {
        ...{ vpc, service, subnets: { subnets: [...subnets] }, securityGroups: [group], open: false },
      });
      endpoint.addToPolicy(statementOf(passage));
    }
  }
}

const statementOf = ({ actions, resources }: Passage) =>
  new PolicyStatement({ principals: [new AnyPrincipal()], actions: [...actions], resources: [...resources] });
