//! What a machine counts, as Prometheus reads it.

use std::{
    fmt::Write,
    sync::atomic::{AtomicU64, Ordering::Relaxed},
};

use axum::{extract::State, http::header, response::IntoResponse};

use crate::serve::{COUPONS_IN_MEMORY, Shared, failure::Failure};

#[derive(Clone, Copy)]
pub(super) enum Count {
    Accepted,
    Repeated,
    Rejected,
    Unauthorized,
    Unavailable,
    Broken,
    Coupons,
    LookedUp,
    Redeemed,
}

impl Count {
    const NAMES: [&str; 9] = [
        "fleet_requests_total{outcome=\"accepted\"}",
        "fleet_requests_total{outcome=\"repeated\"}",
        "fleet_requests_total{outcome=\"rejected\"}",
        "fleet_requests_total{outcome=\"unauthorized\"}",
        "fleet_requests_total{outcome=\"unavailable\"}",
        "fleet_requests_total{outcome=\"broken\"}",
        "fleet_coupons_total",
        "fleet_lookups_total",
        "fleet_redemptions_total",
    ];
}

/// Counts since the process began.
#[derive(Default)]
pub(super) struct Metrics([AtomicU64; Count::NAMES.len()]);

impl Metrics {
    pub(super) fn add(&self, count: Count, more: u64) {
        self.0[count as usize].fetch_add(more, Relaxed);
    }

    /// Those that were accepted are counted where they are stored.
    pub(super) fn count_answer(&self, failure: Option<&Failure>) {
        let count = match failure {
            None => return,
            Some(Failure::Unauthorized) => Count::Unauthorized,
            Some(Failure::Unavailable) => Count::Unavailable,
            Some(Failure::Broken | Failure::OtherFingerprint) => Count::Broken,
            Some(_) => Count::Rejected,
        };
        self.add(count, 1);
    }
}

pub(super) async fn show(State(service): Shared) -> impl IntoResponse {
    let mut text = String::new();
    let mut family = "";
    for (name, count) in Count::NAMES.iter().zip(&service.metrics.0) {
        let (start, _) = name.split_once('{').unwrap_or((name, ""));
        if start != family {
            let _ = writeln!(text, "# TYPE {start} counter");
            family = start;
        }
        let _ = writeln!(text, "{name} {}", count.load(Relaxed));
    }
    let gauges = [
        (
            "fleet_coupons_in_memory",
            COUPONS_IN_MEMORY - service.room.available_permits(),
        ),
        ("fleet_database_connections", service.pool.size() as usize),
        ("fleet_database_connections_idle", service.pool.num_idle()),
    ];
    for (name, value) in gauges {
        let _ = writeln!(text, "# TYPE {name} gauge\n{name} {value}");
    }
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], text)
}
