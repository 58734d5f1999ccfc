//! Closed lists of values of spaces.

use entity::values;

use crate::graphql_enum;

graphql_enum! {
    /// What a space is.
    SpaceKind of values::SpaceKind, filter SpaceKindFilter {
        /// Desks shared by the day or the month.
        Coworking,
        /// A place for employees to work away from their office.
        Telework,
        /// Rooms to meet in.
        MeetingRooms,
        /// Offices shared by several organizations.
        SharedOffices,
        /// A digital fabrication workshop.
        Fablab,
        /// A shared workshop of craftspeople.
        SharedWorkshop,
        /// A place that collects, repairs and sells used things.
        Ressourcerie,
        /// A café run by an association.
        CommunityCafe,
        /// A house of the social and solidarity economy.
        EssHouse,
        /// A place that helps projects begin.
        Incubator,
        /// A third place of several uses.
        ThirdPlace,
        /// Something else.
        Other,
    }
}

graphql_enum! {
    /// What a space offers.
    Amenity of values::Amenity, filter AmenityFilter {
        /// Wireless network.
        Wifi,
        /// Printer.
        Printer,
        /// A booth to telephone in.
        PhoneBooth,
        /// Kitchen.
        Kitchen,
        /// Coffee.
        Coffee,
        /// Childcare.
        Childcare,
        /// Bicycle parking.
        BicycleParking,
        /// Car parking.
        CarParking,
        /// Shower.
        Shower,
        /// Lockers.
        Lockers,
        /// Garden, terrace or courtyard.
        OutdoorArea,
        /// Equipment for videoconferences.
        Videoconference,
        /// Computers to use on the spot.
        Computers,
        /// Machine tools.
        MachineTools,
        /// A postal address for an organization.
        PostalAddress,
    }
}

graphql_enum! {
    /// Who owns the premises.
    OwnerKind of values::OwnerKind, filter OwnerKindFilter {
        /// A commune.
        Commune,
        /// An intercommunality.
        Intercommunality,
        /// Another public body.
        OtherPublicBody,
        /// A social landlord.
        SocialLandlord,
        /// An association.
        Association,
        /// A company.
        Company,
        /// A private person.
        PrivatePerson,
    }
}

graphql_enum! {
    /// By which title a space is occupied.
    OccupancyKind of values::OccupancyKind {
        /// The operator owns it.
        Ownership,
        /// Commercial lease (bail commercial).
        CommercialLease,
        /// Short-term lease (bail dérogatoire), three years at most in total (code de
        /// commerce, L145-5).
        ShortTermLease,
        /// Precarious occupation agreement (code de commerce, L145-5-1).
        PrecariousAgreement,
        /// Free loan (prêt à usage).
        FreeLoan,
        /// A lease whose kind is not known.
        LeaseUnspecified,
    }
}

graphql_enum! {
    /// For whom a price is.
    TariffAudience of values::TariffAudience {
        /// Everyone.
        Everyone,
        /// Students.
        Student,
        /// Employees.
        Employee,
        /// Self-employed people.
        SelfEmployed,
        /// Job seekers.
        JobSeeker,
        /// Retired people.
        Retired,
        /// Associations.
        Association,
        /// Companies.
        Company,
        /// Residents of the commune.
        Resident,
    }
}

graphql_enum! {
    /// For how long a price is.
    TariffUnit of values::TariffUnit {
        /// An hour.
        Hour,
        /// Half a day.
        HalfDay,
        /// A day.
        Day,
        /// A week.
        Week,
        /// A month.
        Month,
    }
}

graphql_enum! {
    /// Where a space stands in its life.
    SpaceStatus of values::SpaceStatus {
        /// It is planned.
        Planned,
        /// It is open.
        Open,
        /// It has closed.
        Closed,
        /// It has closed, and is meant to open again.
        Reopening,
    }
}
