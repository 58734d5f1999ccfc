// Asks the server at the address given its whole schema, as tools do, and holds it against
// the reference implementation's own idea of a valid schema.
import { assertValidSchema, buildClientSchema, getIntrospectionQuery } from "graphql";

const options = {
  descriptions: true,
  specifiedByUrl: true,
  directiveIsRepeatable: true,
  schemaDescription: true,
  inputValueDeprecation: true,
};
const response = await fetch(process.argv[2], {
  method: "POST",
  headers: { "content-type": "application/json", accept: "application/graphql-response+json" },
  body: JSON.stringify({ query: getIntrospectionQuery(options) }),
});
const answer = await response.json();
if (response.status !== 200 || answer.errors) {
  throw new Error(`${response.status}: ${JSON.stringify(answer.errors)}`);
}
const schema = buildClientSchema(answer.data);
assertValidSchema(schema);
process.stdout.write(JSON.stringify({ query: schema.getQueryType().name }));
