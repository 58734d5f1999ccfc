//! Who may write contact points, and consent to their being shown.

use crate::permission::{Operation, Rule};

/// From a public source by whoever keeps the owner; with consent, [`GIVE_CONSENT`] decides.
pub const CREATE: Operation = Operation::new("contactPointCreate", Rule::KEEPERS);
/// What its owner consented to, only the owner changes: see [`GIVE_CONSENT`].
pub const UPDATE: Operation = Operation::new("contactPointUpdate", Rule::KEEPERS);
pub const DELETE: Operation = Operation::new("contactPointDelete", Rule::KEEPERS);
/// Nobody consents in the name of somebody else, whatever their role.
pub const GIVE_CONSENT: Operation = Operation::new("contactConsentGive", Rule::OWN);
/// Withdrawing consent, or objecting to what was read in a public source.
pub const WITHDRAW_CONSENT: Operation = Operation::new("contactConsentWithdraw", Rule::OWN);
/// All of those that are about oneself, shown or not.
pub const OWN: Operation = Operation::new("Viewer.contactPoints", Rule::PERSONS);

/// What the matrix shows of contact points.
pub const OPERATIONS: &[Operation] = &[CREATE, UPDATE, DELETE, GIVE_CONSENT, WITHDRAW_CONSENT, OWN];
