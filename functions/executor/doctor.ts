import type { Connection } from "#cluster/connection.ts";
import { type Diagnosis, examine } from "#cluster/doctor/doctor.ts";
import type { Task } from "#contract/task.ts";

/** Walks from here towards what a task looks at, hop by hop. */
export type Doctor = (task: Task) => Promise<Diagnosis>;

export interface DoctorPorts {
  readonly connect: (cluster: string) => Promise<Connection>;
  readonly now: () => Date;
}

/** The doctor of `muster doctor`, up to the rights that a task needs: without an exec, so that it leaves no trace. */
export function executorsDoctor({ connect, now }: DoctorPorts): Doctor {
  return sparing(async (task) => {
    const { cluster, ...where } = placeOf(task);
    return examine(await connect(cluster), { ...where, now: () => now().getTime() });
  }, now);
}

const goodForMs = 60_000;

/** Looks once a minute at each place: ten thousand tasks that fail alike need one walk, and not as many. */
export function sparing(doctor: Doctor, now: () => Date): Doctor {
  const looks = new Map<string, { readonly at: number; readonly diagnosis: Promise<Diagnosis> }>();
  return (task) => {
    const { cluster, namespace = "" } = placeOf(task);
    const place = `${cluster}/${namespace}`;
    const known = looks.get(place);
    const at = now().getTime();
    if (known !== undefined && at - known.at < goodForMs) return known.diagnosis;
    const diagnosis = doctor(task);
    looks.set(place, { at, diagnosis });
    diagnosis.catch(() => looks.delete(place)); // a passing fault must not stick
    return diagnosis;
  };
}

function placeOf(task: Task) {
  if (task.kind === "scan") {
    const { cluster, namespace, pod } = task.target;
    return { cluster, namespace, pod };
  }
  const { cluster, namespaces = [], pods = [] } = task.entry;
  return { cluster, namespace: namespaces[0], pod: pods[0] };
}
