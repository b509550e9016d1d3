import { execFileSync } from "node:child_process";
import { globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";

/** CINC's gems have the names of Chef's; their `inspec/dist.rb` is another one. */
test.each(["cinc-auditor", "inspec"])(
  "the auditor of a distribution whose program is %s is named so in reports",
  (program) => {
    const [own = ""] = globSync("vendor/bundle/ruby/*/gems/inspec-core-*/lib/inspec/dist.rb");
    const library = mkdtempSync(join(tmpdir(), "muster-distribution-"));
    mkdirSync(join(library, "inspec"));
    writeFileSync(
      join(library, "inspec/dist.rb"),
      readFileSync(own, "utf8").replace('EXEC_NAME = "inspec"', `EXEC_NAME = "${program}"`),
    );
    const env = { ...process.env, RUBYLIB: library };
    const said = execFileSync("ruby", ["layers/auditor/main.rb"], { env, input: "", encoding: "utf8" });
    rmSync(library, { recursive: true });
    expect(JSON.parse(said).name).toBe(program === "inspec" ? "inspec-core" : program);
  },
);
