//! The report of an import as a CSV file, as the command line writes it.

use entity::import_row;
use sea_orm::{DatabaseConnection, DbErr};
use serde::Deserialize;
use uuid::Uuid;

use super::policy::REPORT;
use super::store;
use crate::app::App;
use crate::i18n::Language;
use crate::import::{Code, REPORT_COLUMNS};
use crate::permission::{Relation, allows};
use crate::viewer::Scope;

/// Rows read at once.
const BATCH: u64 = 500;

/// One finding, as it is kept.
#[derive(Clone, Debug, Deserialize)]
pub struct Kept {
    pub code: String,
    pub column: String,
    pub value: String,
    #[serde(default)]
    pub kept: Option<String>,
}

impl Kept {
    /// The findings of a row.
    pub fn of(row: &import_row::Model) -> Vec<Self> {
        serde_json::from_value(row.findings.clone()).unwrap_or_default()
    }

    /// What was found, unless a later release wrote it.
    pub fn code(&self) -> Option<Code> {
        Code::ALL
            .iter()
            .copied()
            .find(|code| code.as_str() == self.code)
    }
}

/// The sentence that tells a finding.
pub fn message(code: Code, language: Language) -> String {
    let key = code.as_str().to_ascii_lowercase().replace('_', "-");
    language.message(&format!("import-finding-{key}"), &[])
}

/// The report of one import, read part by part.
pub struct Report {
    database: DatabaseConnection,
    scope: Scope,
    import: Uuid,
    language: Language,
    /// The number of the last row that was told; nothing before the first line.
    told: Option<i64>,
}

/// The report of an import, if `scope` may see it.
///
/// # Errors
/// When the database cannot be read.
pub async fn report(
    app: &App,
    scope: Scope,
    import: Uuid,
    language: Language,
) -> Result<Option<Report>, DbErr> {
    if !allows(scope.viewer, &REPORT, Relation::Other) {
        return Ok(None);
    }
    let found = store::find(&app.database, scope, import).await?;
    Ok(found.map(|_| Report {
        database: app.database.clone(),
        scope,
        import,
        language,
        told: None,
    }))
}

impl Report {
    /// The next lines; nothing at the end.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn next(&mut self) -> Result<Option<Vec<u8>>, DbErr> {
        let after = self.told.unwrap_or_default();
        let rows = store::rows_after(&self.database, self.scope, self.import, after, BATCH).await?;
        let is_first = self.told.is_none();
        // French Excel reads UTF-8 by its mark, and cells between semicolons.
        let start = if is_first { MARK.to_vec() } else { Vec::new() };
        let mut writer = csv::WriterBuilder::new().delimiter(b';').from_writer(start);
        let word = |name: &str| self.language.message(&format!("import-report-{name}"), &[]);
        if is_first {
            write(&mut writer, REPORT_COLUMNS.map(word))?;
        }
        self.told = Some(rows.last().map_or(after, |row| row.number));
        for row in &rows {
            let outcome = word(&row.outcome.as_str().to_ascii_lowercase());
            let line = row.line.to_string();
            let told = [&line, &word("row"), &outcome, "", &row.external_id, "", ""];
            write(&mut writer, told.map(plain))?;
            for finding in Kept::of(row) {
                let Some(code) = finding.code() else {
                    continue;
                };
                let message = message(code, self.language);
                let gravity = word(&code.gravity().as_str().replace(' ', "-"));
                let told = [
                    &line,
                    &gravity,
                    code.as_str(),
                    &finding.column,
                    &finding.value,
                    finding.kept.as_deref().unwrap_or_default(),
                    &message,
                ];
                write(&mut writer, told.map(plain))?;
            }
        }
        if rows.is_empty() && !is_first {
            return Ok(None);
        }
        let bytes = writer.into_inner();
        bytes
            .map(Some)
            .map_err(|error| DbErr::Custom(error.to_string()))
    }
}

fn write(writer: &mut csv::Writer<Vec<u8>>, record: [String; 7]) -> Result<(), DbErr> {
    writer
        .write_record(record)
        .map_err(|error| DbErr::Custom(error.to_string()))
}

/// The mark by which spreadsheets know UTF-8.
pub const MARK: &[u8] = b"\xEF\xBB\xBF";

/// A text that no spreadsheet takes for a formula.
pub fn plain(text: &str) -> String {
    if text
        .trim_start()
        .starts_with(['=', '+', '-', '@', '\t', '\r'])
    {
        format!("'{text}")
    } else {
        text.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_finding_has_a_sentence_in_both_languages() {
        for code in Code::ALL {
            for language in [Language::French, Language::English] {
                let told = message(*code, language);
                assert!(told.ends_with('.'), "{code:?}: {told}");
            }
        }
    }

    #[test]
    fn no_text_is_a_formula() {
        assert_eq!(plain("=HYPERLINK(\"x\")"), "'=HYPERLINK(\"x\")");
        assert_eq!(plain("Épicerie"), "Épicerie");
    }
}
