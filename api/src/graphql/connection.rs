//! Lists as Relay connections.

use std::sync::Arc;

use async_graphql::{Context, Result, SimpleObject};

use super::context::ContextExt;
use super::error::ErrorCode;
use crate::listing::{Asked, By, Faceted, Listing, Row, Tally};
use crate::paging::{DEFAULT_PAGE, LARGEST_PAGE, Page, Position, SortValue, Window};

/// Where a page stands in its list.
#[derive(SimpleObject, Clone, Debug)]
pub struct PageInfo {
    /// Whether there are nodes after this page.
    pub has_next_page: bool,
    /// Whether there are nodes before this page.
    pub has_previous_page: bool,
    /// The cursor of the first node of this page.
    pub start_cursor: Option<String>,
    /// The cursor of the last node of this page.
    pub end_cursor: Option<String>,
}

/// The four arguments by which a page is asked.
#[derive(Clone, Debug, Default)]
pub struct PageArguments {
    pub first: Option<i32>,
    pub after: Option<String>,
    pub last: Option<i32>,
    pub before: Option<String>,
}

impl PageArguments {
    /// The window they ask of a list in the order of this name.
    ///
    /// # Errors
    /// `BAD_INPUT` when a size is out of bounds, both are given, or a cursor is not one of
    /// this list.
    pub fn window(self, ctx: &Context<'_>, order: &str) -> Result<Window> {
        let position = |cursor: Option<String>| {
            cursor
                .map(|cursor| {
                    Position::from_cursor(&cursor, order)
                        .ok_or_else(|| ctx.fault(ErrorCode::BadInput, "cursor-invalid", &[]))
                })
                .transpose()
        };
        let (size, from_end) = match (self.first, self.last) {
            (Some(_), Some(_)) => {
                return Err(ctx.fault(ErrorCode::BadInput, "page-both-ends", &[]));
            }
            (Some(first), None) => (page_size(ctx, "first", first)?.into(), false),
            (None, Some(last)) => (page_size(ctx, "last", last)?.into(), true),
            (None, None) => (DEFAULT_PAGE, false),
        };
        Ok(Window {
            size,
            from_end,
            after: position(self.after)?,
            before: position(self.before)?,
        })
    }
}

/// The size of a page that `argument` asks for.
///
/// # Errors
/// `BAD_INPUT` when it is not 1 to [`LARGEST_PAGE`].
pub fn page_size(ctx: &Context<'_>, argument: &str, size: i32) -> Result<u8> {
    u8::try_from(size)
        .ok()
        .filter(|size| (1..=LARGEST_PAGE).contains(size))
        .ok_or_else(|| {
            let argument = argument.to_owned();
            ctx.fault(ErrorCode::BadInput, "page-size", &[("argument", argument)])
        })
}

/// The cost of a list: each of its nodes, and what is asked of each.
pub fn list_cost(first: Option<i32>, last: Option<i32>, child: usize) -> usize {
    let nodes = first
        .or(last)
        .and_then(|size| usize::try_from(size).ok())
        .unwrap_or(20);
    nodes.saturating_mul(child.saturating_add(1))
}

/// A page of a list in the database, read only if something of it is selected.
///
/// # Errors
/// `INTERNAL` when the database cannot be read.
pub async fn load_page<L: Listing>(
    ctx: &Context<'_>,
    listing: &L,
    window: Window,
) -> Result<Page<Arc<Row<L>>>> {
    let ahead = ctx.look_ahead();
    let wanted = ["nodes", "edges", "pageInfo"];
    if !wanted.iter().any(|field| ahead.field(field).exists()) {
        return Ok(Page::empty());
    }
    let page = ctx
        .loader()
        .load_one(Asked::new(listing.clone(), window))
        .await
        .map_err(|error| ctx.internal(error))?;
    Ok(page.unwrap_or_else(Page::empty))
}

/// How many rows a list in the database has.
///
/// # Errors
/// `INTERNAL` when the database cannot be read.
pub async fn load_count<L: Listing>(ctx: &Context<'_>, listing: &L) -> Result<i64> {
    Ok(ctx
        .loader()
        .load_one(Asked::new(listing.clone(), ()))
        .await
        .map_err(|error| ctx.internal(error))?
        .unwrap_or_default())
}

