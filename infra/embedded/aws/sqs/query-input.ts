/** A call in the older AWS Query protocol, which programs before 2023 speak: a form instead of JSON. */
export interface QueryCall {
  readonly action: string;
  /** The request's members as the JSON protocol would have them. */
  readonly members: Readonly<Record<string, unknown>>;
}

/** Lists and maps of the SQS API, by their names in a form, where they stand flattened: `AttributeName.1`. */
const LISTS: Readonly<Record<string, string>> = {
  AttributeName: "AttributeNames",
  MessageAttributeName: "MessageAttributeNames",
  MessageSystemAttributeName: "MessageSystemAttributeNames",
  SendMessageBatchRequestEntry: "Entries",
  DeleteMessageBatchRequestEntry: "Entries",
  ChangeMessageVisibilityBatchRequestEntry: "Entries",
};
const MAPS: Readonly<Record<string, string>> = {
  Attribute: "Attributes",
  MessageAttribute: "MessageAttributes",
  MessageSystemAttribute: "MessageSystemAttributes",
  Tag: "tags",
};
const NUMBERS = new Set([
  "DelaySeconds",
  "MaxNumberOfMessages",
  "MaxNumberOfMessagesPerSecond",
  "MaxResults",
  "VisibilityTimeout",
  "WaitTimeSeconds",
]);

/** Reads a form (AWS Query protocol of SQS, version 2012-11-05). `undefined` without an `Action`. */
export function readQuery(form: string): QueryCall | undefined {
  const root: Tree = new Map();
  for (const [path, value] of new URLSearchParams(form)) plant(root, path.split("."), value);
  const action = root.get("Action");
  if (typeof action !== "string") return undefined;
  root.delete("Action");
  root.delete("Version");
  return { action, members: membersOf(root) };
}

type Tree = Map<string, string | Tree>;

function plant(tree: Tree, [name = "", ...deeper]: readonly string[], value: string): void {
  if (deeper.length === 0) {
    tree.set(name, value);
    return;
  }
  const below = tree.get(name);
  const branch: Tree = below instanceof Map ? below : new Map();
  tree.set(name, branch);
  plant(branch, deeper, value);
}

function membersOf(tree: Tree): Record<string, unknown> {
  const members: Record<string, unknown> = {};
  for (const [name, value] of tree) {
    const [list, map] = [LISTS[name], MAPS[name]];
    if (typeof value === "string") members[name] = NUMBERS.has(name) && /^-?\d+$/.test(value) ? Number(value) : value;
    else if (list !== undefined) members[list] = inOrder(value).map(plain);
    else if (map !== undefined) members[map] = Object.fromEntries(inOrder(value).map(pair));
    else members[name] = membersOf(value);
  }
  return members;
}

/** The items of a flattened list, which are numbered from 1. */
function inOrder(tree: Tree): readonly (string | Tree)[] {
  return [...tree].sort(([a], [b]) => Number(a) - Number(b)).map(([, value]) => value);
}

const plain = (value: string | Tree): unknown => (typeof value === "string" ? value : membersOf(value));

function pair(item: string | Tree): readonly [string, unknown] {
  if (typeof item === "string") return [item, ""];
  // A tag calls its name Key; everything else calls it Name.
  const name = item.get("Name") ?? item.get("Key");
  return [typeof name === "string" ? name : "", plain(item.get("Value") ?? "")];
}
