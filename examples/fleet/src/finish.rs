//! `fleet finish`: leases that were never used, because a machine died and its client never came back.

use anyhow::Result;

use crate::{
    lease,
    setup::{self, Mint},
    store,
};

#[derive(clap::Args, Clone, Debug)]
pub(crate) struct Options {
    /// How old a lease has to be
    #[arg(long, value_name = "SECONDS", default_value_t = 600)]
    older_than: u32,
    #[command(flatten)]
    store: store::Options,
    #[command(flatten)]
    setup: setup::Options,
}

pub(crate) async fn run(options: &Options) -> Result<()> {
    let mint = Mint::new(&options.setup)?;
    let pool = store::open(&options.store, &mint).await?;
    for leased in lease::unfinished(&pool, options.older_than.into()).await? {
        let batch = mint.mint(&leased)?;
        if store::finish(&pool, &leased, &batch).await? {
            println!("{}: {} coupons", leased.request_id, batch.len());
        }
    }
    Ok(())
}
