//! The limit: one hand-written statement for each query, which builds the answer in the
//! database, behind the thinnest server.

use std::cell::Cell;
use std::collections::HashMap;
use std::rc::Rc;

use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};
use tokio_postgres::types::ToSql;
use tokio_postgres::{Client, Statement};

use crate::generate::connect;
use crate::queries::QUERIES;
use crate::say;

/// Connections of each worker.
const CONNECTIONS: usize = 4;

/// A connection and its prepared statements, by name of the query.
struct Prepared {
    client: Client,
    statements: HashMap<&'static str, Statement>,
}

/// The connections of one worker, taken in turn.
#[derive(Clone)]
struct Pool {
    connections: Rc<Vec<Prepared>>,
    next: Rc<Cell<usize>>,
}

/// Serves until it is stopped.
///
/// # Errors
/// When the database cannot be reached, or an address bound.
pub async fn serve(url: &str) -> anyhow::Result<()> {
    let url = url.to_owned();
    let server = HttpServer::new(move || {
        let url = url.clone();
        App::new()
            .data_factory(move || {
                let url = url.clone();
                async move { pool(&url).await.map_err(|_| ()) }
            })
            .route("/{name}", web::get().to(answer))
    })
    .workers(2)
    .bind(("127.0.0.1", 0))?;
    for address in server.addrs() {
        say(&format!("http://{address}"));
    }
    server.run().await?;
    Ok(())
}

async fn pool(url: &str) -> anyhow::Result<Pool> {
    let mut connections = Vec::with_capacity(CONNECTIONS);
    for _ in 0..CONNECTIONS {
        let client = connect(url).await?;
        let mut statements = HashMap::new();
        for query in QUERIES {
            statements.insert(query.name, client.prepare(query.limit).await?);
        }
        connections.push(Prepared { client, statements });
    }
    Ok(Pool {
        connections: Rc::new(connections),
        next: Rc::default(),
    })
}

async fn answer(
    request: HttpRequest,
    pool: web::Data<Pool>,
    arguments: web::Query<Vec<(String, String)>>,
) -> HttpResponse {
    let turn = pool.next.get();
    pool.next.set(turn.wrapping_add(1));
    let prepared = pool.connections.get(turn % CONNECTIONS);
    let statement = prepared.and_then(|prepared| {
        let statement = prepared
            .statements
            .get(request.match_info().query("name"))?;
        Some((&prepared.client, statement))
    });
    let Some((client, statement)) = statement else {
        return HttpResponse::NotFound().finish();
    };
    let arguments: Vec<&(dyn ToSql + Sync)> = arguments
        .iter()
        .map(|(_, value)| value as &(dyn ToSql + Sync))
        .collect();
    match client.query_one(statement, &arguments).await {
        Ok(row) => HttpResponse::Ok()
            .content_type("application/json")
            .body(row.get::<_, String>(0)),
        Err(error) => HttpResponse::InternalServerError().body(error.to_string()),
    }
}
