//! Connections to PostgreSQL that requests leave to the next ones.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, ensure};
use futures::future::try_join_all;
use maillage::database::Session;
use sea_orm::{ConnectionTrait as _, DatabaseBackend, Statement, TransactionTrait as _};
use tests::{Backend, Outcome, Server, cases};

cases![
    a_connection_lost_between_requests_is_not_noticed,
    connections_that_are_kept_are_there_for_writes,
    a_statement_given_up_spoils_no_connection,
];

const ASKED: &str = "{ coworkingSpaces(first: 1) { totalCount nodes { name } } }";

async fn a_connection_lost_between_requests_is_not_noticed(backend: Backend) -> Outcome {
    if !backend.is_postgres() {
        return Ok(());
    }
    let server = Server::empty(backend).await?;
    let other = server.connect().await?;
    for _ in 0..3 {
        try_join_all((0..8).map(|_| server.data(ASKED))).await?;
        other
            .execute_unprepared(
                "select pg_terminate_backend(pid) from pg_stat_activity \
                 where datname = current_database() and pid <> pg_backend_pid()",
            )
            .await?;
        server.data(ASKED).await?;
    }
    other.close().await?;
    server.stop().await
}

async fn connections_that_are_kept_are_there_for_writes(backend: Backend) -> Outcome {
    if !backend.is_postgres() {
        return Ok(());
    }
    let server = Server::empty(backend).await?;
    try_join_all((0..8).map(|_| server.data(ASKED))).await?;
    let most = server.app.settings.database_connections;
    let held = try_join_all((0..most).map(|_| server.app.database.begin())).await?;
    try_join_all(held.into_iter().map(|one| one.rollback())).await?;
    server.stop().await
}

async fn a_statement_given_up_spoils_no_connection(backend: Backend) -> Outcome {
    if !backend.is_postgres() {
        return Ok(());
    }
    let server = Server::empty(backend).await?;
    let app = &server.app;
    let statement = |sql: &str| Statement::from_string(DatabaseBackend::Postgres, sql);
    for _ in 0..4 {
        let session = Session::new(
            app.database.clone(),
            app.readers.clone(),
            Arc::clone(&app.metrics),
        );
        for number in 0..3_i32 {
            let slow = session.query_one_raw(statement("select -1, pg_sleep(0.2)"));
            let given_up = tokio::time::timeout(Duration::from_millis(20), slow).await;
            ensure!(given_up.is_err(), "{given_up:?}");
            let row = session
                .query_one_raw(statement(&format!("select {number}")))
                .await?
                .context("no row")?;
            let read: i32 = row.try_get_by_index(0)?;
            ensure!(read == number, "{read} for {number}");
            ensure!(session.query_one_raw(statement("select")).await.is_ok());
            ensure!(session.query_one_raw(statement("wrong")).await.is_err());
        }
    }
    server.stop().await
}
