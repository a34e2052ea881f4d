//! Who kills: machines at random moments, the database once in the middle.

use std::time::Duration;

use anyhow::Result;
use tokio::time::{Instant, sleep_until};

use crate::{
    drill::{machines::Machines, table::Table},
    postgres::Postgres,
};

/// Kills of a drill, however short; longer ones have one every so many seconds.
const LEAST_KILLS: u64 = 24;
const SECONDS_PER_KILL: f64 = 2.5;
/// What the table asks for: starting a machine takes its time, and nobody is killed after the end.
const SECONDS_PER_ASKED_KILL: u64 = 3;

#[derive(Default)]
pub(super) struct Chaos {
    kills: u64,
    asked_kills: u64,
    crashes: u64,
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "a day has few kills"
)]
fn kills(seconds: u64) -> u64 {
    LEAST_KILLS.max((seconds as f64 / SECONDS_PER_KILL) as u64)
}

pub(super) async fn spread(
    machines: &mut Machines,
    postgres: &mut Postgres,
    start: Instant,
    seconds: u64,
) -> Result<Chaos> {
    let all = Duration::from_secs(seconds);
    let kills = u32::try_from(kills(seconds))?;
    let between = all / (kills + 1);
    let mut chaos = Chaos {
        asked_kills: seconds / SECONDS_PER_ASKED_KILL,
        ..Chaos::default()
    };
    for kill in 0..kills {
        sleep_until(start + between * kill + between.mul_f64(rand::random())).await;
        if start.elapsed() >= all {
            break;
        }
        if chaos.crashes == 0 && start.elapsed() >= all / 2 {
            postgres.crash_and_restart().await?;
            chaos.crashes += 1;
        }
        let machine = rand::random_range(0..machines.addresses().len());
        machines.kill_and_restart(machine).await?;
        chaos.kills += 1;
    }
    Ok(chaos)
}

impl Chaos {
    pub(super) fn tell(&self, table: &mut Table) {
        table.title("What was done to them");
        table.at_least(
            "machines killed with SIGKILL and started again",
            self.kills,
            self.asked_kills,
        );
        table.exactly("crashes of PostgreSQL, in the middle", self.crashes, 1);
    }
}
