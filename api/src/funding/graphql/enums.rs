//! Closed lists of values of funding.

use entity::values;

use crate::graphql_enum;

graphql_enum! {
    /// What a funder is.
    FunderKind of values::FunderKind, filter FunderKindFilter {
        /// The European Union.
        EuropeanUnion,
        /// The state.
        State,
        /// A région.
        Region,
        /// A département.
        Departement,
        /// An intercommunality.
        Intercommunality,
        /// A commune.
        Commune,
        /// A public agency.
        PublicAgency,
        /// A private operator.
        PrivateOperator,
        /// A foundation.
        Foundation,
        /// A bank.
        Bank,
        /// An investor of the solidarity economy.
        SolidarityInvestor,
        /// A platform on which many give or lend a little each.
        CrowdfundingPlatform,
        /// Something else.
        Other,
    }
}

graphql_enum! {
    /// A form of support.
    FundingForm of values::FundingForm, filter FundingFormFilter {
        /// Money given.
        Grant,
        /// Money lent.
        Loan,
        /// Money to be paid back if the project succeeds.
        RepayableAdvance,
        /// A share in the capital.
        Equity,
        /// A promise to pay in place of the borrower.
        Guarantee,
        /// Goods, rooms or working time.
        InKind,
        /// Help with the technical side of a project.
        TechnicalEngineering,
        /// Help with the financial side of a project.
        FinancialEngineering,
        /// Help with the legal side of a project.
        LegalEngineering,
        /// Something else.
        Other,
    }
}

graphql_enum! {
    /// To whom a source is open.
    FundingAudience of values::FundingAudience, filter FundingAudienceFilter {
        /// Communes.
        Commune,
        /// Intercommunalities.
        Intercommunality,
        /// Départements.
        Departement,
        /// Régions.
        Region,
        /// Collectivities overseas.
        OverseasCollectivity,
        /// Associations.
        Association,
        /// Private persons.
        PrivatePerson,
        /// Farmers.
        Farmer,
        /// Companies.
        Company,
        /// Local public companies.
        LocalPublicCompany,
        /// Public bodies.
        PublicBody,
        /// Researchers.
        Researcher,
    }
}

graphql_enum! {
    /// How often a source takes applications.
    Recurrence of values::Recurrence, filter RecurrenceFilter {
        /// At any time.
        Permanent,
        /// Once.
        OneOff,
        /// Again and again, in windows.
        Recurring,
    }
}

graphql_enum! {
    /// Under which rules on state aid a source gives.
    StateAidRegime of values::StateAidRegime, filter StateAidRegimeFilter {
        /// None that limits it.
        None,
        /// De minimis, Regulation (EU) 2023/2831.
        DeMinimis,
        /// De minimis for services of general economic interest, Regulation (EU) 2023/2832.
        DeMinimisSgei,
    }
}

graphql_enum! {
    /// How far the financing of an initiative by a source has come.
    FinancingStatus of values::FinancingStatus {
        /// Counted on; nothing is asked yet.
        Planned,
        /// Asked.
        Requested,
        /// Granted.
        Granted,
        /// Refused.
        Refused,
        /// Granted and paid.
        Paid,
    }
}

graphql_enum! {
    /// How wide the territory of a source is.
    FundingTerritoryKind of values::FundingTerritoryKind {
        /// The European Union.
        Europe,
        /// The whole of France.
        France,
        /// A région.
        Region,
        /// A département.
        Departement,
        /// An intercommunality.
        Intercommunality,
        /// A commune.
        Commune,
        /// Not known.
        Unspecified,
    }
}

graphql_enum! {
    /// What a rule says of a project.
    EligibilityOutcome of values::EligibilityOutcome {
        /// It may be funded.
        Eligible,
        /// It may be funded on conditions.
        Conditional,
        /// It may not be funded.
        Ineligible,
    }
}
