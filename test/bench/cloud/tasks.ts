import { expandTask } from "#test/support/build.ts";

export const targets = 10_000;

/** One expand task of a namespace with 10,000 containers. */
export const tenThousand = expandTask({
  entry: { cluster: "prod", namespaces: ["shop"] },
  options: { maxTargets: targets },
});

export const podNames = Array.from({ length: targets }, (_, index) => `web-5d8f7c9b4d-${index}`);

/** What makes up most of a real pod's bytes: who manages which of its fields. 5 KB, which nobody here reads. */
export const managedFields = Array.from({ length: 4 }, (_, manager) => ({
  ...{ apiVersion: "v1", fieldsType: "FieldsV1", manager: `manager-${manager}`, operation: "Update" },
  fieldsV1: Object.fromEntries(
    Array.from({ length: 24 }, (_, field) => [`f:field-${field}`, { "f:name": {}, "f:value": {}, "f:from": {} }]),
  ),
}));
