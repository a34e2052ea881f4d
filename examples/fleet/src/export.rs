//! `fleet export`: the codes of a format as Parquet files, by processes side by side, and DataFusion to count them.
//!
//! Each process has a range of serials and a file of its own, and needs to know nothing of the others: distinct serials
//! are distinct codes. A process holds a few chunks of codes and the row group that it writes, however many codes there
//! are. No database is asked: give it serials that no counter hands out, or move the counter past them beforehand.

use std::{
    env, fs,
    ops::Range,
    path::{Path, PathBuf},
    process::Stdio,
    str::FromStr,
    sync::Arc,
    thread::available_parallelism,
};

use anyhow::{Context, Result, ensure};
use couponmint::{CodeChunk, Format};
use datafusion::{
    arrow::{array::AsArray, datatypes::Int64Type},
    execution::{memory_pool::FairSpillPool, runtime_env::RuntimeEnvBuilder},
    prelude::{ParquetReadOptions, SessionConfig, SessionContext},
};
use parquet::{
    arrow::ArrowWriter,
    basic::{Compression, Encoding, ZstdLevel},
    file::properties::WriterProperties,
};
use tokio::{process::Command, time::Instant};

use crate::setup::{self, Mint};

#[derive(clap::Args, Clone, Debug)]
pub(crate) struct Options {
    /// Where the files are written
    #[arg(long, value_name = "FOLDER", default_value = "codes")]
    folder: PathBuf,
    /// How many codes
    #[arg(long, value_name = "NUMBER", default_value_t = 1_000_000_000)]
    rows: u64,
    /// The serial of the first one
    #[arg(long, value_name = "SERIAL", default_value_t = 0)]
    first: u64,
    /// How many processes write, a file each
    #[arg(long, value_name = "NUMBER", default_value_t = 2, value_parser = clap::value_parser!(u64).range(1..=64))]
    processes: u64,
    /// Write nothing: count the codes of the files, and the distinct ones
    #[arg(long)]
    check: bool,
    /// How much memory the check may take before it goes on in temporary files
    #[arg(long, value_name = "GIB", default_value_t = 4)]
    memory: usize,
    #[command(flatten)]
    setup: setup::Options,
    /// What a process writes of it
    #[arg(long, value_name = "PART/PARTS", hide = true)]
    part: Option<Part>,
}

/// One process of several.
#[derive(Clone, Copy, Debug)]
struct Part {
    part: u64,
    parts: u64,
}

impl FromStr for Part {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let numbers = text
            .split_once('/')
            .and_then(|(part, parts)| Some((part.parse().ok()?, parts.parse().ok()?)));
        match numbers {
            Some((part, parts)) if part < parts => Ok(Self { part, parts }),
            _ => Err("it has to be PART/PARTS".to_owned()),
        }
    }
}

impl Part {
    /// Its share of some serials.
    fn of(self, first: u64, rows: u64) -> Range<u64> {
        let bound = |part: u64| u128::from(rows) * u128::from(part) / u128::from(self.parts);
        let bound = |part| first + u64::try_from(bound(part)).expect("it is at most all rows");
        bound(self.part)..bound(self.part + 1)
    }
}

const CODE: &str = "custom_validation_code";

/// Rows that are written at once: what a process holds in memory.
const ROW_GROUP: usize = 1 << 20;

pub(crate) async fn run(options: Options) -> Result<()> {
    match options.part {
        Some(part) => write(&options, part),
        None if options.check => check(&options).await,
        None => side_by_side(&options).await,
    }
}

/// Starts the processes and tells how long they took.
async fn side_by_side(options: &Options) -> Result<()> {
    fs::create_dir_all(&options.folder)?;
    let there = fs::read_dir(&options.folder)?.next().is_some();
    ensure!(!there, "{} is not empty", options.folder.display());
    let start = Instant::now();
    let threads = available_parallelism()?.get() as u64 / options.processes;
    let mut processes = Vec::new();
    for part in 0..options.processes {
        let mut process = Command::new(env::current_exe()?);
        process.args(env::args_os().skip(1));
        process.arg(format!("--part={part}/{}", options.processes));
        process.env("RAYON_NUM_THREADS", threads.max(1).to_string());
        processes.push(process.stdin(Stdio::null()).kill_on_drop(true).spawn()?);
    }
    for mut process in processes {
        ensure!(process.wait().await?.success(), "a process failed");
    }
    let seconds = start.elapsed().as_secs_f64();
    let mut bytes = 0;
    for file in fs::read_dir(&options.folder)? {
        bytes += file?.metadata()?.len();
    }
    println!(
        "{} codes, {} processes, {seconds:.1} seconds, {} MB",
        options.rows,
        options.processes,
        bytes / 1_000_000
    );
    Ok(())
}

