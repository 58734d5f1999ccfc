//! Rows sent to PostgreSQL in bulk.

use std::fmt::{Display, Write as _};

use bytes::Bytes;
use futures::SinkExt as _;
use tokio_postgres::Client;

/// Rows of one table, in the text format of COPY.
pub struct Rows {
    statement: String,
    text: String,
    first: bool,
}

impl Rows {
    /// No rows yet, of these columns.
    pub fn of(table: &str, columns: &str) -> Self {
        Self {
            statement: format!("copy {table} ({columns}) from stdin"),
            text: String::new(),
            first: true,
        }
    }

    fn begin(&mut self) {
        if !self.first {
            self.text.push('\t');
        }
        self.first = false;
    }

    /// A value that needs no escape: a number, a date, an identifier.
    pub fn plain(&mut self, value: impl Display) -> &mut Self {
        self.begin();
        // Writing to a string cannot fail.
        let _ = write!(self.text, "{value}");
        self
    }

    /// A text.
    pub fn text(&mut self, value: &str) -> &mut Self {
        self.begin();
        for character in value.chars() {
            match character {
                '\\' => self.text.push_str("\\\\"),
                '\t' => self.text.push_str("\\t"),
                '\n' => self.text.push_str("\\n"),
                '\r' => self.text.push_str("\\r"),
                other => self.text.push(other),
            }
        }
        self
    }

    /// A value that may be missing.
    pub fn optional(&mut self, value: Option<impl Display>) -> &mut Self {
        match value {
            Some(value) => self.plain(value),
            None => self.plain("\\N"),
        }
    }

    /// Ends the row.
    pub fn end(&mut self) {
        self.text.push('\n');
        self.first = true;
    }

    /// Sends the rows and forgets them.
    ///
    /// # Errors
    /// When the database refuses one.
    pub async fn send(&mut self, client: &Client) -> anyhow::Result<()> {
        if self.text.is_empty() {
            return Ok(());
        }
        let sink = client.copy_in::<_, Bytes>(&self.statement).await?;
        futures::pin_mut!(sink);
        sink.send(Bytes::from(std::mem::take(&mut self.text)))
            .await?;
        sink.close().await?;
        Ok(())
    }
}
