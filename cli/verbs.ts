import type { Command } from "commander";

/** The verbs in the order of the help. Each is loaded when it is asked for: all of them together take most of a second. */
export const verbs: Readonly<Record<string, () => Promise<Command>>> = {
  demo: async () => (await import("./verbs/demo.ts")).demoCommand(),
  scan: async () => (await import("./verbs/scan.ts")).scanCommand(),
  sidecar: async () => (await import("./verbs/sidecar.ts")).sidecarCommand(),
  submit: async () => (await import("./verbs/submit.ts")).submitCommand(),
  cancel: async () => (await import("./verbs/cancel.ts")).cancelCommand(),
  worker: async () => (await import("./verbs/worker.ts")).workerCommand(),
  doctor: async () => (await import("./verbs/doctor.ts")).doctorCommand(),
  grant: async () => (await import("./verbs/grant.ts")).grantCommand(),
  sweep: async () => (await import("./verbs/sweep.ts")).sweepCommand(),
  profile: async () => (await import("./verbs/profile.ts")).profileCommand(),
  inputs: async () => (await import("./verbs/registered.ts")).registeredCommand("inputs"),
  waivers: async () => (await import("./verbs/registered.ts")).registeredCommand("waivers"),
  thresholds: async () => (await import("./verbs/registered.ts")).registeredCommand("thresholds"),
  key: async () => (await import("./verbs/key.ts")).keyCommand(),
  report: async () => (await import("./verbs/report.ts")).reportCommand(),
  cluster: async () => (await import("./verbs/cluster.ts")).clusterCommand(),
  aws: async () => (await import("./verbs/aws.ts")).awsCommand(),
};
