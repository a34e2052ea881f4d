//! The shop: an engine, and a database of all that it has issued.

use std::fs::{self, File};
use std::io::{BufReader, BufWriter};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use axum::http::{HeaderMap, StatusCode, header::CONTENT_TYPE};
use couponmint::{Batch, Campaign, CouponRow, Engine, Format, Request, Response, jiff::Timestamp};
use rusqlite::{Connection, OptionalExtension, Result, params};
use sha2::{Digest, Sha256};

use crate::Failure;

pub type Chunks = Box<dyn Iterator<Item = Vec<u8>> + Send>;

pub struct Shop {
    engine: Engine,
    database: PathBuf,
    connection: Mutex<Connection>,
}

impl Shop {
    pub fn open(
        database: PathBuf,
        campaigns: impl Iterator<Item = String>,
    ) -> Result<Arc<Self>, Failure> {
        let connection = Connection::open(&database)?;
        connection.execute_batch(include_str!("schema.sql"))?;
        let next = "SELECT ifnull(max(sequence_id), 0) + 1 FROM coupons";
        let next = connection.query_row(next, [], |row| row.get(0))?;
        let engine = Engine::builder().first_sequence_id(next).build();
        let connection = Mutex::new(connection);
        let shop = Arc::new(Self { engine, database, connection });
        for campaign in campaigns {
            if !shop.load(&campaign)? && shop.engine.add_campaign(Campaign::new(&campaign)?) {
                shop.reserve(&campaign)?;
            }
        }
        Ok(shop)
    }

    /// Goes on from what the last run saved, if it came to that. With the next batch the file is out of date.
    fn load(&self, campaign: &str) -> Result<bool, Failure> {
        let path = self.saved(campaign);
        let Ok(file) = File::open(&path) else { return Ok(false) };
        fs::remove_file(path)?;
        Ok(self.engine.load(BufReader::new(file)).is_ok())
    }

    /// Goes on from the database, which knows all codes always.
    fn reserve(self: &Arc<Self>, campaign: &str) -> Result<(), Failure> {
        let connection = self.connection.lock();
        let sql = "SELECT DISTINCT format FROM batches WHERE campaign = ? AND format IS NOT NULL";
        Ok(())
    }
}
