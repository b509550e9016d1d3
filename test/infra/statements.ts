import type { Found, Synthesised } from "./synthesised.ts";

/** One statement of a policy, its values as lists of text. References are `<Name>`. */
export interface Statement {
  readonly effect: "Allow" | "Deny";
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  readonly principal: unknown;
  readonly conditions: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

const list = (value: unknown): readonly unknown[] =>
  Array.isArray(value) ? value : value === undefined ? [] : [value];

/** A template value as text. */
export function asText(value: unknown): string {
  if (typeof value !== "object" || value === null) return String(value);
  const { Ref, "Fn::GetAtt": attribute, "Fn::Join": join, "Fn::ImportValue": name } = value as Record<string, unknown>;
  if (Array.isArray(join)) return (join[1] as unknown[]).map(asText).join(String(join[0]));
  if (Array.isArray(attribute)) return `<${attribute.join(".")}>`;
  return `<${Ref ?? name ?? JSON.stringify(value)}>`;
}

export function statementsOf(document: { readonly Statement?: unknown } | undefined): readonly Statement[] {
  return list(document?.Statement).map((each) => {
    const { Effect, Action, Resource, Principal, Condition = {} } = each as Record<string, unknown>;
    return {
      effect: Effect as "Allow" | "Deny",
      actions: list(Action).map(String),
      resources: list(Resource).map(asText),
      principal: Principal,
      conditions: Condition as Statement["conditions"],
    };
  });
}

/** Everything that a function may do: the statements of all policies of its role. */
export function permissionsOf(cloud: Synthesised, functionName: string): readonly Statement[] {
  const owner = cloud.all("AWS::Lambda::Function").find(({ Properties }) => Properties.FunctionName === functionName);
  if (owner === undefined) throw new Error(`there is no function ${functionName}`);
  const role = cloud.target(owner.stack, owner.Properties.Role);
  const policies: readonly Found[] = role.Properties.ManagedPolicyArns.map((each: unknown) =>
    cloud.target(role.stack, each),
  );
  return policies.flatMap(({ Properties }) => statementsOf(Properties.PolicyDocument));
}

/** Whether the statements allow an action on a resource; `*` in a statement stands for anything (IAM guide). */
export function allows(statements: readonly Statement[], action: string, resource: string): boolean {
  return statements.some(
    ({ effect, actions, resources }) =>
      effect === "Allow" &&
      actions.some((each) => matches(each, action)) &&
      resources.some((each) => matches(each, resource)),
  );
}

function matches(pattern: string, text: string): boolean {
  const parts = pattern.split("*").map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${parts.join(".*")}$`).test(text);
}
