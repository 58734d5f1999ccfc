//! The steps of a content, asked as somebody who is signed in.

use anyhow::{Context as _, bail, ensure};
use serde_json::{Value, json};
use tests::Server;

/// A kind of content: its mutations begin with `prefix`, and its inputs with `inputs`.
#[derive(Clone, Copy)]
pub struct Kind {
    /// The name of the field that reads one.
    pub field: &'static str,
    /// The name of the type, without the ending of an input.
    pub inputs: &'static str,
    /// The field by which it is called, and which tests change.
    pub name: &'static str,
}

impl Kind {
    /// The whole answer of the mutation `step`.
    pub async fn ask(
        self,
        server: &Server,
        token: Option<&str>,
        step: &str,
        input: Value,
    ) -> anyhow::Result<Value> {
        let Self {
            field,
            inputs,
            name,
        } = self;
        let input_type = match step {
            "Create" | "Update" => format!("{inputs}{step}Input"),
            "Approve" | "Reject" | "AskForChanges" => "DecisionInput".to_owned(),
            "RestoreRevision" => "RestoreRevisionInput".to_owned(),
            _ => "RevisionInput".to_owned(),
        };
        let query = format!(
            "mutation ($input: {input_type}!) {{ done: {field}{step}(input: $input) {{
                errors {{ code field message }}
                content: {field} {{
                    id {name} review {{ publication latestRevision }}
                    viewerCanUpdate viewerCanSubmit viewerCanReview viewerCanArchive
                }}
            }} }}"
        );
        let variables = json!({ "input": input });
        let answer = match token {
            Some(token) => server.send_as(token, &query, variables).await?,
            None => server.send(&query, variables).await?,
        };
        Ok(answer.body)
    }

    /// The content after a step that must succeed.
    pub async fn done(
        self,
        server: &Server,
        token: &str,
        step: &str,
        input: Value,
    ) -> anyhow::Result<Value> {
        let mut answer = self.ask(server, Some(token), step, input).await?;
        let content = answer["data"]["done"]["content"].take();
        if content.is_null() {
            bail!("{step} answered {answer}");
        }
        Ok(content)
    }

    /// The code and the dotted field of each error of a step that must fail.
    pub async fn refused(
        self,
        server: &Server,
        token: &str,
        step: &str,
        input: Value,
    ) -> anyhow::Result<Vec<(String, String)>> {
        let answer = self.ask(server, Some(token), step, input).await?;
        let done = &answer["data"]["done"];
        ensure!(done["content"].is_null(), "{step} answered {answer}");
        let errors = done["errors"].as_array().context(answer.to_string())?;
        let mut told = Vec::new();
        for error in errors {
            let code = error["code"].as_str().context("a code")?.to_owned();
            let field: Vec<&str> = error["field"]
                .as_array()
                .context("a field")?
                .iter()
                .filter_map(Value::as_str)
                .collect();
            ensure!(
                error["message"]
                    .as_str()
                    .is_some_and(|text| text.ends_with('.')),
                "{error}"
            );
            told.push((code, field.join(".")));
        }
        told.sort();
        Ok(told)
    }

    /// Fails unless a step is refused for these reasons, in alphabetical order.
    pub async fn expect_refused(
        self,
        server: &Server,
        token: &str,
        step: &str,
        input: Value,
        expected: &[(&str, &str)],
    ) -> anyhow::Result<()> {
        let told = self.refused(server, token, step, input.clone()).await?;
        let told: Vec<(&str, &str)> = told
            .iter()
            .map(|(code, field)| (code.as_str(), field.as_str()))
            .collect();
        ensure!(told == expected, "{step} of {input} answered {told:?}");
        Ok(())
    }

    /// What anybody reads of the content of this identifier.
    pub async fn public(
        self,
        server: &Server,
        id: &Value,
        selection: &str,
    ) -> anyhow::Result<Value> {
        let query = format!(
            "query ($id: ID!) {{ found: {}(id: $id) {{ {selection} }} }}",
            self.field
        );
        let mut data = server.data_with(&query, json!({ "id": id })).await?;
        Ok(data["found"].take())
    }

    /// Creates a content as `author` and has `reviewer` publish it; answers its identifier.
    pub async fn published(
        self,
        server: &Server,
        author: &str,
        reviewer: &str,
        input: Value,
    ) -> anyhow::Result<Value> {
        let id = self.done(server, author, "Create", input).await?["id"].take();
        let read = json!({ "id": id, "expectedRevision": 1 });
        self.done(server, author, "Submit", read.clone()).await?;
        self.done(server, reviewer, "Approve", read).await?;
        Ok(id)
    }

    /// From the draft to the public, an update that waits and one that is out of date: what
    /// holds of every kind. `author` keeps it, `other` does not, `reviewer` reviews.
    pub async fn whole_life(
        self,
        server: &Server,
        [author, other, reviewer]: [&str; 3],
        create: Value,
    ) -> anyhow::Result<()> {
        let name = self.name;
        let nobody = self.ask(server, None, "Create", create.clone()).await?;
        let code = &nobody["errors"][0]["extensions"]["code"];
        ensure!(code == "UNAUTHENTICATED", "{nobody}");

        let mut keyed = create.clone();
        keyed["idempotencyKey"] = json!("once");
        let draft = self.done(server, author, "Create", keyed.clone()).await?;
        ensure!(draft["review"] == json!({ "publication": "DRAFT", "latestRevision": 1 }));
        ensure!(draft["viewerCanUpdate"] == true && draft["viewerCanSubmit"] == true);
        ensure!(draft["viewerCanArchive"] == false, "{draft}");
        let again = self.done(server, author, "Create", keyed.clone()).await?;
        ensure!(again["id"] == draft["id"], "created twice: {again}");
        keyed[name] = json!("Un autre nom");
        let reused = [("KEY_REUSED", "idempotencyKey")];
        self.expect_refused(server, author, "Create", keyed, &reused)
            .await?;

        let id = &draft["id"];
        ensure!(
            self.public(server, id, "id").await?.is_null(),
            "a draft is public"
        );
        let read = |revision: i32| json!({ "id": id, "expectedRevision": revision });
        let unknown = [("NOT_FOUND", "id")];
        self.expect_refused(server, other, "Submit", read(1), &unknown)
            .await?;
        let submitted = self.done(server, author, "Submit", read(1)).await?;
        ensure!(
            submitted["review"]["publication"] == "SUBMITTED",
            "{submitted}"
        );
        let seen = self.done(server, reviewer, "Approve", read(1)).await?;
        ensure!(seen["review"]["publication"] == "PUBLISHED", "{seen}");
        ensure!(seen["viewerCanArchive"] == true, "{seen}");
        let public = self
            .public(server, id, &format!("{name} review {{ publication }}"))
            .await?;
        ensure!(
            public == json!({ name: create[name], "review": null }),
            "{public}"
        );

        let mut change = read(1);
        change[name] = json!("Le nouveau nom");
        let pending = self.done(server, author, "Update", change.clone()).await?;
        ensure!(pending["review"]["latestRevision"] == 2, "{pending}");
        let public = self.public(server, id, name).await?;
        ensure!(public[name] == create[name], "pending and public: {public}");
        let stale = [("CONFLICT", "expectedRevision")];
        self.expect_refused(server, author, "Update", change.clone(), &stale)
            .await?;
        let forbidden = self.ask(server, Some(other), "Update", change).await?;
        let code = &forbidden["errors"][0]["extensions"]["code"];
        ensure!(code == "FORBIDDEN", "{forbidden}");
        self.done(server, reviewer, "Approve", read(2)).await?;
        let public = self.public(server, id, name).await?;
        ensure!(public[name] == "Le nouveau nom", "{public}");
        self.done(server, author, "Archive", read(2)).await?;
        ensure!(
            self.public(server, id, "id").await?.is_null(),
            "archived and public"
        );
        self.done(server, author, "Restore", read(2)).await?;
        ensure!(
            !self.public(server, id, "id").await?.is_null(),
            "restored and not public"
        );
        Ok(())
    }
}
