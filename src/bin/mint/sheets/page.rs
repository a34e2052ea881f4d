//! The coupons as pages to print: A4, two by five cards of the size of a business card, with marks to cut along.
//!
//! One file without scripts, fonts or pictures from elsewhere; a policy in its head forbids them, so whatever
//! a code or an address might spell, nothing of it runs.

use std::{
    io::{self, Write},
    time::Duration,
};

use couponmint::Batch;

use super::card::{Cards, Escaped};
use crate::{failure::Failure, minting::Mint};

const ACROSS: u32 = 2;
const DOWN: u32 = 5;

/// In millimetres, as in the style: a page, its margins and a card.
const PAGE: [f64; 2] = [210.0, 297.0];
const MARGIN: [f64; 2] = [20.0, 13.5];
const CARD: [f64; 2] = [85.0, 54.0];

impl Mint {
    /// Pages of cards, in the order of the coupons.
    pub(crate) fn write_html(&self, out: &mut dyn Write) -> Result<Duration, Failure> {
        let format = self.request.format();
        let mut pages = Pages {
            cards: Cards::new(self.request.campaign(), format),
            drawn: 0,
            out,
        };
        let code = format.and_then(|format| format.code(0));
        pages.begin(self.request.campaign(), code.map_or(6, |code| code.len()))?;
        let minting = self.batches(|_, batch| pages.add(batch))?;
        pages.end()?;
        Ok(minting)
    }
}

struct Pages<'o> {
    cards: Cards,
    drawn: u32,
    out: &'o mut dyn Write,
}

impl Pages<'_> {
    fn begin(&mut self, campaign: &str, code_length: usize) -> io::Result<()> {
        let (title, style, marks) = (Escaped(campaign), include_str!("page.css"), marks());
        // A symbol is 0.6 of its size wide.
        let size = (74.0 / (0.6 * f64::from(code_length as u32))).min(8.0);
        write!(
            self.out,
            "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n\
             <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
             <title>Coupons of {title}</title>\n<style>\n{style}.code {{ font-size: {size:.2}mm }}\n</style>\n\
             <svg class=\"hidden\"><path id=\"marks\" d=\"{marks}\"/></svg>\n"
        )
    }

    fn add(&mut self, batch: &Batch) -> io::Result<()> {
        for coupon in batch {
            if self.drawn % (ACROSS * DOWN) == 0 {
                self.end_page()?;
                let [width, height] = PAGE;
                writeln!(
                    self.out,
                    "<section><svg class=\"marks\" viewBox=\"0 0 {width} {height}\"><use href=\"#marks\"/></svg>"
                )?;
            }
            self.out.write_all(self.cards.draw(&coupon)?.as_bytes())?;
            self.drawn += 1;
        }
        Ok(())
    }

    fn end_page(&mut self) -> io::Result<()> {
        self.out
            .write_all(if self.drawn > 0 { b"</section>\n" } else { b"" })
    }

    fn end(&mut self) -> io::Result<()> {
        self.end_page()?;
        self.out.write_all(b"</html>\n")
    }
}

/// Where to cut: ticks in the margins, and crosses where cards meet.
fn marks() -> String {
    let [width, height] = PAGE;
    let vertical =
        edges(0, ACROSS).flat_map(|x| [tick(x, 5.0, 0.0, 6.0), tick(x, height - 11.0, 0.0, 6.0)]);
    let horizontal =
        edges(1, DOWN).flat_map(|y| [tick(8.0, y, 8.0, 0.0), tick(width - 16.0, y, 8.0, 0.0)]);
    let crossings = edges(1, DOWN).flat_map(|y| edges(0, ACROSS).map(move |x| (x, y)));
    let crosses =
        crossings.flat_map(|(x, y)| [tick(x - 1.5, y, 3.0, 0.0), tick(x, y - 1.5, 0.0, 3.0)]);
    vertical.chain(horizontal).chain(crosses).collect()
}

/// Where cards begin and end, from left to right or from top to bottom.
fn edges(axis: usize, count: u32) -> impl Iterator<Item = f64> {
    (0..=count).map(move |card| MARGIN[axis] + CARD[axis] * f64::from(card))
}

/// A line from a point on.
fn tick(x: f64, y: f64, across: f64, down: f64) -> String {
    format!("M{x} {y}l{across} {down}")
}
