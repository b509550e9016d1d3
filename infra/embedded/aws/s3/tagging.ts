import type { Operation } from "./call.ts";
import { findVersion } from "./get-object.ts";
import { element, xmlDocument } from "./xml.ts";

/** GetObjectTagging, for the tags that came with the upload's `x-amz-tagging` header. */
export const getObjectTagging: Operation = async (call) => {
  const { tagging } = await findVersion(call);
  const tags = [...new URLSearchParams(tagging)].map(
    ([key, value]) => `<Tag>${element("Key", key)}${element("Value", value)}</Tag>`,
  );
  return {
    statusCode: 200,
    headers: { "content-type": "application/xml" },
    body: xmlDocument(`<Tagging><TagSet>${tags.join("")}</TagSet></Tagging>`),
  };
};
