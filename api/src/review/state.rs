//! The states of a reviewed content, and the steps between them.

use entity::values::{Publication, RevisionState};

/// Where a content stands: what the public sees, and its latest revision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    pub publication: Publication,
    pub latest: RevisionState,
}

/// What a reviewer decides of a pending revision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    Approve,
    AskForChanges,
    Reject,
}

/// Something that is done to a content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// A new revision, by who writes.
    Edit,
    Submit,
    Decide(Decision),
    Archive,
    /// Back to the public.
    Restore,
}

/// A step that cannot be taken from where a content stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not possible from there")]
pub struct Illegal;

impl Standing {
    /// Where the content stands after `step`; of an edit, `latest` is the new revision's.
    ///
    /// # Errors
    /// When the step cannot be taken from here.
    pub fn after(self, step: Step) -> Result<Self, Illegal> {
        use Publication::{Archived, Draft, Published, Rejected, Submitted};
        use RevisionState::{Approved, ChangesAsked, Pending};
        let to = |publication, latest| {
            Ok(Self {
                publication,
                latest,
            })
        };
        match (step, self.publication) {
            // What the public sees changes only once the edit is approved.
            (Step::Edit, Published) => to(Published, Pending),
            (Step::Edit, Submitted) => to(Submitted, Pending),
            (Step::Edit, Draft | Rejected) => to(Draft, RevisionState::Draft),
            (Step::Submit, Draft) => to(Submitted, Pending),
            (Step::Decide(decision), Submitted | Published) if self.latest == Pending => {
                match decision {
                    Decision::Approve => to(Published, Approved),
                    Decision::AskForChanges if self.publication == Published => {
                        to(Published, ChangesAsked)
                    }
                    Decision::AskForChanges => to(Draft, ChangesAsked),
                    Decision::Reject if self.publication == Published => {
                        to(Published, RevisionState::Rejected)
                    }
                    Decision::Reject => to(Rejected, RevisionState::Rejected),
                }
            }
            (Step::Archive, Published) => to(Archived, self.latest),
            (Step::Restore, Archived) => to(Published, self.latest),
            _ => Err(Illegal),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STEPS: [Step; 7] = [
        Step::Edit,
        Step::Submit,
        Step::Decide(Decision::Approve),
        Step::Decide(Decision::AskForChanges),
        Step::Decide(Decision::Reject),
        Step::Archive,
        Step::Restore,
    ];

    /// Every standing that can be reached from a new draft.
    fn reachable() -> Vec<Standing> {
        let mut found = vec![Standing {
            publication: Publication::Draft,
            latest: RevisionState::Draft,
        }];
        let mut next = 0;
        while next < found.len() {
            for step in STEPS {
                if let Ok(after) = found[next].after(step)
                    && !found.contains(&after)
                {
                    found.push(after);
                }
            }
            next += 1;
        }
        found
    }

    #[test]
    fn the_public_sees_only_what_was_approved() {
        for standing in reachable() {
            for step in STEPS {
                let Ok(after) = standing.after(step) else {
                    continue;
                };
                if standing.publication != Publication::Published
                    && after.publication == Publication::Published
                {
                    assert!(
                        matches!(step, Step::Decide(Decision::Approve) | Step::Restore),
                        "{standing:?} by {step:?}"
                    );
                }
            }
        }
    }

    #[test]
    fn what_was_published_stays_so_until_it_is_archived() {
        for standing in reachable() {
            if standing.publication != Publication::Published {
                continue;
            }
            for step in STEPS {
                if let Ok(after) = standing.after(step) {
                    let expected = if step == Step::Archive {
                        Publication::Archived
                    } else {
                        Publication::Published
                    };
                    assert_eq!(after.publication, expected, "{standing:?} by {step:?}");
                }
            }
        }
    }

    #[test]
    fn only_a_pending_revision_is_decided_and_only_an_archived_content_restored() {
        for standing in reachable() {
            for decision in [Decision::Approve, Decision::AskForChanges, Decision::Reject] {
                let decided = standing.after(Step::Decide(decision));
                let pending = standing.latest == RevisionState::Pending
                    && standing.publication != Publication::Archived;
                assert_eq!(decided.is_ok(), pending, "{standing:?}");
            }
            let restored = standing.after(Step::Restore);
            assert_eq!(
                restored.is_ok(),
                standing.publication == Publication::Archived
            );
        }
    }

    #[test]
    fn a_refused_draft_can_be_mended_and_submitted_again() {
        let mut standing = Standing {
            publication: Publication::Draft,
            latest: RevisionState::Draft,
        };
        for step in [
            Step::Submit,
            Step::Decide(Decision::Reject),
            Step::Edit,
            Step::Submit,
            Step::Decide(Decision::AskForChanges),
            Step::Edit,
            Step::Submit,
            Step::Decide(Decision::Approve),
        ] {
            standing = standing.after(step).unwrap();
        }
        assert_eq!(standing.publication, Publication::Published);
    }
}