/// Writes one file, whole or not at all.
fn write(options: &Options, part: Part) -> Result<()> {
    let mint = Mint::new(&options.setup)?;
    let (campaign, format) = first_format(&mint)?;
    let serials = part.of(options.first, options.rows);
    let path = options.folder.join(format!("codes-{}.parquet", part.part));
    let partial = path.with_extension("partial");
    let properties = WriterProperties::builder()
        .set_compression(Compression::ZSTD(ZstdLevel::try_new(1)?))
        .set_dictionary_enabled(false)
        .set_column_encoding("serial".into(), Encoding::DELTA_BINARY_PACKED)
        .set_column_encoding(CODE.into(), Encoding::DELTA_LENGTH_BYTE_ARRAY)
        .set_max_row_group_row_count(Some(ROW_GROUP))
        .build();
    let file = fs::File::create(&partial)?;
    let mut writer = ArrowWriter::try_new(file, CodeChunk::arrow_schema(), Some(properties))?;
    for chunk in mint.engine.codes(campaign, format, serials)?.into_chunks() {
        writer.write(&chunk.to_arrow())?;
    }
    writer.close()?;
    fs::rename(partial, &path)?;
    println!(
        "{}: at most {} MB of memory",
        path.display(),
        peak_memory()? / 1_000
    );
    Ok(())
}

fn first_format(mint: &Mint) -> Result<(&str, &Format)> {
    let mut formats = mint
        .formats
        .iter()
        .filter_map(|(id, formats)| Some((id.as_str(), formats.first()?)));
    formats.next().context("no --format is given")
}

/// The most memory that this process had, in kB.
fn peak_memory() -> Result<u64> {
    let status = fs::read_to_string("/proc/self/status")?;
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let peak = peak.and_then(|peak| peak.trim().strip_suffix(" kB"));
    Ok(peak.context("the system does not tell")?.trim().parse()?)
}

/// Lets DataFusion count.
async fn check(options: &Options) -> Result<()> {
    let start = Instant::now();
    let (all, distinct) = counts(&options.folder, options.memory << 30).await?;
    let seconds = start.elapsed().as_secs_f64();
    println!(
        "{all} codes, {distinct} distinct, counted in {seconds:.1} seconds, at most {} MB of memory",
        peak_memory()? / 1_000
    );
    ensure!(
        all == distinct,
        "{} codes are there more than once",
        all - distinct
    );
    Ok(())
}

async fn counts(folder: &Path, memory: usize) -> Result<(i64, i64)> {
    let pool = Arc::new(FairSpillPool::new(memory));
    let runtime = RuntimeEnvBuilder::new()
        .with_memory_pool(pool)
        .build_arc()?;
    let partitions = available_parallelism()?.get();
    let config = SessionConfig::new().with_target_partitions(partitions);
    let context = SessionContext::new_with_config_rt(config, runtime);
    let folder = folder.to_str().context("the folder's name is no text")?;
    context
        .register_parquet("codes", folder, ParquetReadOptions::default())
        .await?;
    // One by one: asked for together, DataFusion would keep all of them in memory.
    let all = count(&context, "*").await?;
    let distinct = count(&context, &format!("DISTINCT {CODE}")).await?;
    Ok((all, distinct))
}

async fn count(context: &SessionContext, what: &str) -> Result<i64> {
    let query = format!("SELECT count({what}) FROM codes");
    let counted = context.sql(&query).await?.collect().await?;
    let row = counted.first().context("there is one row")?;
    Ok(row.column(0).as_primitive::<Int64Type>().value(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_all_of_it() {
        for (rows, parts) in [(0, 1), (1, 2), (10, 3), (1_000_000_007, 64)] {
            let mut next = 5;
            for part in 0..parts {
                let serials = Part { part, parts }.of(5, rows);
                assert_eq!(serials.start, next);
                next = serials.end;
            }
            assert_eq!(next, 5 + rows);
        }
    }
}
