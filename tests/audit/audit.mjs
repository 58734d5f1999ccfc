// Runs the audit suite of the GraphQL-over-HTTP specification against the server at the
// address given, and writes one JSON array of {name, status, reason}.
import { serverAudits } from "graphql-http";

const results = [];
for (const audit of serverAudits({ url: process.argv[2] })) {
  const result = await audit.fn();
  results.push({ name: audit.name, status: result.status, reason: result.reason ?? null });
}
process.stdout.write(JSON.stringify(results));
