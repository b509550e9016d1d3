import type { Message } from "./message.ts";

/**
 * Chooses the next message of a standard queue, which promises no order: a random one among those of the tenant that has
 * fewest messages in flight. SQS calls a tenant (MessageGroupId) noisy only above statistical thresholds and then serves
 * quiet ones first, noisy ones by fewest in flight (SQS guide, sqs-fair-queues-detailed); here that order holds always.
 * A message without a group is a tenant of its own.
 */
export function chooseFairly(
  visible: readonly Message[],
  inFlight: ReadonlyMap<string, number>,
  random: () => number,
): Message | undefined {
  let fewest = Number.POSITIVE_INFINITY;
  let quietest: Message[] = [];
  for (const message of visible) {
    const busy = message.groupId === undefined ? 0 : (inFlight.get(message.groupId) ?? 0);
    if (busy < fewest) {
      fewest = busy;
      quietest = [];
    }
    if (busy === fewest) quietest.push(message);
  }
  return chooseTenant(quietest, random);
}

/** Among equally quiet tenants one is drawn first and its message second, so that a long backlog does not weigh more. */
function chooseTenant(messages: readonly Message[], random: () => number): Message | undefined {
  const tenants = new Map<string, Message[]>();
  for (const message of messages) {
    const tenant = message.groupId === undefined ? `message ${message.id}` : `group ${message.groupId}`;
    const own = tenants.get(tenant);
    if (own === undefined) tenants.set(tenant, [message]);
    else own.push(message);
  }
  const drawn = [...tenants.values()][Math.floor(random() * tenants.size)];
  return drawn?.[Math.floor(random() * drawn.length)];
}

/** Any visible message, as a queue behaves for messages that do not take part in fairness. */
export function chooseAny(visible: readonly Message[], random: () => number): Message | undefined {
  return visible[Math.floor(random() * visible.length)];
}
