//! Keyset pagination: pages that do not shift when rows come and go.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sea_orm::sea_query::{Expr, ExprTrait, SimpleExpr};
use sea_orm::{EntityTrait, QueryFilter, QueryOrder, QuerySelect, Select};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Rows of a page when nothing is asked.
pub const DEFAULT_PAGE: u64 = 20;
/// Rows of a page at the most.
pub const LARGEST_PAGE: u8 = 100;

/// The value by which a row is ordered.
#[derive(Clone, Debug, PartialEq, PartialOrd, Serialize, Deserialize)]
pub enum SortValue {
    /// Ordered by identifier alone, which is the order of creation.
    #[serde(rename = "i")]
    Id,
    #[serde(rename = "n", with = "bits")]
    Number(f64),
    #[serde(rename = "t")]
    Text(String),
    #[serde(rename = "d")]
    Instant(chrono::DateTime<chrono::Utc>),
}

/// Numbers as their bits: decimal digits would move a cursor by the last one.
mod bits {
    use serde::de::Error as _;
    use serde::{Deserialize as _, Deserializer, Serializer};

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for it")]
    pub fn serialize<S: Serializer>(number: &f64, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u64(number.to_bits())
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
        let number = f64::from_bits(u64::deserialize(deserializer)?);
        if number.is_finite() {
            Ok(number)
        } else {
            Err(D::Error::custom("not a finite number"))
        }
    }
}

/// Where a row stands in a list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Position {
    /// Name of the order of the list: a position means nothing in another one.
    pub order: String,
    pub value: SortValue,
    pub id: Uuid,
}

impl Position {
    /// The position as an opaque text.
    pub fn cursor(&self) -> String {
        let json = serde_json::to_vec(&(&self.order, &self.value, self.id.as_simple().to_string()));
        // Texts, numbers and instants always have a JSON form.
        URL_SAFE_NO_PAD.encode(json.unwrap_or_default())
    }

    /// Reads a cursor of a list in `order`.
    pub fn from_cursor(cursor: &str, order: &str) -> Option<Self> {
        let json = URL_SAFE_NO_PAD.decode(cursor).ok()?;
        let (of, value, id): (String, SortValue, String) = serde_json::from_slice(&json).ok()?;
        let id = Uuid::try_parse(&id).ok()?;
        (of == order).then_some(Self {
            order: of,
            value,
            id,
        })
    }
}

/// Which rows of an ordered list are asked.
#[derive(Clone, Debug)]
pub struct Window {
    /// Rows asked, 1 to [`LARGEST_PAGE`].
    pub size: u64,
    /// Whether they are counted from the end.
    pub from_end: bool,
    pub after: Option<Position>,
    pub before: Option<Position>,
}

/// Rows of one page.
#[derive(Clone, Debug)]
pub struct Page<T> {
    pub rows: Vec<T>,
    /// How well each row answers what was searched, in a list in order of relevance;
    /// nothing in any other list.
    pub scores: Vec<f64>,
    pub has_next: bool,
    pub has_previous: bool,
}

impl<T> Page<T> {
    /// A page without rows, alone in its list.
    pub fn empty() -> Self {
        Self {
            rows: Vec::new(),
            scores: Vec::new(),
            has_next: false,
            has_previous: false,
        }
    }

    /// The same page of other rows.
    pub fn map<U>(self, convert: impl FnMut(T) -> U) -> Page<U> {
        Page {
            rows: self.rows.into_iter().map(convert).collect(),
            scores: self.scores,
            has_next: self.has_next,
            has_previous: self.has_previous,
        }
    }
}

/// How a list is ordered: by a value, then by identifier.
#[derive(Clone, Debug)]
pub struct Keyset {
    /// The value, unless the order is that of the identifier.
    pub value: Option<SimpleExpr>,
    pub id: SimpleExpr,
    pub descending: bool,
}

impl Window {
    /// Adds to `select` what makes it answer this window, one row more included.
    pub fn apply<E: EntityTrait>(&self, select: Select<E>, keyset: &Keyset) -> Select<E> {
        let descending = keyset.descending != self.from_end;
        let mut select = select.limit(self.size + 1);
        if let Some(after) = &self.after {
            select = select.filter(keyset.beyond(after, keyset.descending));
        }
        if let Some(before) = &self.before {
            select = select.filter(keyset.beyond(before, !keyset.descending));
        }
        let order = if descending {
            sea_orm::Order::Desc
        } else {
            sea_orm::Order::Asc
        };
        if let Some(value) = &keyset.value {
            select = select.order_by(value.clone(), order.clone());
        }
        select.order_by(keyset.id.clone(), order)
    }

    /// Rows to fetch: one more than asked tells whether there are others.
    fn limit(&self) -> usize {
        usize::try_from(self.size)
            .unwrap_or(usize::MAX)
            .saturating_add(1)
    }

