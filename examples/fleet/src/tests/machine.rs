//! A machine in this process, on a database of its own, and what is asked of it.

use std::{
    net::{Ipv4Addr, SocketAddr},
    path::Path,
    sync::Arc,
};

use hyper::{Method, body::Bytes};
use serde_json::{Value, json};
use sqlx::{PgPool, query_scalar};
use tokio::net::TcpListener;

use crate::{
    drill::http::{Answer, Call},
    postgres::Postgres,
    serve::{Service, listen::listen, router},
    setup::{self, Mint},
    store,
};

const KEY: &str = "0707070707070707070707070707070707070707070707070707070707070707";

/// A database and one machine.
pub(super) struct Machine {
    pub(super) postgres: Postgres,
    pub(super) pool: PgPool,
    pub(super) address: SocketAddr,
}

pub(super) async fn machine() -> Machine {
    let postgres = Postgres::start(Path::new("/tmp")).await.unwrap();
    let (pool, address) = another(&postgres, &[]).await.unwrap();
    Machine {
        postgres,
        pool,
        address,
    }
}

fn options(more: &[&str]) -> setup::Options {
    let formats = [
        "mint",
        "--campaign=cam_15111",
        "--format=cam_15111=test_########## alphanumeric",
        "--format=cam_15111=### numeric",
    ];
    setup::Options::of(formats.iter().chain(more).copied()).unwrap()
}

/// One more machine on a database, set up a bit differently.
pub(super) async fn another(
    postgres: &Postgres,
    more: &[&str],
) -> anyhow::Result<(PgPool, SocketAddr)> {
    let mint = Mint::with_key(&options(more), KEY)?;
    let pool = store::pool(&postgres.address(), 4)?;
    store::prepare(&pool, &mint).await?;
    let client = ("fleet".to_owned(), "secret".to_owned());
    let service = Arc::new(Service::new(mint, pool.clone(), client));
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let address = listener.local_addr()?;
    tokio::spawn(listen(listener, router(service), std::future::pending()));
    Ok((pool, address))
}

pub(super) fn call(body: &Value) -> Call {
    Call {
        method: Method::POST,
        path: "/single_use/create_multiple".to_owned(),
        headers: vec![
            ("content-type", "application/json".to_owned()),
            ("x-client-id", "fleet".to_owned()),
            ("x-client-secret", "secret".to_owned()),
        ],
        body: Bytes::from(body.to_string()),
    }
}

pub(super) fn custom(amount: u32, code_type: &str) -> Value {
    let (prefix, length) = if code_type == "numeric" {
        ("", 3)
    } else {
        ("test_", 10)
    };
    json!({
        "campaign": "cam_15111", "amount": amount, "automated_codes": true,
        "code_prefix": prefix, "code_length": length, "code_type": code_type,
    })
}

impl Call {
    pub(super) fn with(mut self, name: &'static str, value: &str) -> Self {
        self.headers.retain(|(header, _)| *header != name);
        self.headers.push((name, value.to_owned()));
        self
    }

    pub(super) fn at(self, method: Method, path: &str) -> Self {
        let path = path.to_owned();
        Self {
            method,
            path,
            body: Bytes::new(),
            ..self
        }
    }
}

impl Machine {
    pub(super) async fn ask(&self, call: &Call) -> Answer {
        call.send(self.address).await.unwrap()
    }

    pub(super) async fn stored(&self) -> i64 {
        query_scalar("SELECT count(*) FROM coupon")
            .fetch_one(&self.pool)
            .await
            .unwrap()
    }

    pub(super) async fn metric(&self, name: &str) -> u64 {
        let metrics = self
            .ask(&call(&Value::Null).at(Method::GET, "/metrics"))
            .await;
        let text = String::from_utf8(metrics.body.to_vec()).unwrap();
        let line = text
            .lines()
            .find_map(|line| line.strip_prefix(name))
            .unwrap();
        line.trim().parse().unwrap()
    }
}

impl Answer {
    pub(super) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    fn codes(&self) -> Vec<u64> {
        let codes = self.json()["status"]["errors"]["error_code"].clone();
        serde_json::from_value(codes).unwrap()
    }

    #[track_caller]
    pub(super) fn assert_is(&self, status: u16, codes: &[u64]) {
        assert_eq!(self.status.as_u16(), status);
        assert_eq!(self.codes(), codes);
    }
}
