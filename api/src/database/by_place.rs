//! Rows read by the places of their columns: to find each column of each row by its name
//! costs more than to read it.

use sea_orm::{
    ConnectionTrait, DbErr, EntityTrait, Iterable as _, QueryResult, QuerySelect, QueryTrait,
    Select,
};

/// What can be read of a row by the places of columns.
pub trait ByPlace: Sized {
    /// The table.
    type Entity: EntityTrait;

    /// All columns, in the order in which they are read.
    const COLUMNS: &'static [<Self::Entity as EntityTrait>::Column];

    /// A select of the table, of no column yet. `find` lists all of them each time: where
    /// others are selected instead, that costs as much as building the rest of the statement.
    fn bare() -> Select<Self::Entity>;

    /// Reads `columns`, some of all in their order, that begin at the place `first` of
    /// `row`. The fields of the other columns are left at their defaults.
    ///
    /// # Errors
    /// When a column does not hold what it should, or they are in another order.
    fn at(
        row: &QueryResult,
        first: usize,
        columns: &[<Self::Entity as EntityTrait>::Column],
    ) -> Result<Self, DbErr>;

    /// The columns of which `wanted` holds, in the order in which they are read.
    fn columns(
        wanted: impl Fn(<Self::Entity as EntityTrait>::Column) -> bool,
    ) -> Vec<<Self::Entity as EntityTrait>::Column> {
        let all = Self::COLUMNS.iter().copied();
        all.filter(|column| wanted(*column)).collect()
    }
}

/// Says which columns the fields of a model are read from.
#[macro_export]
macro_rules! by_place {
    ($table:ident { $($field:ident = $column:ident,)+ }) => {
        impl $crate::database::ByPlace for $table::Model {
            type Entity = $table::Entity;

            const COLUMNS: &'static [$table::Column] = &[$($table::Column::$column),+];

            fn bare() -> sea_orm::Select<$table::Entity> {
                use std::sync::LazyLock;

                static BARE: LazyLock<sea_orm::Select<$table::Entity>> = LazyLock::new(|| {
                    sea_orm::QuerySelect::select_only(sea_orm::EntityTrait::find())
                });
                BARE.clone()
            }

            fn at(
                row: &sea_orm::QueryResult,
                first: usize,
                columns: &[$table::Column],
            ) -> Result<Self, sea_orm::DbErr> {
                let mut places = columns.iter().zip(first..).peekable();
                let read = Self {
                    $($field: match places
                        .next_if(|(column, _)| matches!(column, $table::Column::$column))
                    {
                        Some((_, place)) => row.try_get_by_index(place)?,
                        None => Default::default(),
                    },)+
                };
                match places.next() {
                    None => Ok(read),
                    Some((column, _)) => Err(sea_orm::DbErr::Type(format!(
                        "the column {column:?} is not in its place"
                    ))),
                }
            }
        }
    };
}

/// A select of whole rows.
pub trait Whole {
    /// Selects all columns, behind those that are selected.
    fn whole(self) -> Self;
}

impl<E: EntityTrait> Whole for Select<E> {
    fn whole(self) -> Self {
        self.columns(E::Column::iter())
    }
}

/// These columns of the rows of `select`.
///
/// # Errors
/// When the database cannot be read.
pub async fn all<R: ByPlace>(
    connection: &impl ConnectionTrait,
    select: Select<R::Entity>,
    columns: &[<R::Entity as EntityTrait>::Column],
) -> Result<Vec<R>, DbErr> {
    let select = select.select_only().columns(columns.iter().copied());
    connection
        .query_all(&select.into_query())
        .await?
        .iter()
        .map(|row| R::at(row, 0, columns))
        .collect()
}
