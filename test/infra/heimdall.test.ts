import { describe, expect, it } from "vitest";
import { outcomeKey } from "#contract/keys.ts";
import { readContext } from "../../infra/context.ts";
import { allows, permissionsOf } from "./statements.ts";
import { contexts, synthesise } from "./synthesised.ts";

const one = contexts.one as object;
const url = "https://heimdall.example";
const name = "muster-main-heimdall";

describe("a deployment that hands its reports to Heimdall", () => {
  const cloud = synthesise({ ...one, heimdall: { url, tags: ["prod"] } });
  const statements = permissionsOf(cloud, name);
  const evidence = (key: string) =>
    `arn:<AWS::Partition>:s3:::muster-main-evidence-<AWS::AccountId>-<AWS::Region>/${key}`;

  it("tells the function where the server is, and nothing secret", () => {
    const pusher = cloud.all("AWS::Lambda::Function").find(({ Properties }) => Properties.FunctionName === name);
    expect(pusher?.Properties.Environment.Variables).toMatchObject({
      ...{ HEIMDALL_URL: url, HEIMDALL_KEY: "muster-main/heimdall", HEIMDALL_PUBLIC: "false", HEIMDALL_TAGS: "prod" },
    });
    const secret = cloud
      .all("AWS::SecretsManager::Secret")
      .find(({ Properties }) => Properties.Name.endsWith("/heimdall"));
    expect(secret?.Properties).not.toHaveProperty("SecretString");
  });

  it("lets it read outcomes and reports, and write nothing", () => {
    expect(allows(statements, "s3:GetObject", evidence(outcomeKey("1".repeat(32), "2".repeat(32))))).toBe(true);
    expect(allows(statements, "s3:GetObject", evidence("scans/v1/x/hdf.json"))).toBe(true);
    const actions = statements.flatMap((statement) => statement.actions);
    expect(
      actions.filter((action) => /Put|Sign|Delete(?!Message)|Send/.test(action) && !action.startsWith("logs:")),
    ).toEqual([]);
  });

  it("is told of outcomes, and watched by alarms", () => {
    const rules = cloud.all("AWS::Events::Rule").map(({ Properties }) => JSON.stringify(Properties.EventPattern));
    expect(rules.filter((pattern) => pattern.includes("outcomes/*"))).toHaveLength(1);
    const alarms = cloud.all("AWS::CloudWatch::Alarm").map(({ Properties }) => Properties.AlarmName);
    expect(alarms).toContainEqual(expect.stringContaining("heimdall-dead"));
  });
});

it("is off by default", () => {
  const functions = synthesise(one).all("AWS::Lambda::Function");
  expect(functions.map(({ Properties }) => Properties.FunctionName)).not.toContain(name);
});

it.each([
  ["http://heimdall.example", "muster.heimdall.url: must be an https URL"],
  ["https://heimdall.example/", "muster.heimdall.url: must have no slash at its end"],
])("%s stops synthesis", (wrong, message) => {
  expect(() => readContext({ ...one, heimdall: { url: wrong } })).toThrow(message);
});
