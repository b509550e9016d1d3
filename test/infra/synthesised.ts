import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Context, readContext } from "../../infra/context.ts";
import { musterApp } from "../../infra/stacks/muster.ts";

const root = new URL("../../", import.meta.url).pathname;

/** The two contexts that the repository ships, as they stand in their files. */
export const contexts = {
  /** cdk.json's default: one cluster, a new VPC with a VPN, one schedule. */
  one: (JSON.parse(readFileSync(join(root, "cdk.json"), "utf8")) as { context: { muster: unknown } }).context.muster,
  /** Forty clusters over three networks. */
  forty: JSON.parse(readFileSync(join(root, "infra/examples/forty-clusters.json"), "utf8")) as unknown,
};

export interface Resource {
  readonly Type: string;
  // biome-ignore lint/suspicious/noExplicitAny: templates under test, looked at field by field in assertions
  readonly Properties: any;
}

export interface Found extends Resource {
  readonly stack: string;
  readonly id: string;
}

export interface Synthesised {
  readonly context: Context;
  readonly stacks: ReadonlyMap<
    string,
    { readonly Resources: Readonly<Record<string, Resource>>; readonly Outputs?: Readonly<Record<string, unknown>> }
  >;
  /** Every resource of one type, over all stacks. */
  all(type: string): readonly Found[];
  /** What a property points to: a resource of the same stack, or through an export of another one. */
  target(stack: string, pointer: unknown): Found;
  /** Files of the shared stack's function code, by function name. */
  readonly assembly: string;
}

/** Synthesises a context into a folder of its own. The rule packs run on the way: a finding throws. */
export function synthesise(value: unknown): Synthesised {
  const outdir = mkdtempSync(join(tmpdir(), "muster-cdk-"));
  process.once("exit", () => rmSync(outdir, { recursive: true, force: true }));
  const assembly = musterApp(value, { outdir }).synth();
  const stacks = new Map(assembly.stacks.map(({ stackName, template }) => [stackName, template]));
  const found = [...stacks].flatMap(([stack, { Resources }]) =>
    Object.entries(Resources as Record<string, Resource>).map(([id, resource]) => ({ ...resource, stack, id })),
  );
  function target(stack: string, pointer: unknown): Found {
    const { Ref, "Fn::GetAtt": attribute, "Fn::ImportValue": name } = pointer as Record<string, string | undefined>;
    if (name !== undefined) {
      for (const [exporter, { Outputs = {} }] of stacks) {
        for (const { Export, Value } of Object.values(Outputs) as { Export?: { Name: string }; Value: unknown }[]) {
          if (Export?.Name === name) return target(exporter, Value);
        }
      }
    }
    const id = Ref ?? attribute?.[0];
    const there = found.find((each) => each.stack === stack && each.id === id);
    if (there === undefined) throw new Error(`${stack}: ${JSON.stringify(pointer)} points nowhere`);
    return there;
  }
  return {
    ...{ context: readContext(value), stacks, assembly: outdir, target },
    all: (type) => found.filter(({ Type }) => Type === type),
  };
}
