import { Document, isMap, isSeq, visit } from "yaml";
import type { Granted } from "./grant.ts";

/** A grant as YAML for `kubectl apply -f -`: a document an object, each with its reason as a comment. */
export function grantAsYaml(granted: readonly Granted[], heading: readonly string[]): string {
  const documents = granted.map(({ why, object }) => {
    const document = new Document(object, { aliasDuplicateObjects: false });
    visit(document, {
      // Short lists of words read best on one line.
      Seq(_key, node) {
        if (node.items.every((item) => !isMap(item) && !isSeq(item))) node.flow = true;
      },
    });
    const text = document.toString({ lineWidth: 120, flowCollectionPadding: false });
    return `${why === "" ? "" : comment(why.split("\n"))}${text}`;
  });
  return `${comment(heading)}\n${documents.join("---\n")}`;
}

const comment = (lines: readonly string[]) => lines.map((line) => `${`# ${line}`.trimEnd()}\n`).join("");