/// How many rows of a list in the database there are of each value, the most frequent first.
///
/// # Errors
/// `INTERNAL` when the database cannot be read.
pub async fn load_facet<L: Faceted>(
    ctx: &Context<'_>,
    listing: &L,
    facet: L::Facet,
) -> Result<Vec<Tally>> {
    Ok(ctx
        .loader()
        .load_one(Asked::new(listing.clone(), By(facet)))
        .await
        .map_err(|error| ctx.internal(error))?
        .unwrap_or_default())
}

/// The page information of `page`, whose rows stand at `position`.
pub fn page_info<T>(page: &Page<T>, position: impl Fn(&T) -> Position) -> PageInfo {
    PageInfo {
        has_next_page: page.has_next,
        has_previous_page: page.has_previous,
        start_cursor: page.rows.first().map(|row| position(row).cursor()),
        end_cursor: page.rows.last().map(|row| position(row).cursor()),
    }
}

/// Where the rows of a page of `listing` stand.
pub fn positions<L: Listing>(
    listing: &L,
    page: &Page<Arc<Row<L>>>,
) -> impl DoubleEndedIterator<Item = Position> {
    page.rows.iter().enumerate().map(|(at, row)| {
        let mut position = listing.position(row);
        if let Some(score) = page.scores.get(at) {
            position.value = SortValue::Number(*score);
        }
        position
    })
}

/// The page information of a page of `listing`.
pub fn list_page_info<L: Listing>(listing: &L, page: &Page<Arc<Row<L>>>) -> PageInfo {
    let mut positions = positions(listing, page);
    let first = positions.next();
    let last = positions.next_back().or_else(|| first.clone());
    PageInfo {
        has_next_page: page.has_next,
        has_previous_page: page.has_previous,
        start_cursor: first.map(|position| position.cursor()),
        end_cursor: last.map(|position| position.cursor()),
    }
}

/// Declares the connection and the edge of a node that is a row of a [`Listing`]; the node
/// is made by its function `in_list`, from the row and the list in which it stands.
#[macro_export]
macro_rules! connection {
    (
        $(#[$meta:meta])*
        $connection:ident, $edge:ident, $node:ident, $listing:ty $(, facets: $facets:ident)?
    ) => {
        $(#[$meta])*
        pub struct $connection {
            listing: $listing,
            page: $crate::paging::Page<std::sync::Arc<$crate::listing::Row<$listing>>>,
        }

        /// A node and its place in the list.
        #[derive(async_graphql::SimpleObject)]
        pub struct $edge {
            /// Place of the node in the list, to go on from there.
            cursor: String,
            /// The node.
            node: $node,
        }

        impl $connection {
            /// The page of `listing` that `arguments` ask for.
            pub(crate) async fn load(
                ctx: &async_graphql::Context<'_>,
                listing: $listing,
                arguments: $crate::graphql::connection::PageArguments,
            ) -> async_graphql::Result<Option<Self>> {
                use $crate::listing::Listing as _;
                let window = arguments.window(ctx, listing.order_name())?;
                let page = $crate::graphql::connection::load_page(ctx, &listing, window).await?;
                Ok(Some(Self { listing, page }))
            }
        }

        $(#[$meta])*
        #[async_graphql::Object]
        impl $connection {
            /// The nodes of this page, each with its cursor.
            async fn edges(&self) -> Vec<$edge> {
                self.page
                    .rows
                    .iter()
                    .zip($crate::graphql::connection::positions(&self.listing, &self.page))
                    .map(|(row, position)| $edge {
                        cursor: position.cursor(),
                        node: $node::in_list(std::sync::Arc::clone(row), &self.listing),
                    })
                    .collect()
            }

            /// The nodes of this page.
            async fn nodes(&self) -> Vec<$node> {
                self.page
                    .rows
                    .iter()
                    .map(|row| $node::in_list(std::sync::Arc::clone(row), &self.listing))
                    .collect()
            }

            /// Where this page stands in the list.
            async fn page_info(&self) -> $crate::graphql::connection::PageInfo {
                $crate::graphql::connection::list_page_info(&self.listing, &self.page)
            }

            /// How many nodes the whole list has, exactly; counted only when it is selected.
            async fn total_count(
                &self,
                ctx: &async_graphql::Context<'_>,
            ) -> async_graphql::Result<i64> {
                $crate::graphql::connection::load_count(ctx, &self.listing).await
            }

            $(
                /// How many nodes of the whole list there are of each kind.
                async fn facets(&self) -> $facets {
                    $facets::new(self.listing.clone())
                }
            )?
        }
    };
}
