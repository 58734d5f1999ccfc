//! The members of the demonstration, by office, and one fictional contact.

use entity::contact_point;
use entity::values::{BodyKind, ContactChannel, ContactVisibility, LawfulBasis, MemberKind};
use sea_orm::Set;
use serde::Deserialize;

use super::SeedError;
use super::data::{insert, parse};
use super::writer::Writer;
use crate::change::Subject;
use crate::id::OrganizationRef;
use crate::members::{self, MemberContent};

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
    let mut items = Vec::new();
    for member in members.member {
        let id = writer.create(Subject::Member, &member.slug, Some(1));
        let organization = member.organization.as_deref();
        let organization = writer.optional_id(FILE, Subject::Organization, organization)?;
        let mandates = member.mandate.into_iter().map(mandate);
        let content = MemberContent {
            kind: member.kind,
            display_name: None,
            commune: member.commune,
            organization: organization.map(OrganizationRef),
            mandates: mandates.collect::<Result<_, SeedError>>()?,
        };
        items.push((id, member.slug, content));
    }
    writer.publish(FILE, items).await?;
    insert(writer.transaction, [contact(writer, members.contact)?]).await
}

fn mandate(mandate: Mandate) -> Result<members::Mandate, SeedError> {
    let delegations = mandate.delegations.iter();
    Ok(members::Mandate {
        id: None,
        body: members::Body {
            kind: mandate.body_kind()?,
            code: mandate.commune.clone().or(mandate.departement.clone()),
        },
        office: mandate.office.clone(),
        delegations: delegations
            .map(|one| members::Delegation {
                label: one.label.clone(),
                theme: one.theme.clone(),
            })
            .collect(),
        starts_on: None,
        ends_on: None,
    })
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
