//! The members of the demonstration, by office, and one fictional contact.

use entity::values::{
    BodyKind, ContactChannel, ContactVisibility, LawfulBasis, MemberKind, Publication,
};
use entity::{contact_point, mandate, mandate_delegation, member};
use sea_orm::Set;
use serde::Deserialize;

use super::SeedError;
use super::data::{insert, parse};
use super::writer::Writer;
use crate::change::Subject;

const FILE: &str = "members.toml";
const TEXT: &str = include_str!("../../data/demo/members.toml");

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Members {
    member: Vec<Member>,
    contact: Contact,
}

/// A member. There is no field for a name: none is shipped.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Member {
    slug: String,
    kind: MemberKind,
    commune: Option<String>,
    organization: Option<String>,
    mandate: Vec<Mandate>,
}

/// A mandate in a commune, a département, or else the body of this kind.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Mandate {
    commune: Option<String>,
    departement: Option<String>,
    body: Option<BodyKind>,
    office: String,
    #[serde(default)]
    delegations: Vec<Delegation>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Delegation {
    label: String,
    theme: Option<String>,
}

/// A fictional address, to which its fictional owner consented.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Contact {
    initiative: String,
    label: String,
    email: String,
    consent_wording: String,
}

impl Mandate {
    fn body_kind(&self) -> Result<BodyKind, SeedError> {
        match (&self.commune, &self.departement, self.body) {
            (Some(_), None, None) => Ok(BodyKind::Commune),
            (None, Some(_), None) => Ok(BodyKind::Departement),
            (None, None, Some(body)) => Ok(body),
            _ => Err(SeedError::Data {
                file: FILE,
                reason: format!("the mandate {} is not of one body", self.office),
            }),
        }
    }
}

/// Writes the members with their mandates and delegations, and the fictional contact.
pub async fn load(writer: &mut Writer<'_>) -> Result<(), SeedError> {
    let members: Members = parse(FILE, TEXT)?;
    let mut rows = Vec::new();
    let mut mandates = Vec::new();
    let mut delegations = Vec::new();
    for member in members.member {
        let organization = member.organization.as_deref();
        let id = writer.create(Subject::Member, &member.slug, Some(1));
        rows.push(member::ActiveModel {
            id: Set(id),
            slug: Set(member.slug),
            kind: Set(member.kind),
            display_name: Set(None),
            commune_insee: Set(member.commune),
            organization_id: Set(writer.optional_id(FILE, Subject::Organization, organization)?),
            publication: Set(Publication::Published),
            revision: Set(1),
            created_at: Set(writer.now),
            updated_at: Set(writer.now),
            published_at: Set(Some(writer.now)),
            ..Default::default()
        });
        for mandate in member.mandate {
            let mandate_id = writer.clock.new_id();
            mandates.push(mandate::ActiveModel {
                id: Set(mandate_id),
                member_id: Set(id),
                body_kind: Set(mandate.body_kind()?),
                commune_insee: Set(mandate.commune),
                intercommunality_siren: Set(None),
                departement_code: Set(mandate.departement),
                office: Set(mandate.office),
                starts_on: Set(None),
                ends_on: Set(None),
            });
            for delegation in mandate.delegations {
                let theme = delegation.theme.as_deref();
                delegations.push(mandate_delegation::ActiveModel {
                    id: Set(writer.clock.new_id()),
                    mandate_id: Set(mandate_id),
                    label: Set(delegation.label),
                    theme_id: Set(writer.optional_id(FILE, Subject::Theme, theme)?),
                });
            }
        }
    }
    insert(writer.transaction, rows).await?;
    insert(writer.transaction, mandates).await?;
    insert(writer.transaction, delegations).await?;
    insert(writer.transaction, [contact(writer, members.contact)?]).await
}

fn contact(writer: &Writer<'_>, contact: Contact) -> Result<contact_point::ActiveModel, SeedError> {
    let initiative = writer.id(FILE, Subject::Initiative, &contact.initiative)?;
    Ok(contact_point::ActiveModel {
        id: Set(writer.clock.new_id()),
        initiative_id: Set(Some(initiative)),
        channel: Set(ContactChannel::Email),
        value: Set(contact.email),
        label: Set(Some(contact.label)),
        visibility: Set(ContactVisibility::Public),
        basis: Set(Some(LawfulBasis::Consent)),
        consent_given_at: Set(Some(writer.now)),
        consent_wording: Set(Some(contact.consent_wording)),
        ..Default::default()
    })
}
