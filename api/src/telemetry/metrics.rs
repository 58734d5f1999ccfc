//! Figures of one server, in Prometheus' text format.

use std::time::Duration;

use prometheus::{
    Encoder, HistogramOpts, HistogramVec, IntCounterVec, IntGauge, IntGaugeVec, Opts, Registry,
    TextEncoder,
};
use sea_orm::{DatabaseBackend, DatabaseConnection};

/// Bounds of the latency histograms, in seconds.
const BUCKETS: &[f64] = &[
    0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0,
];

/// The figures of one server.
pub struct Metrics {
    registry: Registry,
    /// Requests by route and status.
    pub requests: IntCounterVec,
    /// GraphQL errors by code.
    pub errors: IntCounterVec,
    /// Duration of GraphQL operations by kind (`query`, `mutation`).
    pub operations: HistogramVec,
    statements: HistogramVec,
    connections: IntGaugeVec,
    mail: IntCounterVec,
    /// E-mails that wait in the outbox, which all replicas share.
    pub mail_waiting: IntGauge,
}

/// What became of an attempt to send an e-mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MailOutcome {
    Sent,
    /// It is tried again.
    Deferred,
    /// It was given up.
    Failed,
}

impl MailOutcome {
    const ALL: [Self; 3] = [Self::Sent, Self::Deferred, Self::Failed];

    fn as_str(self) -> &'static str {
        match self {
            Self::Sent => "sent",
            Self::Deferred => "deferred",
            Self::Failed => "failed",
        }
    }
}

impl Metrics {
    /// Figures that all stand at zero.
    ///
    /// # Errors
    /// When two figures bear the same name.
    pub fn new() -> Result<Self, prometheus::Error> {
        let registry = Registry::new();
        let requests = IntCounterVec::new(
            Opts::new("maillage_http_requests_total", "Requests answered"),
            &["route", "status"],
        )?;
        let errors = IntCounterVec::new(
            Opts::new("maillage_graphql_errors_total", "GraphQL errors answered"),
            &["code"],
        )?;
        let operations = HistogramVec::new(
            HistogramOpts::new(
                "maillage_graphql_operation_seconds",
                "Duration of GraphQL operations",
            )
            .buckets(BUCKETS.to_vec()),
            &["kind"],
        )?;
        let statements = HistogramVec::new(
            HistogramOpts::new(
                "maillage_sql_statement_seconds",
                "Duration of SQL statements",
            )
            .buckets(BUCKETS.to_vec()),
            &["outcome"],
        )?;
        let connections = IntGaugeVec::new(
            Opts::new(
                "maillage_database_connections",
                "Connections of the pool to the database",
            ),
            &["state"],
        )?;
        let mail = IntCounterVec::new(
            Opts::new("maillage_mail_attempts_total", "Attempts to send an e-mail"),
            &["outcome"],
        )?;
        for outcome in MailOutcome::ALL {
            mail.with_label_values(&[outcome.as_str()]);
        }
        let mail_waiting = IntGauge::new("maillage_mail_waiting", "E-mails that wait")?;
        registry.register(Box::new(mail.clone()))?;
        registry.register(Box::new(mail_waiting.clone()))?;
        registry.register(Box::new(connections.clone()))?;
        registry.register(Box::new(requests.clone()))?;
        registry.register(Box::new(errors.clone()))?;
        registry.register(Box::new(operations.clone()))?;
        registry.register(Box::new(statements.clone()))?;
        Ok(Self {
            registry,
            requests,
            errors,
            operations,
            statements,
            connections,
            mail,
            mail_waiting,
        })
    }

    /// Counts one attempt to send an e-mail.
    pub fn count_mail(&self, outcome: MailOutcome) {
        self.mail.with_label_values(&[outcome.as_str()]).inc();
    }

    /// Counts one SQL statement.
    pub fn observe_statement(&self, elapsed: Duration, failed: bool) {
        let outcome = if failed { "failed" } else { "done" };
        self.statements
            .with_label_values(&[outcome])
            .observe(elapsed.as_secs_f64());
    }

    /// Takes note of how the pool of `database` stands.
    pub fn observe_pool(&self, database: &DatabaseConnection) {
        let (size, idle) = match database.get_database_backend() {
            DatabaseBackend::Postgres => {
                let pool = database.get_postgres_connection_pool();
                (pool.size(), pool.num_idle())
            }
            _ => {
                let pool = database.get_sqlite_connection_pool();
                (pool.size(), pool.num_idle())
            }
        };
        let idle = i64::try_from(idle).unwrap_or(i64::MAX);
        let busy = i64::from(size).saturating_sub(idle);
        for (state, connections) in [("idle", idle), ("busy", busy)] {
            self.connections
                .with_label_values(&[state])
                .set(connections);
        }
    }

    /// All figures, as Prometheus reads them.
    ///
    /// # Errors
    /// When a figure cannot be written as text.
    pub fn text(&self) -> Result<Vec<u8>, prometheus::Error> {
        let mut text = Vec::new();
        TextEncoder::new().encode(&self.registry.gather(), &mut text)?;
        Ok(text)
    }
}
