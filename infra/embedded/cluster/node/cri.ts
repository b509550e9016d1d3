import { join } from "node:path";
import { type Client, credentials, loadPackageDefinition, type ServiceError, status } from "@grpc/grpc-js";
import { loadSync } from "@grpc/proto-loader";
import type { ContainerStatus, CreateContainerRequest, ExecRequest, Image, PodSandboxConfig } from "./cri-messages.ts";

/** The calls of CRI v1 that a node needs. Ids are containerd's; every call rejects with an Error that has containerd's text. */
export interface Cri {
  readonly version: () => Promise<{ runtime_name: string; runtime_version: string }>;
  readonly runPodSandbox: (config: PodSandboxConfig) => Promise<string>;
  readonly stopPodSandbox: (id: string) => Promise<void>;
  readonly removePodSandbox: (id: string) => Promise<void>;
  readonly listPodSandboxes: () => Promise<readonly string[]>;
  readonly createContainer: (request: CreateContainerRequest) => Promise<string>;
  readonly startContainer: (id: string) => Promise<void>;
  readonly stopContainer: (id: string, timeoutSeconds: number) => Promise<void>;
  readonly removeContainer: (id: string) => Promise<void>;
  readonly containerStatus: (id: string) => Promise<ContainerStatus>;
  /** A single-use URL on loopback, good for one minute. */
  readonly exec: (request: ExecRequest) => Promise<string>;
  /** Undefined when the image is not on the node. */
  readonly imageStatus: (image: string) => Promise<Image | undefined>;
  readonly close: () => void;
}

const DEADLINE_MS = 120_000;
/** How long an end that fails is tried again. */
const INSIST_MS = 10_000;

/** Connects lazily to a containerd's CRI services on a Unix socket. */
export function connectCri(socket: string): Cri {
  const definition = loadSync(join(import.meta.dirname, "cri.proto"), {
    keepCase: true,
    longs: Number,
    enums: String,
    defaults: true,
  });
  const loaded = loadPackageDefinition(definition);
  const runtime = client(loaded, "RuntimeService", socket);
  const images = client(loaded, "ImageService", socket);
  return {
    version: () => call(runtime, "Version", {}),
    runPodSandbox: async (config) =>
      (await call<{ pod_sandbox_id: string }>(runtime, "RunPodSandbox", { config })).pod_sandbox_id,
    stopPodSandbox: (id) => insist(runtime, "StopPodSandbox", { pod_sandbox_id: id }),
    removePodSandbox: (id) => insist(runtime, "RemovePodSandbox", { pod_sandbox_id: id }),
    listPodSandboxes: async () =>
      (await call<{ items: { id: string }[] }>(runtime, "ListPodSandbox", {})).items.map((item) => item.id),
    createContainer: async (request) =>
      (await call<{ container_id: string }>(runtime, "CreateContainer", request)).container_id,
    startContainer: (id) => call(runtime, "StartContainer", { container_id: id }),
    stopContainer: (id, timeout) => insist(runtime, "StopContainer", { container_id: id, timeout }),
    removeContainer: (id) => insist(runtime, "RemoveContainer", { container_id: id }),
    containerStatus: async (id) =>
      (await call<{ status: ContainerStatus }>(runtime, "ContainerStatus", { container_id: id })).status,
    exec: async (request) => (await call<{ url: string }>(runtime, "Exec", request)).url,
    imageStatus: async (image) =>
      (await call<{ image: Image | null }>(images, "ImageStatus", { image: { image } })).image ?? undefined,
    close: () => {
      runtime.close();
      images.close();
    },
  };
}

function client(loaded: ReturnType<typeof loadPackageDefinition>, service: string, socket: string): Client {
  // proto-loader types its result as a nested bag; that these two names are service constructors stands in cri.proto.
  const runtimePackage = loaded.runtime as unknown as { v1: Record<string, new (...args: unknown[]) => Client> };
  const Service = runtimePackage.v1[service];
  if (Service === undefined) throw new Error(`cri.proto has no service ${service}`);
  // containerd's Go server refuses the default authority, which would be the socket's path.
  return new Service(`unix://${socket}`, credentials.createInsecure(), {
    "grpc.default_authority": "localhost",
    // The default is a second, which would be the longest part of a start.
    "grpc.initial_reconnect_backoff_ms": 20,
    "grpc.min_reconnect_backoff_ms": 20,
    "grpc.max_reconnect_backoff_ms": 100,
  });
}

function call<T>(target: Client, method: string, request: unknown): Promise<T> {
  return new Promise((resolve, reject) => {
    // grpc-js puts one function per rpc on the client at run time; its type does not know them.
    const invoke = (target as unknown as Record<string, (...args: unknown[]) => void>)[method];
    if (invoke === undefined) return reject(new Error(`cri.proto has no method ${method}`));
    invoke.call(target, request, { deadline: Date.now() + DEADLINE_MS }, (error: ServiceError | null, response: T) => {
      if (error) reject(new CriError(method, error.details, error.code));
      else resolve(response);
    });
  });
}

/** As a kubelet, for the calls that CRI calls idempotent: when a shim dies while it is asked (unknown to gRPC), it is asked again. */
async function insist(target: Client, method: string, request: unknown): Promise<void> {
  const deadline = Date.now() + INSIST_MS;
  for (;;) {
    try {
      return await call(target, method, request);
    } catch (error) {
      if (!(error instanceof CriError) || error.code !== status.UNKNOWN || Date.now() > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

/** A refusal by containerd. `details` is its own text, as a kubelet would pass it on; `code` is the gRPC status. */
export class CriError extends Error {
  readonly details: string;
  readonly code: number;
  constructor(method: string, details: string, code: number) {
    super(`CRI ${method}: ${details}`);
    this.name = "CriError";
    this.details = details;
    this.code = code;
  }
}
