//! Rows read by the places of their columns: to find each column of each row by its name
//! costs more than to read it.

use sea_orm::{ConnectionTrait, DbErr, EntityTrait, QueryResult, QuerySelect, QueryTrait, Select};

/// What can be read of a row by the places of columns.
pub trait ByPlace: Sized {
    /// The table.
    type Entity: EntityTrait;

    /// The columns, in the order in which they are read.
    const COLUMNS: &'static [<Self::Entity as EntityTrait>::Column];

    /// Reads the columns that begin at the place `first` of `row`.
    ///
    /// # Errors
    /// When a column does not hold what it should.
    fn at(row: &QueryResult, first: usize) -> Result<Self, DbErr>;
}

/// Says which columns the fields of a model are read from.
#[macro_export]
macro_rules! by_place {
    ($table:ident { $($field:ident = $column:ident,)+ }) => {
        impl $crate::database::ByPlace for $table::Model {
            type Entity = $table::Entity;

            const COLUMNS: &'static [$table::Column] = &[$($table::Column::$column),+];

            fn at(row: &sea_orm::QueryResult, first: usize) -> Result<Self, sea_orm::DbErr> {
                let mut places = first..;
                let mut next = || places.next().unwrap_or(first);
                Ok(Self { $($field: row.try_get_by_index(next())?,)+ })
            }
        }
    };
}

/// The rows of `select`, which selects whole rows.
///
/// # Errors
/// When the database cannot be read.
pub async fn all<R: ByPlace>(
    connection: &impl ConnectionTrait,
    select: Select<R::Entity>,
) -> Result<Vec<R>, DbErr> {
    let select = select.select_only().columns(R::COLUMNS.iter().copied());
    connection
        .query_all(&select.into_query())
        .await?
        .iter()
        .map(|row| R::at(row, 0))
        .collect()
}
