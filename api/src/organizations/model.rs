//! What follows from the data of an organization: its family of the ESS, and whether an
//! approval is in force.

use chrono::NaiveDate;
use entity::organization;
use entity::values::LegalForm;

use crate::territory::covers;

/// A family of the ESS (loi 2014-856 du 31 juillet 2014, article 1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum EssFamily {
    Association,
    Cooperative,
    Mutual,
    Foundation,
    EssCompany,
}

impl EssFamily {
    /// All of them, in the order of declaration.
    pub const ALL: [Self; 5] = [
        Self::Association,
        Self::Cooperative,
        Self::Mutual,
        Self::Foundation,
        Self::EssCompany,
    ];

    /// The family of an organization of this legal form, if it is of the ESS by its form.
    pub fn of(legal_form: LegalForm) -> Option<Self> {
        match legal_form {
            LegalForm::Association => Some(Self::Association),
            LegalForm::Cooperative
            | LegalForm::CooperativeScop
            | LegalForm::CooperativeScic
            | LegalForm::CooperativeCae => Some(Self::Cooperative),
            LegalForm::Mutual => Some(Self::Mutual),
            LegalForm::Foundation => Some(Self::Foundation),
            LegalForm::EssCompany => Some(Self::EssCompany),
            LegalForm::Company
            | LegalForm::Commune
            | LegalForm::Intercommunality
            | LegalForm::Departement
            | LegalForm::Region
            | LegalForm::State
            | LegalForm::OtherPublicBody
            | LegalForm::InformalGroup
            | LegalForm::Unknown => None,
        }
    }

    /// The legal forms of the family.
    pub fn legal_forms(self) -> impl Iterator<Item = LegalForm> {
        LegalForm::ALL
            .iter()
            .copied()
            .filter(move |form| Self::of(*form) == Some(self))
    }
}

/// Whether the approval as a solidarity enterprise of social utility (ESUS) is in force on
/// `date`.
pub fn is_esus_on(row: &organization::Model, date: NaiveDate) -> bool {
    row.esus_starts_on.is_some() && covers(row.esus_starts_on, row.esus_ends_on, date)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_law_names_the_families_of_the_ess() {
        let family = EssFamily::of;
        assert_eq!(family(LegalForm::Association), Some(EssFamily::Association));
        assert_eq!(
            family(LegalForm::CooperativeScic),
            Some(EssFamily::Cooperative)
        );
        assert_eq!(family(LegalForm::EssCompany), Some(EssFamily::EssCompany));
        for none in [
            LegalForm::Company,
            LegalForm::Commune,
            LegalForm::OtherPublicBody,
            LegalForm::InformalGroup,
            LegalForm::Unknown,
        ] {
            assert_eq!(family(none), None, "{none:?}");
        }
    }

    #[test]
    fn a_legal_form_is_of_one_family_at_most() {
        let in_families: Vec<_> = EssFamily::ALL
            .into_iter()
            .flat_map(EssFamily::legal_forms)
            .collect();
        for form in LegalForm::ALL {
            let times = in_families.iter().filter(|other| *other == form).count();
            assert_eq!(
                times,
                usize::from(EssFamily::of(*form).is_some()),
                "{form:?}"
            );
        }
    }
}
