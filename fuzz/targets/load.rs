#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| couponmint_fuzz::load::check(data));
