//! What of a funding source is searched.

use entity::values::{FunderKind, FundingForm};
use sea_orm::{ConnectionTrait, DbErr};
use uuid::Uuid;

use super::{parts, store};
use crate::organizations;
use crate::search::{Document, Field, SearchKind};
use crate::text::plain;
use crate::viewer::Scope;

/// The documents of those of `ids` that `scope` may see.
///
/// # Errors
/// When the database cannot be read.
pub async fn documents(
    connection: &impl ConnectionTrait,
    scope: Scope,
    ids: &[Uuid],
) -> Result<Vec<Document>, DbErr> {
    let sources = store::by_ids(connection, scope, ids, parts::DETAILS).await?;
    let mut forms = store::forms(connection, ids).await?;
    let funders = sources
        .iter()
        .filter_map(|source| source.funder_organization_id);
    let funders = organizations::names(connection, scope, funders).await?;
    Ok(sources
        .into_iter()
        .map(|source| {
            let mut document = Document::new(SearchKind::FundingSource, source.id);
            document.add(Field::Title, Some(source.name));
            document.add(Field::Description, source.description.as_deref().map(plain));
            document.add(Field::Organization, source.funder_name);
            let funder_name = source
                .funder_organization_id
                .and_then(|id| funders.get(&id));
            document.add(Field::Organization, funder_name.map(String::as_str));
            document.add(Field::Kind, funder(source.funder_kind));
            for row in forms.remove(&source.id).unwrap_or_default() {
                document.add(Field::Kind, form(row.form));
            }
            document
        })
        .collect())
}

/// What people call a kind of funder.
fn funder(kind: FunderKind) -> Option<&'static str> {
    match kind {
        FunderKind::EuropeanUnion => Some("Union européenne"),
        FunderKind::State => Some("État"),
        FunderKind::Region => Some("Région"),
        FunderKind::Departement => Some("Département"),
        FunderKind::Intercommunality => Some("Intercommunalité (EPCI)"),
        FunderKind::Commune => Some("Commune"),
        FunderKind::PublicAgency => Some("Agence publique"),
        FunderKind::PrivateOperator => Some("Opérateur privé"),
        FunderKind::Foundation => Some("Fondation"),
        FunderKind::Bank => Some("Banque"),
        FunderKind::SolidarityInvestor => Some("Investisseur solidaire"),
        FunderKind::CrowdfundingPlatform => Some("Plateforme de financement participatif"),
        FunderKind::Other => None,
    }
}

/// What people call a form of support.
fn form(form: FundingForm) -> Option<&'static str> {
    match form {
        FundingForm::Grant => Some("Subvention"),
        FundingForm::Loan => Some("Prêt"),
        FundingForm::RepayableAdvance => Some("Avance remboursable"),
        FundingForm::Equity => Some("Fonds propres"),
        FundingForm::Guarantee => Some("Garantie"),
        FundingForm::InKind => Some("Aide en nature"),
        FundingForm::TechnicalEngineering => Some("Ingénierie technique"),
        FundingForm::FinancialEngineering => Some("Ingénierie financière"),
        FundingForm::LegalEngineering => Some("Ingénierie juridique"),
        FundingForm::Other => None,
    }
}
