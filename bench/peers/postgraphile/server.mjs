// PostGraphile as its authors advise for production, on as many processes as there are cores.
import cluster from "node:cluster";
import { createServer } from "node:http";
import process from "node:process";

import { postgraphile } from "postgraphile";
import { makePgService } from "postgraphile/adaptors/pg";
import { grafserv } from "postgraphile/grafserv/node";
import { PostGraphileAmberPreset } from "postgraphile/presets/amber";

const processes = Number(process.env.PROCESSES ?? 2);
const port = Number(process.env.PORT);

if (cluster.isPrimary) {
  let ready = 0;
  for (let number = 0; number < processes; number += 1) {
    cluster.fork().on("message", () => {
      ready += 1;
      if (ready === processes) console.log(`http://127.0.0.1:${port}`);
    });
  }
  cluster.on("exit", () => process.exit(1));
  process.on("SIGTERM", () => process.exit(0));
} else {
  const preset = {
    extends: [PostGraphileAmberPreset],
    pgServices: [
      makePgService({
        connectionString: process.env.DATABASE_URL,
        schemas: ["public"],
        poolConfig: { max: 8 },
      }),
    ],
    grafserv: { port, graphiql: false, websockets: false, graphqlPath: "/graphql" },
    grafast: { explain: false },
  };
  const server = createServer();
  const instance = postgraphile(preset).createServ(grafserv);
  await instance.addTo(server);
  server.listen(port, "127.0.0.1", () => process.send("ready"));
}
