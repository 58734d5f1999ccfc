//! What of an organization is searched.

use entity::organization;
use entity::values::{LegalForm, SiaeKind, StructureKind};
use sea_orm::{ConnectionTrait, DbErr};
use uuid::Uuid;

use super::{parts, store};
use crate::search::{Document, Field, SearchKind};
use crate::territory::{commune_names, covers};
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
    let organizations: Vec<organization::Model> =
        store::by_ids(connection, scope, ids, parts::DETAILS)
            .await?
            .into_iter()
            .map(|row| row.organization)
            .collect();
    let places = store::communes(connection, scope, ids).await?;
    let codes = places.values().flatten().map(String::as_str);
    let communes = commune_names(connection, codes).await?;
    Ok(organizations
        .into_iter()
        .map(|organization| {
            let mut document = Document::new(SearchKind::Organization, organization.id);
            let labels = labels(&organization, scope);
            document.add(Field::Title, Some(organization.name));
            document.add(Field::Acronym, organization.acronym);
            document.add(
                Field::Description,
                organization.description.as_deref().map(plain),
            );
            document.add(Field::LegalForm, legal_form(organization.legal_form));
            for label in labels {
                document.add(Field::Kind, Some(label));
            }
            for code in places.get(&organization.id).into_iter().flatten() {
                document.add(Field::Commune, communes.get(code).map(String::as_str));
            }
            document
        })
        .collect())
}

/// What an organization is besides its legal form.
fn labels(
    organization: &organization::Model,
    scope: Scope,
) -> impl Iterator<Item = &'static str> + use<> {
    let is_esus = organization.esus_starts_on.is_some()
        && covers(
            organization.esus_starts_on,
            organization.esus_ends_on,
            scope.today,
        );
    [
        organization.siae_kind.map(siae_kind),
        organization.structure_kind.map(structure_kind),
        is_esus.then_some("Entreprise solidaire d'utilité sociale (ESUS)"),
    ]
    .into_iter()
    .flatten()
}

/// What people call a legal form.
fn legal_form(form: LegalForm) -> Option<&'static str> {
    match form {
        LegalForm::Association => Some("Association"),
        LegalForm::Cooperative => Some("Coopérative"),
        LegalForm::CooperativeScop => Some("Société coopérative et participative (SCOP)"),
        LegalForm::CooperativeScic => Some("Société coopérative d'intérêt collectif (SCIC)"),
        LegalForm::CooperativeCae => Some("Coopérative d'activité et d'emploi (CAE)"),
        LegalForm::Mutual => Some("Mutuelle"),
        LegalForm::Foundation => Some("Fondation"),
        LegalForm::EssCompany => {
            Some("Société commerciale de l'économie sociale et solidaire (ESS)")
        }
        LegalForm::Company => Some("Société"),
        LegalForm::Commune => Some("Commune"),
        LegalForm::Intercommunality => {
            Some("Établissement public de coopération intercommunale (EPCI)")
        }
        LegalForm::Departement => Some("Département"),
        LegalForm::Region => Some("Région"),
        LegalForm::State => Some("État"),
        LegalForm::OtherPublicBody => Some("Organisme public"),
        LegalForm::InformalGroup => Some("Collectif"),
        LegalForm::Unknown => None,
    }
}

/// What people call a kind of work-integration enterprise.
fn siae_kind(kind: SiaeKind) -> &'static str {
    match kind {
        SiaeKind::Ai => "Association intermédiaire (AI)",
        SiaeKind::Aci => "Atelier et chantier d'insertion (ACI)",
        SiaeKind::Ei => "Entreprise d'insertion (EI)",
        SiaeKind::Eiti => "Entreprise d'insertion par le travail indépendant (EITI)",
        SiaeKind::Etti => "Entreprise de travail temporaire d'insertion (ETTI)",
    }
}

/// What people call another structure for employment.
fn structure_kind(kind: StructureKind) -> &'static str {
    match kind {
        StructureKind::Ea => "Entreprise adaptée (EA)",
        StructureKind::Eatt => "Entreprise adaptée de travail temporaire (EATT)",
        StructureKind::Geiq => {
            "Groupement d'employeurs pour l'insertion et la qualification (GEIQ)"
        }
        StructureKind::Esat => "Établissement et service d'accompagnement par le travail (ESAT)",
        StructureKind::Opcs => "Organisme porteur de la clause sociale (OPCS)",
    }
}