    /// The page made of the rows that [`Window::apply`] found.
    pub fn page<T>(&self, mut rows: Vec<T>) -> Page<T> {
        let size = usize::try_from(self.size).unwrap_or(usize::MAX);
        let more = rows.len() > size;
        rows.truncate(size);
        if self.from_end {
            rows.reverse();
        }
        Page {
            rows,
            scores: Vec::new(),
            has_next: if self.from_end {
                self.before.is_some()
            } else {
                more
            },
            has_previous: if self.from_end {
                more
            } else {
                self.after.is_some()
            },
        }
    }

    /// The page of `rows`, all of them, in ascending order of `position`.
    pub fn page_of<T>(&self, rows: Vec<T>, position: impl Fn(&T) -> Position) -> Page<T> {
        let key = |position: &Position| (position.value.clone(), position.id);
        let after = self.after.as_ref().map(key);
        let before = self.before.as_ref().map(key);
        let mut within: Vec<T> = rows
            .into_iter()
            .filter(|row| {
                let at = key(&position(row));
                after.as_ref().is_none_or(|after| at > *after)
                    && before.as_ref().is_none_or(|before| at < *before)
            })
            .take(if self.from_end {
                usize::MAX
            } else {
                self.limit()
            })
            .collect();
        if self.from_end {
            within.reverse();
        }
        self.page(within)
    }
}

impl Keyset {
    /// The rows strictly beyond `position`.
    fn beyond(&self, position: &Position, downwards: bool) -> SimpleExpr {
        let id: SimpleExpr = Expr::value(position.id);
        let value = match &position.value {
            SortValue::Id => None,
            SortValue::Number(number) => Some(Expr::value(*number)),
            SortValue::Text(text) => Some(Expr::value(text.clone())),
            SortValue::Instant(instant) => Some(Expr::value(*instant)),
        };
        // A row value lets both databases walk one index from the position on.
        let (row, bound) = match (self.value.clone(), value) {
            (Some(column), Some(value)) => (
                Expr::tuple([column, self.id.clone()]),
                Expr::tuple([value, id]),
            ),
            _ => (self.id.clone(), id),
        };
        if downwards {
            row.lt(bound)
        } else {
            row.gt(bound)
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn window(
        size: u64,
        from_end: bool,
        after: Option<Position>,
        before: Option<Position>,
    ) -> Window {
        Window {
            size,
            from_end,
            after,
            before,
        }
    }

    fn position(number: &u32) -> Position {
        Position {
            order: "NUMBER".to_owned(),
            value: SortValue::Number(f64::from(*number)),
            id: Uuid::from_u128(u128::from(*number)),
        }
    }

    proptest! {
        #[test]
        fn a_cursor_reads_back_in_its_own_order_only(text in ".{0,50}", id in any::<u128>()) {
            let position = Position {
                order: "TITLE_ASC".to_owned(),
                value: SortValue::Text(text),
                id: Uuid::from_u128(id),
            };
            let cursor = position.cursor();
            let back = Position::from_cursor(&cursor, "TITLE_ASC");
            prop_assert_eq!(back, Some(position));
            prop_assert_eq!(Position::from_cursor(&cursor, "OTHER"), None);
        }

        #[test]
        fn numbers_and_instants_read_back_to_the_last_bit(
            number in -1e3_f64..1e3,
            micros in 0_i64..4_000_000_000_000_000,
        ) {
            let instant = chrono::DateTime::from_timestamp_micros(micros).unwrap_or_default();
            for value in [SortValue::Number(number), SortValue::Instant(instant), SortValue::Id] {
                let position = Position { order: "A".to_owned(), value, id: Uuid::nil() };
                prop_assert_eq!(Position::from_cursor(&position.cursor(), "A"), Some(position));
            }
        }

        #[test]
        fn any_text_is_a_cursor_or_is_refused(text in ".{0,80}") {
            prop_assert!(Position::from_cursor(&text, "TITLE_ASC").is_none());
        }

        #[test]
        fn pages_forward_and_backward_give_every_row_once(count in 0_u32..60, size in 1_u64..10) {
            let all: Vec<u32> = (0..count).collect();
            let (mut forward, mut after) = (Vec::new(), None);
            loop {
                let page = window(size, false, after.clone(), None).page_of(all.clone(), position);
                after = page.rows.last().map(position);
                forward.extend(page.rows);
                if !page.has_next { break; }
            }
            prop_assert_eq!(&forward, &all);
            let (mut backward, mut before) = (Vec::new(), None);
            loop {
                let page = window(size, true, None, before.clone()).page_of(all.clone(), position);
                before = page.rows.first().map(position);
                backward.splice(0..0, page.rows);
                if !page.has_previous { break; }
            }
            prop_assert_eq!(&backward, &all);
        }
    }
}
