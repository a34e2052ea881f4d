//! Requests inside requests: a thread of a pool that waits for others is handed a whole request, on top of its stack.

use std::{
    cell::Cell,
    rc::Rc,
    sync::{Arc, Mutex},
};

use super::{
    at_once, search,
    shop::{Shop, bits, engine, plain, request},
};
use crate::{Request, sync::while_waiting};

crate::sync::thread_local! {
    /// How many requests this thread is at.
    static DEPTH: Cell<u32> = const { Cell::new(0) };
}

/// Issues, one level further down.
fn generate(shop: &Shop, request: &Request) {
    let depth = DEPTH.with(|depth| depth.replace(depth.get() + 1));
    assert!(depth < 2, "a request that was handed over waits in turn");
    let amount = request.requested_amount();
    assert_eq!(shop.generate(request), Ok(amount));
    DEPTH.with(|level| level.set(depth));
}

/// Runs two requests at once; threads that wait are handed the others.
fn with_queue(first: [Request; 2], queue: Vec<Request>) -> Arc<Shop> {
    let shop = Arc::new(Shop::new(engine()));
    let (queue, at) = (Mutex::new(queue), Arc::clone(&shop));
    while_waiting(Some(Rc::new(move || {
        let next = queue.lock().unwrap().pop();
        if let Some(request) = next {
            generate(&at, &request);
        }
    })));
    let [one, other] = first;
    at_once([&|| generate(&shop, &one), &|| generate(&shop, &other)]);
    while_waiting(None);
    shop
}

/// All want the same lock.
#[test]
fn who_waits_holds_no_lock() {
    search(|| {
        let format = bits("", 5);
        let ask = |amount| request(amount, &format);
        let shop = with_queue([ask(7), ask(6)], vec![ask(4), ask(5), plain(3)]);
        shop.check(&[&format], 0);
        shop.check_next_id(1);
    });
}

#[test]
fn who_waits_is_handed_one_request_at_a_time() {
    search(|| {
        let (wide, narrow) = (bits("", 4), bits("000", 3));
        let queue = vec![request(2, &wide), request(3, &narrow), plain(2), plain(3)];
        let shop = with_queue([plain(5), request(4, &narrow)], queue);
        shop.check(&[&wide, &narrow], 0);
        shop.check_next_id(1);
    });
}
