//! Everything at once, for as long as one likes:
//! `cargo run --release --manifest-path examples/soak/Cargo.toml -- --seconds 3600`
//!
//! Threads, a pool with a queue and small stacks, releases, keyspaces filled to their ends, limits, codes that are
//! reserved, campaigns that come and go, hostile bodies, questions, and campaigns saved and loaded meanwhile; all on one
//! engine, against the set of all texts that are taken (`texts.rs`). Every ten seconds all pause: what the engine
//! says must be what the set says, also after each campaign was saved, removed and loaded. Then the campaigns are
//! removed and others begin, so that memory must be flat from one round to the next. Whatever is wrong is a panic.

mod numbers;
mod shop;
mod texts;
mod workers;

use std::{
    env, fs,
    process::ExitCode,
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::{Duration, Instant},
};

use couponmint::Engine;

use crate::{numbers::Numbers, shop::Shop};

const ROUND: Duration = Duration::from_secs(10);
/// Rounds after which memory should not grow any more.
const WARM: usize = 3;

fn main() -> ExitCode {
    let Some(length) = length() else {
        eprintln!("usage: soak [--seconds N]");
        return ExitCode::from(2);
    };
    let (engine, begin) = (Engine::new(), Instant::now());
    let (mut coupons, mut memory) = (0, Vec::new());
    println!("round  seconds      coupons  resident MB");
    for round in 1.. {
        let left = length.saturating_sub(begin.elapsed());
        if left.is_zero() {
            break;
        }
        coupons += play(&engine, round, ROUND.min(left));
        memory.push(resident());
        let (seconds, megabytes) = (begin.elapsed().as_secs(), memory[memory.len() - 1] >> 20);
        println!("{round:5} {seconds:8} {coupons:12} {megabytes:12}");
    }
    verdict(&memory)
}

fn length() -> Option<Duration> {
    let args: Vec<_> = env::args().skip(1).collect();
    match args.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => Some(Duration::from_secs(60)),
        ["--seconds", seconds] => seconds.parse().ok().map(Duration::from_secs),
        _ => None,
    }
}

/// One round: all workers for so long, twice, with a restart between; then everything is compared and forgotten. Says
/// how many coupons were issued.
fn play(engine: &Engine, round: u64, length: Duration) -> u64 {
    let shops: Vec<_> = (0..3)
        .map(|number| Shop::new(engine, round, number))
        .collect();
    for half in 0..2 {
        let over = AtomicBool::new(false);
        thread::scope(|scope| {
            for (number, work) in workers::ALL.iter().enumerate() {
                let numbers = Numbers::new(round << 16 | half << 8 | number as u64);
                let (shops, over) = (&shops, &over);
                scope.spawn(move || work(shops, numbers, over));
            }
            thread::sleep(length / 2);
            over.store(true, Ordering::Relaxed);
        });
        for shop in &shops {
            shop.check();
            shop.restart();
            shop.check();
        }
    }
    let coupons = shops.iter().map(Shop::ever).sum();
    for shop in shops {
        shop.close();
    }
    assert!(engine.campaigns().is_empty());
    coupons
}

/// Bytes of memory of this process that are in use; 0 where that is not known.
fn resident() -> u64 {
    let statm = fs::read_to_string("/proc/self/statm").unwrap_or_default();
    let pages = statm
        .split(' ')
        .nth(1)
        .and_then(|pages| pages.parse::<u64>().ok());
    pages.unwrap_or(0) * 4096
}

/// Memory is flat if no later round ends with a quarter more than those in which it was new.
fn verdict(memory: &[u64]) -> ExitCode {
    let (warm, later) = memory.split_at(WARM.min(memory.len()));
    if later.is_empty() {
        println!("Nothing twice, all counts exact. Too few rounds to tell whether memory is flat.");
        return ExitCode::SUCCESS;
    }
    let most = |memory: &[u64]| memory.iter().max().copied().unwrap_or(0);
    if most(later) > most(warm) + most(warm) / 4 {
        println!("MEMORY GROWS: from {} to {} bytes", most(warm), most(later));
        return ExitCode::FAILURE;
    }
    println!("Nothing twice, all counts exact, memory flat.");
    ExitCode::SUCCESS
}
