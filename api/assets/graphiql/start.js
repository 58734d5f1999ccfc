"use strict";
// Starts GraphiQL on the page's own server: it speaks to no other origin.
ReactDOM.createRoot(document.getElementById("graphiql")).render(
  React.createElement(GraphiQL, {
    fetcher: GraphiQL.createFetcher({ url: "/graphql" }),
    defaultQuery: document.getElementById("welcome").textContent,
    defaultEditorToolsVisibility: true,
  }),
);
