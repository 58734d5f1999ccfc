//! Lists of accounts.

use entity::account;
use entity::values::Role;
use sea_orm::sea_query::{Expr, ExprTrait as _, Func, LikeExpr};
use sea_orm::{ColumnTrait as _, Condition, QueryFilter as _, Select};

use super::store;
use crate::listing::Listing;
use crate::paging::{Keyset, Position, SortValue};
use crate::viewer::Scope;

/// Accounts that this viewer may see, the newest first.
#[derive(Clone, Debug, Default)]
pub struct AccountListing {
    /// Only of these roles; all if it is empty.
    pub roles: Vec<Role>,
    /// Only those whose e-mail address or name contains this.
    pub text: Option<String>,
}

impl Listing for AccountListing {
    type Entity = account::Entity;
    type Row = account::Model;

    fn select(&self, scope: Scope) -> Select<Self::Entity> {
        let mut condition = Condition::all();
        if !self.roles.is_empty() {
            condition = condition.add(account::Column::Role.is_in(self.roles.iter().copied()));
        }
        if let Some(text) = &self.text {
            let pattern = pattern(text);
            let contains = |column: account::Column| {
                let column = Expr::col((account::Entity, column));
                let like = LikeExpr::new(pattern.clone()).escape('!');
                Expr::expr(Func::lower(column)).like(like)
            };
            condition = condition.add(
                Condition::any()
                    .add(contains(account::Column::Email))
                    .add(contains(account::Column::DisplayName)),
            );
        }
        store::visible(scope).filter(condition)
    }

    fn order_name(&self) -> &'static str {
        "CREATED_AT_DESC"
    }

    fn keyset(&self) -> Keyset {
        Keyset {
            value: None,
            id: Expr::col((account::Entity, account::Column::Id)),
            descending: true,
        }
    }

    fn position(&self, row: &account::Model) -> Position {
        Position {
            order: self.order_name().to_owned(),
            value: SortValue::Id,
            id: row.id,
        }
    }
}

/// What texts that contain `text` are like.
fn pattern(text: &str) -> String {
    let mut pattern = String::from("%");
    for character in text.to_lowercase().chars() {
        if matches!(character, '%' | '_' | '!') {
            pattern.push('!');
        }
        pattern.push(character);
    }
    pattern.push('%');
    pattern
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_typed_stands_for_itself() {
        assert_eq!(pattern("50%_A!"), "%50!%!_a!!%");
    }
}
