import assert from "node:assert";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { test } from "node:test";
import { emailAddresses } from "./client.js";

test("the client lists the users of the account", async (t) => {
  const zoom = spawn("offline-zoom", ["--json", "--port", "0", "--server-to-server"]);
  t.after(() => zoom.kill());
  const [line] = await once(createInterface({ input: zoom.stdout }), "line");
  assert.ok((await emailAddresses(JSON.parse(line).environment)).includes("dana@example.com"));
});
