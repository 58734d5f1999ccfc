//! Inputs that create contents, and updates in which what is absent stays and what is null
//! is cleared.

use async_graphql::{Context, ID, MaybeUndefined, Result};

use super::context::ContextExt as _;
use crate::id::{FileRef, InitiativeRef, Kind, MandateRef, OrganizationRef, SiteRef, ThemeRef};

/// Something given in an input, as a content holds it.
pub trait Given<T> {
    /// The value that is meant.
    ///
    /// # Errors
    /// `BAD_INPUT` when an identifier is none, or that of another type.
    fn given(self, ctx: &Context<'_>) -> Result<T>;
}

impl<I: Into<T>, T> Given<T> for I {
    fn given(self, _: &Context<'_>) -> Result<T> {
        Ok(self.into())
    }
}

impl Given<OrganizationRef> for ID {
    fn given(self, ctx: &Context<'_>) -> Result<OrganizationRef> {
        ctx.uuid(Kind::Organization, &self).map(OrganizationRef)
    }
}

impl Given<InitiativeRef> for ID {
    fn given(self, ctx: &Context<'_>) -> Result<InitiativeRef> {
        ctx.uuid(Kind::Initiative, &self).map(InitiativeRef)
    }
}

impl Given<ThemeRef> for ID {
    fn given(self, ctx: &Context<'_>) -> Result<ThemeRef> {
        ctx.uuid(Kind::Theme, &self).map(ThemeRef)
    }
}

impl Given<FileRef> for ID {
    fn given(self, ctx: &Context<'_>) -> Result<FileRef> {
        ctx.uuid(Kind::File, &self).map(FileRef)
    }
}

impl Given<SiteRef> for ID {
    fn given(self, ctx: &Context<'_>) -> Result<SiteRef> {
        ctx.uuid(Kind::OrganizationSite, &self).map(SiteRef)
    }
}

impl Given<MandateRef> for ID {
    fn given(self, ctx: &Context<'_>) -> Result<MandateRef> {
        ctx.uuid(Kind::Mandate, &self).map(MandateRef)
    }
}

/// A value that may be missing, as a content holds it.
///
/// # Errors
/// Those of [`Given`].
pub fn optional<I: Given<T>, T>(given: Option<I>, ctx: &Context<'_>) -> Result<Option<T>> {
    given.map(|value| value.given(ctx)).transpose()
}

/// A value that may be absent or null, as a content holds it.
///
/// # Errors
/// Those of [`Given`].
pub fn undefinable<I: Given<T>, T>(
    given: MaybeUndefined<I>,
    ctx: &Context<'_>,
) -> Result<MaybeUndefined<T>> {
    given.map_value(|value| value.given(ctx)).transpose()
}

/// Every item, as a content holds it.
///
/// # Errors
/// Those of [`Given`].
pub fn list<I: Given<T>, T>(given: Vec<I>, ctx: &Context<'_>) -> Result<Vec<T>> {
    given.into_iter().map(|item| item.given(ctx)).collect()
}

/// Replaces a value that cannot be cleared, if another one is given.
pub fn replace<T>(value: &mut T, given: Option<T>) {
    if let Some(given) = given {
        *value = given;
    }
}

/// Replaces or clears a value, unless nothing is said of it.
pub fn set<T>(value: &mut Option<T>, given: MaybeUndefined<T>) {
    match given {
        MaybeUndefined::Undefined => {}
        MaybeUndefined::Null => *value = None,
        MaybeUndefined::Value(given) => *value = Some(given),
    }
}

/// A new content that may be said to be none of those that are there.
pub trait Compared {
    /// Takes the identifiers of the contents that it is not; none of what is not compared.
    fn take_different(&mut self) -> Vec<ID>;
}

/// Declares the input that creates a content, the input that updates one, and the changes
/// of a content that the latter means.
///
/// Each field is told once, as `field: Input as Value`: what is given, and what the content
/// holds under the same name. Fields are `required`, `defaulted` to that of the type,
/// `optional`, or `lists`. What is `compared` with others may be said to be none of them.
#[macro_export]
macro_rules! content_inputs {
    (
        $(#[doc = $create_doc:literal])+
        $Create:ident;
        $(#[doc = $update_doc:literal])+
        $Update:ident;
        $Patch:ident of $Content:ident;
        $(compared as $different:ident;)?
        required {$(
            $(#[doc = $required_doc:literal])+
            $required:ident: $RequiredInput:ty as $Required:ty,
        )*}
        defaulted {$(
            $(#[doc = $defaulted_doc:literal])+
            $defaulted:ident: $DefaultedInput:ty as $Defaulted:ty,
        )*}
        optional {$(
            $(#[doc = $optional_doc:literal])+
            $(#[graphql($option:meta)])?
            $optional:ident: $OptionalInput:ty as $Optional:ty,
        )*}
        lists {$(
            $(#[doc = $list_doc:literal])+
            $list:ident: $ListInput:ty as $List:ty,
        )*}
    ) => {
        $(#[doc = $create_doc])+
        #[derive(async_graphql::InputObject, Clone, Debug)]
        pub struct $Create {
            /// Under which it is created once, however often it is asked: 1 to 100
            /// characters that you never use again for another one.
            pub idempotency_key: Option<String>,
            $(
                /// Global identifiers of contents that its author was shown and that are not
                /// this one, 10 at most: it is remembered.
                #[graphql(default)]
                pub $different: Vec<async_graphql::ID>,
            )?
            $($(#[doc = $required_doc])+ pub $required: $RequiredInput,)*
            $($(#[doc = $defaulted_doc])+ #[graphql(default)] pub $defaulted: $DefaultedInput,)*
            $(
                $(#[doc = $optional_doc])+
                $(#[graphql($option)])?
                pub $optional: Option<$OptionalInput>,
            )*
            $($(#[doc = $list_doc])+ #[graphql(default)] pub $list: Vec<$ListInput>,)*
        }

        $(#[doc = $update_doc])+
        #[derive(async_graphql::InputObject, Clone, Debug)]
        pub struct $Update {
            /// Global identifier.
            pub id: async_graphql::ID,
            /// Number of its latest revision, as it was read; another one answers
            /// `CONFLICT`.
            pub expected_revision: i32,
            $($(#[doc = $required_doc])+ pub $required: Option<$RequiredInput>,)*
            $($(#[doc = $defaulted_doc])+ pub $defaulted: Option<$DefaultedInput>,)*
            $(
                $(#[doc = $optional_doc])+
                $(#[graphql($option)])?
                pub $optional: async_graphql::MaybeUndefined<$OptionalInput>,
            )*
            $($(#[doc = $list_doc])+ pub $list: Option<Vec<$ListInput>>,)*
        }

        impl $crate::graphql::patch::Compared for $Create {
            fn take_different(&mut self) -> Vec<async_graphql::ID> {
                std::iter::empty()$(.chain(std::mem::take(&mut self.$different)))?.collect()
            }
        }

        impl $Create {
            /// The content that is meant.
            ///
            /// # Errors
            /// `BAD_INPUT` when an identifier is none, or that of another type.
            pub fn content(
                self,
                ctx: &async_graphql::Context<'_>,
            ) -> async_graphql::Result<$Content> {
                use $crate::graphql::patch::{Given as _, list, optional};
                Ok($Content {
                    $($required: self.$required.given(ctx)?,)*
                    $($defaulted: self.$defaulted.given(ctx)?,)*
                    $($optional: optional(self.$optional, ctx)?,)*
                    $($list: list(self.$list, ctx)?,)*
                })
            }
        }

        /// What an update changes of a content.
        pub struct $Patch {
            $($required: Option<$Required>,)*
            $($defaulted: Option<$Defaulted>,)*
            $($optional: async_graphql::MaybeUndefined<$Optional>,)*
            $($list: Option<Vec<$List>>,)*
        }

        impl $Update {
            /// The changes that are meant.
            ///
            /// # Errors
            /// `BAD_INPUT` when an identifier is none, or that of another type.
            pub fn patch(
                self,
                ctx: &async_graphql::Context<'_>,
            ) -> async_graphql::Result<$Patch> {
                use $crate::graphql::patch::{list, optional, undefinable};
                Ok($Patch {
                    $($required: optional(self.$required, ctx)?,)*
                    $($defaulted: optional(self.$defaulted, ctx)?,)*
                    $($optional: undefinable(self.$optional, ctx)?,)*
                    $($list: self.$list.map(|items| list(items, ctx)).transpose()?,)*
                })
            }
        }

        impl $Patch {
            /// The content with these changes.
            pub fn apply(&self, mut content: $Content) -> $Content {
                use $crate::graphql::patch::{replace, set};
                $(replace(&mut content.$required, self.$required.clone());)*
                $(replace(&mut content.$defaulted, self.$defaulted.clone());)*
                $(set(&mut content.$optional, self.$optional.clone());)*
                $(replace(&mut content.$list, self.$list.clone());)*
                content
            }
        }
    };
}
