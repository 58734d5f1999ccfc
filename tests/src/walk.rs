//! Lists read to their end.

use anyhow::{Context as _, ensure};
use serde_json::{Value, json};

use crate::fixtures::texts;
use crate::server::Server;

impl Server {
    /// All slugs of a list, read page by page from the beginning or from the end.
    pub async fn walk(
        &self,
        list: &str,
        filter: &str,
        order: &str,
        size: usize,
        forward: bool,
    ) -> anyhow::Result<Vec<String>> {
        let arguments = if forward {
            "first: $size, after: $at"
        } else {
            "last: $size, before: $at"
        };
        let query = format!(
            "query($size: Int, $at: String) {{ {list}(filter: {{{filter}}}, order: {order}, \
             {arguments}) {{ edges {{ cursor node {{ slug }} }} nodes {{ slug }} \
             pageInfo {{ hasNextPage hasPreviousPage startCursor endCursor }} }} }}"
        );
        let mut slugs: Vec<String> = Vec::new();
        let mut at = Value::Null;
        loop {
            let data = self
                .data_with(&query, json!({ "size": size, "at": at }))
                .await?;
            let list = &data[list];
            let page = texts(&list["nodes"], "slug")?;
            let edges = list["edges"].as_array().context("edges")?;
            let info = &list["pageInfo"];
            ensure!(page.len() <= size && slugs.len() < 100, "{list}");
            ensure!(page.len() == edges.len(), "{list}");
            ensure!(
                edges
                    .first()
                    .map(|edge| &edge["cursor"])
                    .unwrap_or(&Value::Null)
                    == &info["startCursor"],
                "{list}"
            );
            let (more, behind, next) = if forward {
                (
                    &info["hasNextPage"],
                    &info["hasPreviousPage"],
                    &info["endCursor"],
                )
            } else {
                (
                    &info["hasPreviousPage"],
                    &info["hasNextPage"],
                    &info["startCursor"],
                )
            };
            ensure!(*behind == !at.is_null(), "{list}");
            if forward {
                slugs.extend(page);
            } else {
                slugs.splice(0..0, page);
            }
            if *more != true {
                return Ok(slugs);
            }
            at = next.clone();
        }
    }
}
