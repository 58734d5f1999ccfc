//! The closed lists of values that columns hold, as text in the database.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// Declares an enumeration stored, and written in imports and snapshots, as text.
macro_rules! stored_as_text {
    ($($(#[$meta:meta])* $name:ident { $($variant:ident = $text:literal,)+ })+) => {$(
        $(#[$meta])*
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord,
            EnumIter, DeriveActiveEnum, Serialize, Deserialize,
        )]
        #[sea_orm(rs_type = "String", db_type = "Text")]
        pub enum $name {
            $(
                #[sea_orm(string_value = $text)]
                #[serde(rename = $text)]
                $variant,
            )+
        }

        /// The first value: what a row holds of which the value was not read.
        impl Default for $name {
            fn default() -> Self {
                let [first, ..] = [$(Self::$variant),+];
                first
            }
        }

        impl $name {
            /// All values, in the order of declaration.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// The text stored for this value.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $text,)+
                }
            }

            /// The value stored as `text`.
            pub fn parse(text: &str) -> Option<Self> {
                match text {
                    $($text => Some(Self::$variant),)+
                    _ => None,
                }
            }
        }
    )+};
}

stored_as_text! {
    /// The legal kind of an intercommunality.
    IntercommunalityKind {
        Ept = "EPT",
        Ca = "CA",
        Cc = "CC",
        Cu = "CU",
        Metropole = "METROPOLE",
    }
    /// Who holds the competence for the ESS in a commune.
    CompetenceHolder {
        Commune = "COMMUNE",
        Intercommunality = "INTERCOMMUNALITY",
    }
    /// A mode of public transport.
    TransportMode {
        Metro = "METRO",
        Rer = "RER",
        Train = "TRAIN",
        Tram = "TRAM",
        Val = "VAL",
        Cable = "CABLE",
        Bus = "BUS",
    }
    /// Whether a line runs already.
    LineStatus {
        InService = "IN_SERVICE",
        Planned = "PLANNED",
    }
    /// The legal form of an organization.
    LegalForm {
        Association = "ASSOCIATION",
        Cooperative = "COOPERATIVE",
        CooperativeScop = "COOPERATIVE_SCOP",
        CooperativeScic = "COOPERATIVE_SCIC",
        CooperativeCae = "COOPERATIVE_CAE",
        Mutual = "MUTUAL",
        Foundation = "FOUNDATION",
        EssCompany = "ESS_COMPANY",
        Company = "COMPANY",
        Commune = "COMMUNE",
        Intercommunality = "INTERCOMMUNALITY",
        Departement = "DEPARTEMENT",
        Region = "REGION",
        State = "STATE",
        OtherPublicBody = "OTHER_PUBLIC_BODY",
        InformalGroup = "INFORMAL_GROUP",
        Unknown = "UNKNOWN",
    }
    /// A kind of work-integration enterprise (code du travail, L5132-4).
    SiaeKind {
        Ai = "AI",
        Aci = "ACI",
        Ei = "EI",
        Eiti = "EITI",
        Etti = "ETTI",
    }
    /// A kind of structure close to work integration that is not a SIAE.
    StructureKind {
        Ea = "EA",
        Eatt = "EATT",
        Geiq = "GEIQ",
        Esat = "ESAT",
        Opcs = "OPCS",
    }
    /// Where a content stands between its draft and the public.
    Publication {
        Draft = "DRAFT",
        Submitted = "SUBMITTED",
        Published = "PUBLISHED",
        Rejected = "REJECTED",
        Archived = "ARCHIVED",
    }
    /// Whether a wheelchair can enter.
    WheelchairAccess {
        Yes = "YES",
        Limited = "LIMITED",
        No = "NO",
    }
    /// How precisely a place is known.
    LocationPrecision {
        Exact = "EXACT",
        Street = "STREET",
        Commune = "COMMUNE",
    }
    /// How far an initiative reaches.
    Scope {
        Local = "LOCAL",
        Departmental = "DEPARTMENTAL",
        Regional = "REGIONAL",
        National = "NATIONAL",
    }
    /// How far an initiative has come.
    Stage {
        Idea = "IDEA",
        Preparation = "PREPARATION",
        Running = "RUNNING",
        Paused = "PAUSED",
        Completed = "COMPLETED",
        Abandoned = "ABANDONED",
    }
    /// What became of a revision.
    RevisionState {
        Draft = "DRAFT",
        Pending = "PENDING",
        Approved = "APPROVED",
        ChangesAsked = "CHANGES_ASKED",
        Rejected = "REJECTED",
        Superseded = "SUPERSEDED",
    }
    /// What an initiative looks for.
    Need {
        Funding = "FUNDING",
        Premises = "PREMISES",
        Advice = "ADVICE",
        Partners = "PARTNERS",
        Volunteers = "VOLUNTEERS",
        Visibility = "VISIBILITY",
    }
    /// What an organization does for an initiative.
    PartnerRole {
        Carries = "CARRIES",
        Runs = "RUNS",
        Supports = "SUPPORTS",
        Hosts = "HOSTS",
        Funds = "FUNDS",
    }
    /// What a lesson is about.
    LessonKind {
        Worked = "WORKED",
        Blocked = "BLOCKED",
        Condition = "CONDITION",
    }
    /// Who owns the premises of a space.
    OwnerKind {
        Commune = "COMMUNE",
        Intercommunality = "INTERCOMMUNALITY",
        OtherPublicBody = "OTHER_PUBLIC_BODY",
        SocialLandlord = "SOCIAL_LANDLORD",
        Association = "ASSOCIATION",
        Company = "COMPANY",
        PrivatePerson = "PRIVATE_PERSON",
    }
    /// What a space is.
    SpaceKind {
        Coworking = "COWORKING",
        Telework = "TELEWORK",
        MeetingRooms = "MEETING_ROOMS",
        SharedOffices = "SHARED_OFFICES",
        Fablab = "FABLAB",
        SharedWorkshop = "SHARED_WORKSHOP",
        Ressourcerie = "RESSOURCERIE",
        CommunityCafe = "COMMUNITY_CAFE",
        EssHouse = "ESS_HOUSE",
        Incubator = "INCUBATOR",
        ThirdPlace = "THIRD_PLACE",
        Other = "OTHER",
    }
    /// What a space offers.
    Amenity {
        Wifi = "WIFI",
        Printer = "PRINTER",
        PhoneBooth = "PHONE_BOOTH",
        Kitchen = "KITCHEN",
        Coffee = "COFFEE",
        Childcare = "CHILDCARE",
        BicycleParking = "BICYCLE_PARKING",
        CarParking = "CAR_PARKING",
        Shower = "SHOWER",
        Lockers = "LOCKERS",
        OutdoorArea = "OUTDOOR_AREA",
        Videoconference = "VIDEOCONFERENCE",
        Computers = "COMPUTERS",
        MachineTools = "MACHINE_TOOLS",
        PostalAddress = "POSTAL_ADDRESS",
    }
    /// By which title a space is occupied.
    OccupancyKind {
        Ownership = "OWNERSHIP",
        CommercialLease = "COMMERCIAL_LEASE",
        ShortTermLease = "SHORT_TERM_LEASE",
        PrecariousAgreement = "PRECARIOUS_AGREEMENT",
        FreeLoan = "FREE_LOAN",
        LeaseUnspecified = "LEASE_UNSPECIFIED",
    }
    /// For whom a price is.
    TariffAudience {
        Everyone = "EVERYONE",
        Student = "STUDENT",
        Employee = "EMPLOYEE",
        SelfEmployed = "SELF_EMPLOYED",
        JobSeeker = "JOB_SEEKER",
        Retired = "RETIRED",
        Association = "ASSOCIATION",
        Company = "COMPANY",
        Resident = "RESIDENT",
    }
    /// For how long a price is.
    TariffUnit {
        Hour = "HOUR",
        HalfDay = "HALF_DAY",
        Day = "DAY",
        Week = "WEEK",
        Month = "MONTH",
    }
    /// Where a space stands in its life.
    SpaceStatus {
        Planned = "PLANNED",
        Open = "OPEN",
        Closed = "CLOSED",
        Reopening = "REOPENING",
    }
    /// Who funds.
    FunderKind {
        EuropeanUnion = "EUROPEAN_UNION",
        State = "STATE",
        Region = "REGION",
        Departement = "DEPARTEMENT",
        Intercommunality = "INTERCOMMUNALITY",
        Commune = "COMMUNE",
        PublicAgency = "PUBLIC_AGENCY",
        PrivateOperator = "PRIVATE_OPERATOR",
        Foundation = "FOUNDATION",
        Bank = "BANK",
        SolidarityInvestor = "SOLIDARITY_INVESTOR",
        CrowdfundingPlatform = "CROWDFUNDING_PLATFORM",
        Other = "OTHER",
    }
    /// How often a source is open.
    Recurrence {
        Permanent = "PERMANENT",
        OneOff = "ONE_OFF",
        Recurring = "RECURRING",
    }
    /// The regime of state aid that a source applies.
    StateAidRegime {
        None = "NONE",
        DeMinimis = "DE_MINIMIS",
        DeMinimisSgei = "DE_MINIMIS_SGEI",
    }
    /// On which territory a source is open.
    FundingTerritoryKind {
        Europe = "EUROPE",
        France = "FRANCE",
        Region = "REGION",
        Departement = "DEPARTEMENT",
        Intercommunality = "INTERCOMMUNALITY",
        Commune = "COMMUNE",
        Unspecified = "UNSPECIFIED",
    }
    /// A form of support.
    FundingForm {
        Grant = "GRANT",
        Loan = "LOAN",
        RepayableAdvance = "REPAYABLE_ADVANCE",
        Equity = "EQUITY",
        Guarantee = "GUARANTEE",
        InKind = "IN_KIND",
        TechnicalEngineering = "TECHNICAL_ENGINEERING",
        FinancialEngineering = "FINANCIAL_ENGINEERING",
        LegalEngineering = "LEGAL_ENGINEERING",
        Other = "OTHER",
    }
    /// Who may apply.
    FundingAudience {
        Commune = "COMMUNE",
        Intercommunality = "INTERCOMMUNALITY",
        Departement = "DEPARTEMENT",
        Region = "REGION",
        OverseasCollectivity = "OVERSEAS_COLLECTIVITY",
        Association = "ASSOCIATION",
        PrivatePerson = "PRIVATE_PERSON",
        Farmer = "FARMER",
        Company = "COMPANY",
        LocalPublicCompany = "LOCAL_PUBLIC_COMPANY",
        PublicBody = "PUBLIC_BODY",
        Researcher = "RESEARCHER",
    }
    /// What a rule concludes.
    EligibilityOutcome {
        Eligible = "ELIGIBLE",
        Conditional = "CONDITIONAL",
        Ineligible = "INELIGIBLE",
    }
    /// Where a request for money stands.
    FinancingStatus {
        Planned = "PLANNED",
        Requested = "REQUESTED",
        Granted = "GRANTED",
        Refused = "REFUSED",
        Paid = "PAID",
    }
    /// Whether a member is elected.
    MemberKind {
        Elected = "ELECTED",
        Staff = "STAFF",
    }
    /// The kind of body where a mandate is held.
    BodyKind {
        Commune = "COMMUNE",
        Intercommunality = "INTERCOMMUNALITY",
        Departement = "DEPARTEMENT",
        Network = "NETWORK",
        State = "STATE",
    }
    /// A way to reach someone.
    ContactChannel {
        Email = "EMAIL",
        Phone = "PHONE",
        Postal = "POSTAL",
        Website = "WEBSITE",
        Social = "SOCIAL",
    }
    /// Who may see a contact point.
    ContactVisibility {
        Public = "PUBLIC",
        Network = "NETWORK",
    }
    /// Why a contact point may be shown.
    LawfulBasis {
        PublicSource = "PUBLIC_SOURCE",
        Consent = "CONSENT",
    }
    /// Why two entities may be one.
    DuplicateReason {
        SameSiret = "SAME_SIRET",
        SameRna = "SAME_RNA",
        SameSiren = "SAME_SIREN",
        SimilarNameAndLead = "SIMILAR_NAME_AND_LEAD",
        SimilarNameAndPlace = "SIMILAR_NAME_AND_PLACE",
        Compared = "COMPARED",
    }
    /// What was decided of a probable duplicate.
    DuplicateVerdict {
        Open = "OPEN",
        Different = "DIFFERENT",
    }
    /// What an account may do.
    Role {
        ProjectHolder = "PROJECT_HOLDER",
        Member = "MEMBER",
        Staff = "STAFF",
        Admin = "ADMIN",
        ApiClient = "API_CLIENT",
    }
    /// The language in which an account is written to.
    AccountLanguage {
        French = "FR",
        English = "EN",
    }
    /// What a one-time link is for.
    LinkPurpose {
        Invitation = "INVITATION",
        EmailVerification = "EMAIL_VERIFICATION",
        PasswordReset = "PASSWORD_RESET",
        EmailChange = "EMAIL_CHANGE",
    }
    /// A language that e-mail is written in.
    MailLanguage {
        French = "fr",
        English = "en",
    }
    /// What an e-mail is about.
    MailTemplate {
        Invitation = "INVITATION",
        EmailVerification = "EMAIL_VERIFICATION",
        PasswordReset = "PASSWORD_RESET",
        EmailChangeOld = "EMAIL_CHANGE_OLD",
        EmailChangeNew = "EMAIL_CHANGE_NEW",
        PasswordChanged = "PASSWORD_CHANGED",
        ReviewApproved = "REVIEW_APPROVED",
        ReviewChangesAsked = "REVIEW_CHANGES_ASKED",
        ReviewRejected = "REVIEW_REJECTED",
        StillTrue = "STILL_TRUE",
        PublishedAboutYou = "PUBLISHED_ABOUT_YOU",
    }    /// A type of file that is kept.
    FileType {
        Pdf = "application/pdf",
        Jpeg = "image/jpeg",
        Png = "image/png",
        Odt = "application/vnd.oasis.opendocument.text",
        Ods = "application/vnd.oasis.opendocument.spreadsheet",
        Odp = "application/vnd.oasis.opendocument.presentation",
        Docx = "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        Xlsx = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        Pptx = "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        Csv = "text/csv",
        Json = "application/json",
    }
    /// What a file is attached to.
    Attachment {
        Initiative = "initiative",
        Import = "import",
    }
    /// How far an import has come.
    ImportState {
        Queued = "QUEUED",
        Running = "RUNNING",
        Succeeded = "SUCCEEDED",
        Failed = "FAILED",
        Cancelled = "CANCELLED",
    }
    /// What the rows of an import become.
    ImportKind {
        Initiative = "INITIATIVE",
        Organization = "ORGANIZATION",
        CoworkingSpace = "COWORKING_SPACE",
        FundingSource = "FUNDING_SOURCE",
    }
    /// What became of a row of an import.
    ImportOutcome {
        Created = "CREATED",
        Updated = "UPDATED",
        Unchanged = "UNCHANGED",
        Refused = "REFUSED",
        Skipped = "SKIPPED",
    }
    /// Why an import ended before its file.
    ImportFailure {
        FileGone = "FILE_GONE",
        Unreadable = "UNREADABLE",
        NoSuchSheet = "NO_SUCH_SHEET",
        NoKnownColumn = "NO_KNOWN_COLUMN",
        TooLarge = "TOO_LARGE",
        TooManyRows = "TOO_MANY_ROWS",
        GivenUp = "GIVEN_UP",
    }
}
