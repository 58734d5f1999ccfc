//! Closed lists of values of organizations.

use entity::values;

use crate::graphql_enum;
use crate::organizations::model;

graphql_enum! {
    /// The legal form of an organization.
    LegalForm of values::LegalForm, filter LegalFormFilter {
        /// Association (loi de 1901, or the local law of Alsace-Moselle).
        Association,
        /// A cooperative of another kind than those below.
        Cooperative,
        /// Société coopérative de production.
        CooperativeScop,
        /// Société coopérative d'intérêt collectif.
        CooperativeScic,
        /// Coopérative d'activité et d'emploi.
        CooperativeCae,
        /// Mutual, or mutual insurance company.
        Mutual,
        /// Foundation, or endowment fund.
        Foundation,
        /// Commercial company of the social and solidarity economy.
        EssCompany,
        /// Another company.
        Company,
        /// Commune, or one of its bodies.
        Commune,
        /// Intercommunality.
        Intercommunality,
        /// Département.
        Departement,
        /// Région.
        Region,
        /// State.
        State,
        /// Another public body.
        OtherPublicBody,
        /// A group of people without a legal form.
        InformalGroup,
        /// Not known.
        Unknown,
    }
}

graphql_enum! {
    /// A family of the social and solidarity economy (loi 2014-856, article 1).
    EssFamily of model::EssFamily, filter EssFamilyFilter {
        /// Associations.
        Association,
        /// Cooperatives.
        Cooperative,
        /// Mutuals and mutual insurance companies.
        Mutual,
        /// Foundations.
        Foundation,
        /// Commercial companies of the social and solidarity economy.
        EssCompany,
    }
}

graphql_enum! {
    /// A kind of work-integration enterprise (structure de l'insertion par l'activité
    /// économique; code du travail, L5132-4).
    SiaeKind of values::SiaeKind, filter SiaeKindFilter {
        /// Association intermédiaire.
        Ai,
        /// Atelier ou chantier d'insertion.
        Aci,
        /// Entreprise d'insertion.
        Ei,
        /// Entreprise d'insertion par le travail indépendant.
        Eiti,
        /// Entreprise de travail temporaire d'insertion.
        Etti,
    }
}

graphql_enum! {
    /// A kind of structure for employment that is not a work-integration enterprise of the
    /// code du travail, L5132-4.
    StructureKind of values::StructureKind, filter StructureKindFilter {
        /// Entreprise adaptée.
        Ea,
        /// Entreprise adaptée de travail temporaire.
        Eatt,
        /// Groupement d'employeurs pour l'insertion et la qualification.
        Geiq,
        /// Établissement ou service d'accompagnement par le travail.
        Esat,
        /// Organisme porteur de la clause sociale.
        Opcs,
    }
}
