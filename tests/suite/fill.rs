//! Keyspaces of overlapping formats, filled to the last code.

use couponmint::Format;

use crate::{
    common::{alphanumeric, assert_refused, engine, issue, numeric, remaining, spelt},
    watched::Watched,
};

/// All orders of so many things.
fn orders(things: usize) -> Vec<Vec<usize>> {
    let mut orders = vec![Vec::new()];
    for _ in 0..things {
        let longer = |order: &Vec<usize>| {
            let new = (0..things).filter(|thing| !order.contains(thing));
            new.map(|thing| [&order[..], &[thing]].concat())
                .collect::<Vec<_>>()
        };
        orders = orders.iter().flat_map(longer).collect();
    }
    orders
}

/// Fills formats one after the other, in every order, in steps of these sizes.
fn fill_in_every_order(formats: &[Format], amounts: &[usize]) {
    for order in orders(formats.len()) {
        let mut run = Watched::new();
        for &index in &order {
            run.fill(&formats[index], amounts);
        }
        for format in formats {
            assert_eq!(run.left(format), 0, "{order:?}");
            assert_refused(&run.engine, format, 1, 0);
            assert_refused(&run.engine, format, 100_000, 0);
        }
    }
}

/// Goes round, in every order, taking a share of what each format has left.
fn share_in_every_order(formats: &[Format], share: u128) {
    for order in orders(formats.len()) {
        let mut run = Watched::new();
        while formats.iter().any(|format| run.left(format) > 0) {
            for &index in &order {
                let left = run.left(&formats[index]);
                let amount = left.div_ceil(share).min(100_000);
                if amount > 0 {
                    run.issue(&formats[index], amount as usize);
                }
            }
        }
        for format in formats {
            assert_refused(&run.engine, format, 1, 0);
        }
    }
}

#[test]
fn all_orders() {
    assert_eq!(orders(1), [[0]]);
    assert_eq!(orders(2), [[0, 1], [1, 0]]);
    assert_eq!(orders(4).len(), 24);
}

#[test]
fn of_8_to_16_codes() {
    let formats = [
        spelt("", "ab", 4),
        spelt("a", "ab", 3),
        spelt("b", "ab", 3),
        spelt("b", "ba", 3),
    ];
    for amounts in [&[1][..], &[3], &[16], &[5, 1]] {
        fill_in_every_order(&formats, amounts);
    }
    share_in_every_order(&formats, 2);
}

#[test]
fn of_8_to_256_codes() {
    let formats = [
        spelt("", "abxy", 4),
        spelt("x", "xyz", 3),
        spelt("", "ay", 4),
        spelt("y", "0123456789ay", 3),
    ];
    for amounts in [&[1][..], &[40], &[100, 7, 1]] {
        fill_in_every_order(&formats, amounts);
    }
    share_in_every_order(&formats, 3);
}

#[test]
fn of_243_to_10_000_codes() {
    let formats = [
        numeric("A", 4),
        numeric("A1", 3),
        spelt("A", "1234", 4),
        spelt("", "A12", 5),
    ];
    for amounts in [&[3000][..], &[1, 999, 2048, 7]] {
        fill_in_every_order(&formats, amounts);
    }
    share_in_every_order(&formats, 4);
}

#[test]
fn of_1000_to_100_000_codes() {
    let formats = [numeric("", 5), numeric("1", 4), numeric("12", 3)];
    fill_in_every_order(&formats, &[30_000, 1, 2049, 700]);
    share_in_every_order(&formats, 3);
}

#[test]
fn of_1000_to_238_328_codes() {
    let formats = [numeric("x1", 3), alphanumeric("x1", 3), numeric("x", 4)];
    fill_in_every_order(&formats, &[70_000, 2047, 1, 10_000]);
}

#[test]
fn of_100_000_and_1_000_000_codes() {
    let formats = [numeric("7", 6), numeric("77", 5)];
    fill_in_every_order(&formats, &[99_999, 1, 70_000, 100_000]);
}

/// Six digits are beside widget codes: those that are spelt alike are gone, too.
#[test]
fn of_1_000_000_codes_of_six_symbols() {
    let formats = [numeric("", 6), numeric("9", 5)];
    fill_in_every_order(&formats, &[100_000, 33_333]);
}

#[test]
fn of_long_prefixes() {
    let ones = |count| "1".repeat(count);
    let formats = [
        numeric(&ones(26), 4),
        numeric(&ones(27), 3),
        spelt(&ones(20), "21", 10),
    ];
    fill_in_every_order(&formats, &[2000, 1, 99]);
}

/// Ten formats take all codes of another one but twenty.
#[test]
fn the_last_twenty_codes_of_ten_million() {
    let engine = engine();
    let mut is_taken = vec![false; 10_000_000];
    let mut take = |codes: Vec<String>| {
        for code in codes {
            let number: usize = code[1..].parse().unwrap();
            assert!(
                !std::mem::replace(&mut is_taken[number], true),
                "{code} twice"
            );
        }
    };
    for digit in 0..10 {
        let format = numeric(&format!("A{digit}"), 6);
        for _ in 0..9 {
            take(issue(&engine, &format, 100_000));
        }
        take(issue(&engine, &format, 99_998));
        assert_refused(&engine, &format, 3, 2);
    }
    let format = numeric("A", 7);
    for left in (1..=20).rev() {
        assert_eq!(remaining(&engine, &format), left);
        take(issue(&engine, &format, 1));
        assert_refused(&engine, &format, left as usize, left as u64 - 1);
    }
    assert!(is_taken.iter().all(|&is_taken| is_taken));
}
